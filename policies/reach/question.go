package reach

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Question is whether one end can open a connection to another.
//
// An end is internet (any address there, and as a destination a host on no allow-list), an address or block of
// addresses, the name of a host, s3 or dynamodb (by their gateway endpoints), a security group by its livechat:group
// tag, or a tier: anything that may lie there, also an interface whose own group lets everything through. A name that
// is both a group and a tier means the group; group:llm and tier:llm say which.
type Question struct {
	From string `json:"from"`
	To   string `json:"to"`
	Port int    `json:"port,omitempty"` // of TCP and UDP
	// Protocol is tcp, udp, icmp, icmpv6 or a number; "" is tcp.
	Protocol string `json:"protocol,omitempty"`
	// Speaks is what the client speaks over TCP: tls, http or plain. "" is TLS to a host's port 443, and anything to everywhere else.
	Speaks string `json:"speaks,omitempty"`
	// Name is what a client of TLS or HTTP asks for, whoever it connects to; "" is the host's name, or a stranger's.
	Name string `json:"name,omitempty"`
}

func (q Question) String() string {
	port := ""
	if q.Port > 0 {
		port = " " + strconv.Itoa(q.Port)
	}
	return fmt.Sprintf("%s → %s on %s%s", q.From, q.To, strings.ToUpper(cmp.Or(q.Protocol, "tcp")), port)
}

// The kinds of hops.
const (
	Source        = "source"
	Destination   = "destination"
	DNS           = "DNS firewall"
	PrivateDNS    = "private DNS"
	SecurityGroup = "security group"
	ACL           = "NACL"
	RouteTable    = "route table"
	Firewall      = "firewall"
	NAT           = "NAT gateway"
	Internet      = "internet gateway"
	Endpoint      = "gateway endpoint"
)

// Hop is a step of a way, or what stops it.
type Hop struct {
	What   string `json:"what"`
	Zone   string `json:"zone,omitempty"`
	Why    string `json:"why"`              // for a person, with the name of the resource
	Answer bool   `json:"answer,omitempty"` // on the way back
	Stops  bool   `json:"stops,omitempty"`
}

func (h Hop) String() string {
	text := h.Why
	if h.Zone != "" && !strings.Contains(text, h.Zone) {
		text += " (" + h.Zone + ")"
	}
	if h.Answer {
		text = "answer: " + text
	}
	if h.Stops {
		text = "stopped: " + text
	}
	return text
}

// Way is that from one zone to another; a zone is empty outside the network.
type Way struct {
	FromZone string `json:"fromZone,omitempty"`
	ToZone   string `json:"toZone,omitempty"`
	Open     bool   `json:"open"`   // for some address and source port
	Always   bool   `json:"always"` // for every address and every ephemeral port
	Hops     []Hop  `json:"hops"`   // to the end if it is open, and otherwise to the hop that stops it
	// Unless are, of a way that is open and not always so, the hops to the one that stops it then.
	Unless []Hop `json:"unless,omitempty"`
}

// Answer is what became of a question: open if any way is, always if all ways are.
type Answer struct {
	Question Question `json:"question"`
	Region   string   `json:"region"`
	Open     bool     `json:"open"`
	Always   bool     `json:"always"`
	Ways     []Way    `json:"ways"`
}

// Hops returns those of the first way that is open, or of the one that comes farthest.
func (a Answer) Hops() []Hop {
	var best []Hop
	for _, w := range a.Ways {
		if w.Open {
			return w.Hops
		}
		if len(w.Hops) > len(best) {
			best = w.Hops
		}
	}
	return best
}

// Stop returns the hop that stops the way that comes farthest; the zero Hop if one is open.
func (a Answer) Stop() Hop { return stop(a.Hops()) }

// Failure returns where a way that is not always open ends: the hop that stops it in some zone, for some address or port.
func (a Answer) Failure() []Hop {
	for _, w := range a.Ways {
		if !w.Open {
			return w.Hops
		}
		if !w.Always {
			return w.Unless
		}
	}
	return nil
}

func stop(hops []Hop) Hop {
	if k := len(hops) - 1; k >= 0 && hops[k].Stops {
		return hops[k]
	}
	return Hop{}
}

// Path returns a list of hops on one line.
func Path(hops []Hop) string {
	texts := make([]string, len(hops))
	for i, h := range hops {
		texts[i] = h.String()
	}
	return strings.Join(texts, "; ")
}

// Ask answers a question. The error says what in it names nothing.
func (n *Network) Ask(q Question) (Answer, error) {
	a := Answer{Question: q, Region: n.Region, Always: true}
	from, to, c, err := n.parse(q)
	if err != nil {
		return a, err
	}
	for _, f := range from {
		for _, t := range to {
			w := n.way(f, t, c)
			a.Ways = append(a.Ways, w)
			a.Open, a.Always = a.Open || w.Open, a.Always && w.Always
		}
	}
	return a, nil
}

// Works reports whether the answer to a question is always yes, without the ways: it is faster.
func (n *Network) Works(q Question) (bool, error) {
	from, to, c, err := n.parse(q)
	if err != nil {
		return false, err
	}
	for _, f := range from {
		for _, t := range to {
			if !n.all(f, t, c, nil) {
				return false, nil
			}
		}
	}
	return true, nil
}

// Open reports whether the answer to a question is yes for some client, without the ways.
func (n *Network) Open(q Question) (bool, error) {
	from, to, c, err := n.parse(q)
	return err == nil && n.anyway(from, to, c), err
}

// parse finds what a question names.
func (n *Network) parse(q Question) (from, to []endpoint, c connection, err error) {
	c = connection{port: q.Port, speaks: q.Speaks, name: q.Name}
	if from, to, err = n.both(q.From, q.To); err == nil {
		c.protocol, err = number(cmp.Or(q.Protocol, "tcp"))
	}
	if err == nil && hasPorts(c.protocol) && (q.Port < 1 || q.Port > anyPort.to) {
		err = fmt.Errorf("%s: a port from 1 to 65535 is missing", q)
	}
	return from, to, c, err
}

// both returns the ends that two names mean.
func (n *Network) both(fromName, toName string) (from, to []endpoint, err error) {
	if from, err = n.ends(fromName); err == nil {
		to, err = n.ends(toName)
	}
	if to = n.called(from, to); err == nil && outside(from) && outside(to) {
		err = fmt.Errorf("%s → %s: neither end lies in the network", fromName, toName)
	}
	return from, to, err
}

func outside(list []endpoint) bool { return len(list) > 0 && list[0].subnet == nil }

func number(protocol string) (int, error) {
	if n, known := map[string]int{"tcp": tcp, "udp": udp, "icmp": icmp, "icmpv6": icmpV6}[strings.ToLower(protocol)]; known {
		return n, nil
	}
	n, err := strconv.Atoi(protocol)
	if err != nil || n < 0 || n > 255 {
		return 0, fmt.Errorf("%q is no protocol: tcp, udp, icmp, icmpv6 or a number", protocol)
	}
	return n, nil
}
