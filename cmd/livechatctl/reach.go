package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"livechat.example/cloud/policies/reach"
)

const reachLong = `Say whether FROM can open a connection to TO in the synthesized network, and print the way hop by hop, or the hop that stops it.

An end is one of:
  internet             any address there; as TO, a host on no allow-list
  api.openai.com       a host by its name: the name is resolved, and said to the firewall; the name of a service of AWS, such as
                       logs.eu-west-1.amazonaws.com, means its endpoint where that has private DNS
  198.51.100.7         an address or a block of addresses
  s3, dynamodb         by their gateway endpoints
  aurora, gate, …      what has the security group of that name
  app, data, …         anything that may lie in the subnets of that tier
A name that is both a group and a tier means the group; group:llm and tier:llm say which.

It is judged from the templates alone: routes, gateways, firewalls and their rules, NACLs both ways, security groups, prefix
lists, endpoints, the resolver's firewall and VPC Block Public Access. What can be chosen by an attacker (source port, address,
what is spoken) is chosen in the attacker's favour. Without --port every port and protocol is tried; without --region every region, and the
highest exit code wins.

Exit codes: 0 reachable, 1 not reachable, 2 it cannot be judged.

--json writes one object, the same for the same templates:
  dir, question        what was asked: {from, to, port, protocol}
  regions              a list of
    region, open       where, and whether some way is open
    always             whether every way is: from every zone to every zone, for every ephemeral port
    openings           without --port: a list of {from, to, protocol, ports: [first, last]}
    ways               a list of {fromZone, toZone, open, always, hops, unless}
                       a hop is {what, zone, why, answer, stops}; unless leads to what stops the way when it is not always open`

func newReach() *cobra.Command {
	var region string
	var asJSON bool
	q := reach.Question{}
	c := &cobra.Command{
		Use:   "reach FROM TO [DIR]",
		Short: "Say whether one end can reach another, hop by hop",
		Long:  reachLong,
		Example: `  livechatctl reach internet aurora --port 5432 cdk.out/prod
  livechatctl reach llm api.openai.com --port 443 --region eu-west-1 cdk.out/prod
  livechatctl reach chat aurora cdk.out/prod
  livechatctl reach tier:data internet --json`,
		Args: cobra.RangeArgs(2, 3),
	}
	c.Flags().IntVar(&q.Port, "port", 0, "the port (default: every port and protocol)")
	c.Flags().StringVar(&q.Protocol, "protocol", "tcp", "tcp, udp, icmp, icmpv6 or a number")
	c.Flags().StringVar(&region, "region", "", "one region (default: all of them)")
	c.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	c.RunE = func(c *cobra.Command, args []string) error {
		q.From, q.To = args[0], args[1]
		every := !c.Flags().Changed("port") && !c.Flags().Changed("protocol")
		r := reached{Dir: defaultDir, Question: q}
		if len(args) == 3 {
			r.Dir = args[2]
		}
		if every {
			r.Question.Protocol = ""
		}
		if err := r.ask(region, every); err != nil {
			return err
		}
		write := writeReached
		if asJSON {
			write = func(out io.Writer, r reached) error { return indented(out, r) }
		}
		if err := write(c.OutOrStdout(), r); err != nil {
			return err
		}
		if slices.ContainsFunc(r.Regions, func(a regionReached) bool { return !a.Open }) {
			return exitStatus(violated)
		}
		return nil
	}
	return c
}

// reached is what became of a question in each region. Its shape is promised in the command's help.
type reached struct {
	Dir      string          `json:"dir"`
	Question reach.Question  `json:"question"`
	Regions  []regionReached `json:"regions"`
}

type regionReached struct {
	Region   string          `json:"region"`
	Open     bool            `json:"open"`
	Always   bool            `json:"always"`
	Openings []reach.Opening `json:"openings,omitempty"`
	Ways     []reach.Way     `json:"ways"`
}

func (r *reached) ask(region string, every bool) error {
	networks, err := networksOf(r.Dir, region)
	if err != nil {
		return err
	}
	for _, n := range networks {
		answer, err := answered(n, r.Question, every)
		if err != nil {
			return err
		}
		r.Regions = append(r.Regions, answer)
	}
	return nil
}

