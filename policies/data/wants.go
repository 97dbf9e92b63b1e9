package data

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// retained is a shape of what outlives its template and its replacement.
func retained(s expect.Shape) expect.Shape {
	s["DeletionPolicy"], s["UpdateReplacePolicy"] = expect.Is("Retain"), expect.Is("Retain")
	return s
}

// named is a text with the environment and the region in their places.
func named(text string) expect.Want {
	return expect.Equals(text, func(at expect.At) string {
		return strings.NewReplacer("<environment>", at.Stack().Environment, "<region>", at.Stack().Region).Replace(text)
	})
}

// dataSubnets is a list of the subnets of the region's data tier, each once.
var dataSubnets = expect.Want{
	Text: "exactly the subnets of the region's data tier, two at least", Reads: []string{intent.SubnetType},
	Breaks: lessAndMore("subnet-0123456789abcdef0"),
	Holds: func(at expect.At, v template.Value) bool {
		tier := intent.SubnetsOf(at.Estate, at.Stack().Region, "data")
		in := found(at, v, intent.SubnetType)
		return len(tier) > 1 && len(in) == len(tier) && !slices.ContainsFunc(tier, func(s *template.Resource) bool { return !slices.Contains(in, s) })
	},
}

// found are what the elements of a list refer to; nil stands for one that is not found.
func found(at expect.At, list template.Value, typ string) []*template.Resource {
	var all []*template.Resource
	for _, v := range list.List() {
		all = append(all, at.Estate.Find(v, typ))
	}
	return all
}

// lessAndMore are the near misses of a list: it loses its first element, or has one more.
func lessAndMore(more any) []any {
	list := func(at expect.At) []any {
		return at.Resource.Clone()["Properties"].(map[string]any)[at.Path[0]].([]any)
	}
	return []any{
		func(at expect.At) any { return list(at)[1:] },
		func(at expect.At) any { return append(list(at), more) },
	}
}

// groupOf is a list of one security group: a party's, in the VPC of the region's data tier.
func groupOf(party string) expect.Want {
	return expect.List(expect.Want{
		Text: "the security group of " + party + " in the region's VPC", Reads: []string{intent.GroupType, intent.SubnetType, intent.VPCType},
		Breaks: []any{"sg-0123456789abcdef0"},
		Holds: func(at expect.At, v template.Value) bool {
			group := intent.GroupsByID(at.Estate)[v.Text()]
			tier := intent.SubnetsOf(at.Estate, at.Stack().Region, "data")
			if group == nil || len(tier) == 0 {
				return false
			}
			vpc := intent.VPCOf(at.Estate, group)
			return intent.PartyOf(group) == party && vpc != nil && vpc == intent.VPCOf(at.Estate, tier[0])
		},
	})
}

// flowPort is the one port that flows reach a party on.
func flowPort(party string) int {
	i := slices.IndexFunc(intent.Flows, func(f intent.Flow) bool { return f.To == party })
	return intent.Flows[i].Port
}

// ofVersion is the family of parameters that a version of an engine takes: the first in the stack of the parameters that has one.
func ofVersion(family, typ string) expect.Want {
	return expect.Equals(family+" and the major of its stack's version", func(at expect.At) string {
		for r := range at.Estate.All(typ) {
			if r.Stack == at.Stack() {
				major, _, _ := strings.Cut(r.Get("EngineVersion").Text(), ".")
				return family + major
			}
		}
		return ""
	}, typ)
}

// waitsFor reports whether a resource is made after one of its stack that is as asked.
func waitsFor(e *template.Estate, r *template.Resource, is func(*template.Resource) bool) bool {
	return slices.ContainsFunc(r.DependsOn(), func(id string) bool {
		first := e.Resource(r.Stack.Name, id)
		return first != nil && is(first)
	})
}

// nearly is a want with near misses that are likelier than its own.
func nearly(w expect.Want, breaks ...any) expect.Want {
	w.Breaks = breaks
	return w
}
