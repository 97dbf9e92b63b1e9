package reach

// enters carries a connection from the internet to the public address that its destination may have.
func (w *walk) enters(from, to endpoint, p packet) bool {
	var why string
	switch {
	case len(w.n.gateways) == 0:
		why = "no internet gateway is attached to the VPC"
	case !w.n.public(p.src):
		why = "the internet carries nothing from " + p.src.String() + ", and no other network is joined"
	case appliances[to.subnet.tier] != "" && to.group == nil:
		why = appliances[to.subnet.tier]
	default:
		why = w.n.blocked(to.subnet, in, false)
	}
	if !w.note(Internet, to.zone(), p, why != "", func() string {
		if why != "" {
			return why
		}
		return "internet gateway " + w.n.gateways[0].r.ID + ", to a public address in subnet " + to.subnet.r.ID
	}) {
		return false
	}
	if !w.crosses(to.subnet, in, p) {
		return false
	}
	if to.group == nil {
		if !w.taken(to, p) {
			return false
		}
	} else if !w.grouped(to.group, in, p, p.src, nil, "the internet") {
		return false
	}
	if !w.every && p.protocol != tcp {
		return true
	}
	return w.returns(to, p)
}

// returns reports whether the answer reaches the internet: the way that it came, or the connection dies.
func (w *walk) returns(to endpoint, p packet) bool {
	w.ports = []span{anyPort}
	if w.every {
		w.ports = []span{ephemeral}
	}
	p.src, p.dst, p.answer = p.dst, p.src, true
	e := w.carry(to.subnet, p)
	switch {
	case e.how == stopped:
		return false
	case e.how == translated:
		return w.note(NAT, "", p, true, func() string {
			return "NAT gateway " + e.nat.r.ID + " gives the answer another address, so the connection dies"
		})
	case len(e.firewalls) > 0:
		return w.asymmetric(p, nil, e.firewalls)
	}
	return true
}