// networksOf returns the networks of an assembly's regions, or of one.
func networksOf(dir, region string) ([]*reach.Network, error) {
	estate, err := estateOf(dir)
	if err != nil {
		return nil, err
	}
	networks, err := reach.Read(estate)
	if err != nil {
		return nil, faultList{err}
	}
	var regions []string
	for _, n := range networks {
		regions = append(regions, n.Region)
	}
	if region != "" {
		networks = slices.DeleteFunc(networks, func(n *reach.Network) bool { return n.Region != region })
	}
	if len(networks) == 0 {
		return nil, fmt.Errorf("%s has no network in region %q; it has one in %s", dir, region, strings.Join(regions, ", "))
	}
	return networks, nil
}

// answered asks one network, on one port or on every one.
func answered(n *reach.Network, q reach.Question, every bool) (regionReached, error) {
	if !every {
		a, err := n.Ask(q)
		return regionReached{Region: n.Region, Open: a.Open, Always: a.Always, Ways: a.Ways}, err
	}
	openings, err := n.Openings(q.From, q.To)
	if err != nil {
		return regionReached{}, err
	}
	r := regionReached{Region: n.Region, Open: len(openings) > 0, Always: len(openings) > 0, Openings: openings}
	questions := []reach.Question{{From: q.From, To: q.To, Port: 443}} // an example of what stops everything
	for i, o := range openings {
		if i == 0 {
			questions = nil
		}
		questions = append(questions, o.Question())
	}
	for _, q := range questions {
		a, err := n.Ask(q)
		if err != nil {
			return regionReached{}, err
		}
		r.Always, r.Ways = r.Always && a.Always, append(r.Ways, a.Ways...)
	}
	return r, nil
}

// writeReached writes the ways for people: from each zone the first that is open, or if there is none the one that
// comes farthest.
func writeReached(out io.Writer, r reached) error {
	for _, a := range r.Regions {
		fmt.Fprintf(out, "%s: %s → %s%s: %s\n", a.Region, oneLine(r.Question.From), oneLine(r.Question.To), asked(r.Question), verdictOn(a))
		for _, o := range a.Openings {
			fmt.Fprintf(out, "  open: %s\n", oneLine(o.String()))
		}
		for _, w := range telling(a) {
			fmt.Fprintf(out, "\n  %s\n", oneLine(between(w)))
			writeHops(out, w.Hops)
			if w.Open && !w.Always {
				fmt.Fprint(out, "\n  but not always:\n")
				writeHops(out, w.Unless)
			}
		}
		fmt.Fprintln(out)
	}
	return nil
}

func asked(q reach.Question) string {
	if q.Port == 0 && q.Protocol == "" {
		return ""
	}
	text := " on " + strings.ToUpper(q.Protocol)
	if q.Port > 0 {
		text += fmt.Sprintf(" %d", q.Port)
	}
	return text
}

func verdictOn(a regionReached) string {
	switch {
	case a.Always:
		return "reachable, from every zone to every zone"
	case a.Open:
		return "reachable, but not always"
	}
	return "not reachable"
}

// telling returns the ways that a person wants to see: one from each zone, or only the one that comes farthest if none
// is open.
func telling(a regionReached) []reach.Way {
	var list []reach.Way
	for _, w := range a.Ways {
		seen := slices.ContainsFunc(list, func(o reach.Way) bool { return o.FromZone == w.FromZone })
		switch {
		case a.Open && w.Open && !seen:
			list = append(list, w)
		case !a.Open && len(list) == 0:
			list = append(list, w)
		case !a.Open && len(w.Hops) > len(list[0].Hops):
			list[0] = w
		}
	}
	return list
}

func between(w reach.Way) string {
	switch {
	case w.FromZone == "" && w.ToZone == "":
		return "the way:"
	case w.FromZone == "":
		return "to " + w.ToZone + ":"
	case w.ToZone == "" || w.ToZone == w.FromZone:
		return "from " + w.FromZone + ":"
	}
	return "from " + w.FromZone + " to " + w.ToZone + ":"
}

func writeHops(out io.Writer, hops []reach.Hop) {
	for i, h := range hops {
		fmt.Fprintf(out, "  %3d  %s\n", i+1, oneLine(h.String()))
	}
}
