package estate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

const (
	vpc          = "AWS::EC2::VPC"
	group        = "AWS::EC2::SecurityGroup"
	groupIngress = "AWS::EC2::SecurityGroupIngress"
)

// The groups are read here by another hand than the policies'.
func TestTheGroupsOfEveryRegionLetThroughTheFlowsOfTheThreatModel(t *testing.T) {
	for _, env := range shipped.Environments {
		e := shipped.Estate(t, env)
		for vpc := range e.All(vpc) {
			var wantOut, wantIn []string
			for _, f := range intent.FlowsOf(vpc.Stack) {
				c := fmt.Sprintf("%s > %s:%d", f.From, f.To, f.Port)
				if intent.Parties[f.From] != "" {
					wantOut = append(wantOut, c)
				}
				if intent.Parties[f.To] != "" {
					wantIn = append(wantIn, c)
				}
			}
			out, in := connections(e, vpc.Stack)
			assert.ElementsMatch(t, wantOut, out, "%s lets out", vpc.Stack.Name)
			assert.ElementsMatch(t, wantIn, in, "%s lets in", vpc.Stack.Name)
		}
	}
}

// connections returns what the groups of a stack let out and in, as "from > to:port".
func connections(e *template.Estate, s *template.Stack) (out, in []string) {
	for _, r := range s.Resources() {
		switch r.Type {
		case group:
			for _, rule := range r.Get("SecurityGroupEgress").List() {
				if !rule.Get("CidrIp").Is("255.255.255.255/32") { // which is no host's address
					out = append(out, partyIn(r)+" > "+peerIn(e, rule, "Destination")+":"+portsOf(rule))
				}
			}
			for _, rule := range r.Get("SecurityGroupIngress").List() {
				in = append(in, peerIn(e, rule, "Source")+" > "+partyIn(r)+":"+portsOf(rule))
			}
		case groupIngress:
			in = append(in, peerIn(e, r.Properties(), "Source")+" > "+partyIn(e.Find(r.Get("GroupId"), group))+":"+portsOf(r.Properties()))
		}
	}
	return out, in
}

// peerIn returns the party that a rule names; another peer it returns as the rule's text, which matches no arrow.
func peerIn(e *template.Estate, rule template.Value, side string) string {
	if g := e.Find(rule.Get(side+"SecurityGroupId"), group); g != nil && rule.Get("CidrIp").Missing() {
		return partyIn(g)
	}
	if l := e.Find(rule.Get(side+"PrefixListId"), "Custom::PrefixList"); l != nil {
		_, service, _ := strings.Cut(l.Get("Name").Text(), "com.amazonaws."+l.Stack.Region+".")
		return service
	}
	if rule.Get("CidrIp").Is("0.0.0.0/0") {
		return "internet"
	}
	return fmt.Sprint(rule)
}

func partyIn(g *template.Resource) string {
	if g != nil {
		for _, tag := range g.Get("Tags").List() {
			if tag.Get("Key").Is("livechat:group") {
				return tag.Get("Value").Text()
			}
		}
	}
	return "no party"
}

// portsOf returns a rule's one TCP port.
func portsOf(rule template.Value) string {
	from, to := rule.Get("FromPort").Text(), rule.Get("ToPort").Text()
	if !rule.Get("IpProtocol").Is("tcp") || from != to {
		return fmt.Sprint(rule)
	}
	return from
}
