package egress

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// named is a name that AWS's firewall takes.
var named = expect.Matches(regexp.MustCompile(`^[A-Za-z0-9-]+$`), "a name of letters, digits and dashes", "")

// ownThat is a reference to a resource of a type, in the stack of the resource that has it, that is also as said.
func ownThat(typ, text string, is func(expect.At, *template.Resource) bool, reads ...string) expect.Want {
	w := expect.Own(typ)
	own := w.Holds
	w.Text, w.Reads = text, append(reads, typ)
	w.Holds = func(at expect.At, v template.Value) bool { return own(at, v) && is(at, at.Estate.Find(v, typ)) }
	w.Breaks = append(w.Breaks, func(at expect.At) any {
		return another(at, typ, func(r *template.Resource) bool { return !is(at, r) })
	})
	return w
}

// these is a list that refers to exactly some resources of a type, in the stack of the resource that has it, each once.
func these(typ, text string, of func(expect.At) []*template.Resource, reads ...string) expect.Want {
	return expect.Want{Text: text, Reads: append(reads, typ),
		Holds: func(at expect.At, v template.Value) bool {
			wanted, list := of(at), v.List()
			for _, x := range list {
				if i := slices.Index(wanted, at.Estate.Find(x, typ)); i >= 0 {
					wanted = slices.Delete(wanted, i, i+1)
				} else {
					return false
				}
			}
			return len(list) > 0 && len(wanted) == 0
		},
		Breaks: []any{
			[]any{},
			func(at expect.At) any { return refs(of(at)[1:]) },
			func(at expect.At) any { return append(refs(of(at)), "not-of-the-estate") },
			func(at expect.At) any { return append(refs(of(at)), refs(of(at))[0]) },
			func(at expect.At) any {
				wanted := of(at)
				return append(refs(wanted), another(at, typ, func(r *template.Resource) bool { return !slices.Contains(wanted, r) }))
			},
		}}
}

func refs(list []*template.Resource) []any {
	var all []any
	for _, r := range list {
		all = append(all, map[string]any{"Ref": r.ID})
	}
	return all
}

// another is a reference to a resource of the stack that is no right one.
func another(at expect.At, typ string, wrong func(*template.Resource) bool) any {
	for _, r := range at.Stack().Resources() {
		if r.Type == typ && wrong(r) {
			return map[string]any{"Ref": r.ID}
		}
	}
	return "other"
}

// ascending is a priority above that of the element before: a list stands in the order in which its elements are asked.
var ascending = expect.Want{Text: "above the priority before it",
	Holds:  func(at expect.At, v template.Value) bool { n, ok := v.Int(); return ok && n > priorityBefore(at) },
	Breaks: []any{"soon", func(at expect.At) any { return priorityBefore(at) }}}

// priorityBefore is 0 for the first element of a list.
func priorityBefore(at expect.At) int {
	place := slices.Clone(at.Path)
	i, _ := strconv.Atoi(place[len(place)-2])
	place[len(place)-2] = strconv.Itoa(i - 1)
	n, _ := at.Resource.Get(place...).Int()
	return n
}

// hostName is the whole name of a host or zone: of two labels at least, and without a dot before the first, which would mean all
// below it.
var hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$`)

const hostsText = "the intent's hosts, each the whole name of one outside AWS"

// hostsOf are the hosts that a stack was meant to reach; none if one of them is not the whole name of a host outside AWS.
func hostsOf(s *template.Stack) []string {
	hosts := intent.Texts(s.Intent().Get("hosts"))
	unfit := func(host string) bool {
		return !hostName.MatchString(host) || strings.HasSuffix(host, ".amazonaws.com")
	}
	if slices.ContainsFunc(hosts, unfit) {
		return nil
	}
	return hosts
}

// byNAT is how many of something there must be: one where the VPC was meant to have NAT gateways.
func byNAT(vpc *template.Resource) int {
	if intent.HasNAT(vpc) {
		return 1
	}
	return 0
}
