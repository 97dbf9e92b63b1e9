package proof

import (
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// permission is a sentence of who may do something to a kind of thing. Whoever it names must be able to, and nobody else may be, beside those
// that [exemptPrincipals] names.
type permission struct {
	does    string   // as in "read what is in it"
	actions []string // each of them
	by      principals
}

// principals are principals: in words, and by the titles that they have for one thing.
type principals struct {
	says   string
	titles func(t resource) []string
}

// String says who should.
func (w principals) String() string {
	if w.says == "" {
		return "nobody"
	}
	return "only " + w.says
}

// resource is something that is asked about, and what is known of it.
type resource struct {
	access.Place
	e      *template.Estate
	at     string // the region that it, or this copy of it, is in
	says   string // what it is, for a person
	anchor *template.Resource
	within []string // the parts of it that whoever must read must read each of
}

func (t resource) stack() *template.Stack { return t.anchor.Stack }

// exemptPrincipals are those who may do with everything what its own policy does not refuse: the account itself, which is its root user and the
// identities in no template, and the one role for when nothing else helps. People take that up by a second factor, and it is alarmed.
func exemptPrincipals(s *template.Stack) []string {
	return []string{"account:" + s.Account, "role:livechat-" + s.Environment + "-break-glass"}
}

// asked is the model of one judgement, and whom and what of it a change can have made different.
type asked struct {
	*access.Model
	scope
	changed func(title string) bool // whether there can be another answer for somebody
	of      func(title string) bool // and whether he is asked for at all: those who are standing are not
}

// holds reports who cannot do what he must, and who can do what he must not, with the statements, until that is enough.
func holds(f *policies.Findings, a asked, t resource, uses []permission) {
	f.Examined(t.anchor)
	if f.Enough() || !a.about(t.anchor, t.at) {
		return
	}
	for _, u := range uses {
		must := u.by.titles(t)
		for _, action := range u.actions {
			if f.Enough() {
				return
			}
			found := a.Direct(action, t.Place, a.of)
			extra(f, t, u, action, must, found)
			for _, title := range must {
				if a.of(title) {
					missing(f, a, t, u, action, title, found)
				}
			}
		}
	}
}

// extra reports who can do what nobody meant him to.
func extra(f *policies.Findings, t resource, u permission, action string, must []string, found []access.Access) {
	for _, x := range found {
		switch {
		case !slices.Contains(must, x.Title):
			f.Fail(t.anchor, "%s %s (%s on %s), and %s should: %s", x.Title, may(x, u.does), action, t.Place, u.by, x.Told())
		case x.Anyone:
			f.Fail(t.anchor, "%s does it (%s on %s) for whatever account asks: %s", x.Title, action, t.Place, x.Told())
		}
	}
}

// may says that somebody may, or perhaps may, do something.
func may(x access.Access, does string) string {
	if x.Allowed == access.Unsure {
		return "perhaps can " + does
	}
	return "can " + does
}

// missing reports that somebody cannot, or perhaps cannot, do what he must.
func missing(f *policies.Findings, a asked, t resource, u permission, action, title string, found []access.Access) {
	places := []access.Place{t.Place}
	for _, part := range t.within {
		if action == "s3:GetObject" {
			places = append(places, access.Place{Resource: t.Resource, Region: t.Region, Within: part})
		}
	}
	for i, p := range places {
		if i > 0 {
			found = a.Direct(action, p, func(x string) bool { return x == title })
		}
		j := slices.IndexFunc(found, func(x access.Access) bool { return x.Title == title })
		switch {
		case j < 0:
			f.Fail(t.anchor, "%s cannot %s (%s on %s): %s", title, u.does, action, p, a.Refusal(title, action, p))
		case found[j].Allowed != access.Yes:
			f.Fail(t.anchor, "whether %s can %s (%s on %s) cannot be told: %s", title, u.does, action, p, found[j].Told())
		}
	}
}

// Who may be meant.

var nobody = principals{titles: func(resource) []string { return nil }}

// services are the tasks' roles of the thing's region.
func services(names ...string) principals {
	return principals{strings.Join(names, ", ") + " of its region", func(t resource) []string {
		var titles []string
		for _, name := range names {
			titles = append(titles, "role:"+intent.ServiceRole(t.stack(), t.at, name))
		}
		return titles
	}}
}

// rolesNamed are those that the environment has once.
func rolesNamed(names ...string) principals {
	return principals{strings.Join(names, ", "), func(t resource) []string {
		var titles []string
		for _, name := range names {
			titles = append(titles, "role:livechat-"+t.stack().Environment+"-"+name)
		}
		return titles
	}}
}

// lookers are the people who see what there is by a policy of AWS's: names, never contents.
var lookers = rolesNamed("reader", "security", "operator")

// inOwnName are services of AWS's that act for this account, as each thing's own policy says.
func inOwnName(names ...string) principals {
	return principals{strings.Join(names, ", "), func(t resource) []string {
		var titles []string
		for _, p := range names {
			titles = append(titles, "service:"+strings.ReplaceAll(p, "REGION", t.at))
		}
		return titles
	}}
}

func (w principals) and(more principals) principals {
	return principals{fmt.Sprintf("%s, and %s", w.says, more.says), func(t resource) []string { return append(w.titles(t), more.titles(t)...) }}
}

// onlyIf are those whom the things of a kind have that are so.
func (w principals) onlyIf(says string, is func(resource) bool) principals {
	return principals{w.says + says, func(t resource) []string {
		if !is(t) {
			return nil
		}
		return w.titles(t)
	}}
}

func isPrimary(t resource) bool {
	regions := intent.RegionsOf(t.stack())
	return len(regions) > 0 && regions[0] == t.at
}

// copier is the role that copies the knowledge of the primary region, whose name AWS assigns.
var copier = principals{"the replication's role", func(t resource) []string {
	for b := range t.e.All("AWS::S3::Bucket") {
		if role := t.e.Find(b.Get("ReplicationConfiguration", "Role"), intent.RoleType); role != nil && knowledgeBucket(b) {
			return []string{titleOf(role)}
		}
	}
	return nil
}}

// titleOf is what the model calls a role.
func titleOf(role *template.Resource) string {
	return "role:" + intent.OrElse(role.Get("RoleName").Text(), role.String())
}

func knowledgeBucket(b *template.Resource) bool {
	return strings.HasSuffix(b.Get("BucketName").Text(), "-"+b.Stack.Region+"-knowledge")
}
