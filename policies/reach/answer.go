package reach

import "fmt"

// comes carries the answer back over each leg of the way, the last first.
func (w *walk) comes() bool {
	for i := len(w.legs) - 1; i >= 0; i-- {
		l := w.legs[i]
		w.ports = []span{ephemeral} // a NAT gateway's
		if i == 0 && !w.every {
			w.ports = []span{anyPort} // a client takes what it likes
		}
		p := l.p
		p.src, p.dst, p.answer, p.service = l.p.dst, l.p.src, true, ""
		back := end{how: delivered}
		switch from := l.end.origin(); {
		case from == nil: // from outside, to the public address of the leg's start
			if !w.crosses(l.start, in, p) {
				return false
			}
		case from != l.start:
			back = w.carry(from, p)
		}
		if back.how == stopped {
			return false
		}
		if back.how != delivered || !mirrored(l.end.firewalls, back.firewalls) {
			return w.asymmetric(p, l.end.firewalls, back.firewalls)
		}
	}
	return true
}

// origin returns the subnet that the answer of a leg starts from, nil if that is outside.
func (e end) origin() *subnet {
	if e.how == translated {
		return e.nat.subnet
	}
	if e.how == delivered {
		return e.at
	}
	return nil
}

// mirrored reports whether there and back the firewalls are the same: one that sees half of a connection drops it.
func mirrored(there, back []*firewall) bool {
	if len(there) != len(back) {
		return false
	}
	for i := range there {
		if there[i] != back[len(back)-1-i] {
			return false
		}
	}
	return true
}

func (w *walk) asymmetric(p packet, there, back []*firewall) bool {
	names := func(list []*firewall) string {
		if len(list) == 0 {
			return "no firewall"
		}
		var text []string
		for _, f := range list {
			text = append(text, f.r.ID+" ("+f.subnet.zone+")")
		}
		return fmt.Sprint(text)
	}
	return w.note(Firewall, "", p, true, func() string {
		return "the request passed " + names(there) + " and its answer passes " + names(back) + ", so the connection dies"
	})
}
