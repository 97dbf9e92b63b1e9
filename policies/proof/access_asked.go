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

// permission is a sentence of which principals may do something with a kind of resource. Each that it names must be able to, and no
// other may be, except for [exemptPrincipals].
type permission struct {
	does    string   // as in "read its objects"
	actions []string // each of them
	by      principals
}

// principals are named in words, and by the titles that they have for one resource.
type principals struct {
	says   string
	titles func(t resource) []string
}

// String says which principals should.
func (w principals) String() string {
	if w.says == "" {
		return "no principal"
	}
	return "only " + w.says
}

// resource is what is asked about, and what is known of it.
type resource struct {
	access.Place
	e      *template.Estate
	at     string // the region that it, or this copy of it, is in
	anchor *template.Resource
	within []string // its parts: each reader must read each of them
}

func (t resource) stack() *template.Stack { return t.anchor.Stack }

func wholeResource(e *template.Estate, r *template.Resource) resource {
	return resource{Place: access.Place{Resource: r}, e: e, at: r.Stack.Region, anchor: r}
}

// copyIn is a resource's copy in a region.
func copyIn(e *template.Estate, r *template.Resource, region string) resource {
	return resource{Place: access.Place{Resource: r, Region: region}, e: e, at: region, anchor: r}
}

// byARN is a part of a resource, in a region, by the ARN that a service gives it.
func byARN(e *template.Estate, r *template.Resource, region, service, name string) resource {
	arn := strings.Join([]string{"arn", r.Stack.Partition(), service, region, r.Stack.Account, name}, ":")
	return resource{Place: access.Place{ARN: arn}, e: e, at: region, anchor: r}
}

// exemptPrincipals may do with everything what its own policy does not deny: the account itself, which is its root user and the
// identities in no template, and break-glass. People assume that with a second factor, and it raises an alarm.
func exemptPrincipals(s *template.Stack) []string {
	return []string{"account:" + s.Account, "role:livechat-" + s.Environment + "-break-glass"}
}

// accessModel is the model of one judgement, and which of its answers a change may have made different.
type accessModel struct {
	*access.Model
	scope
	changed func(title string) bool // whether there may be another answer for a principal
	of      func(title string) bool // whether it is asked about at all: exempt principals are not
}

// holdPermissions reports, with the statements, which principals cannot do what they must, and which can do what they must not. It
// stops when there are enough findings.
func holdPermissions(f *policies.Findings, a accessModel, t resource, uses []permission) {
	f.Examined(t.anchor)
	if f.Enough() || !a.mayDiffer(t.anchor, t.at) {
		return
	}
	for _, u := range uses {
		must := u.by.titles(t)
		for _, action := range u.actions {
			if f.Enough() {
				return
			}
			found := a.Direct(action, t.Place, a.of)
			unexpectedAccess(f, t, u, action, must, found)
			for _, title := range must {
				if a.of(title) {
					missingAccess(f, a, t, u, action, title, found)
				}
			}
		}
	}
}

// unexpectedAccess reports which principals can do what they should not.
func unexpectedAccess(f *policies.Findings, t resource, u permission, action string, must []string, found []access.Access) {
	for _, x := range found {
		can := "can"
		if x.Allowed == access.Unsure {
			can = "perhaps can"
		}
		switch {
		case !slices.Contains(must, x.Title):
			f.Fail(t.anchor, "%s %s %s (%s on %s), and %s should: %s", x.Title, can, u.does, action, t.Place, u.by, x.Told())
		case x.Anyone:
			f.Fail(t.anchor, "%s %s %s (%s on %s) for every account, must be for its own: %s", x.Title, can, u.does, action, t.Place, x.Told())
		}
	}
}

// missingAccess reports that a principal cannot, or perhaps cannot, do what it must.
func missingAccess(f *policies.Findings, a accessModel, t resource, u permission, action, title string, found []access.Access) {
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
			f.Fail(t.anchor, "whether %s can %s (%s on %s) is unknown: %s", title, u.does, action, p, found[j].Told())
		}
	}
}

// The principals that a permission may name.

var noPrincipal = principals{titles: func(resource) []string { return nil }}

// principalsNamed are principals that have names, and a title by each.
func principalsNamed(names []string, where string, title func(t resource, name string) string) principals {
	return principals{strings.Join(names, ", ") + where, func(t resource) []string {
		var titles []string
		for _, name := range names {
			titles = append(titles, title(t, name))
		}
		return titles
	}}
}

// taskRoles are the roles of tasks in the resource's region.
func taskRoles(names ...string) principals {
	return principalsNamed(names, " of its region", func(t resource, name string) string { return "role:" + intent.ServiceRole(t.stack(), t.at, name) })
}

// rolesNamed are roles that the environment has once.
func rolesNamed(names ...string) principals {
	return principalsNamed(names, "", func(t resource, name string) string { return "role:livechat-" + t.stack().Environment + "-" + name })
}

// listingRoles are the human roles that list everything by a policy that AWS manages: names, never contents.
var listingRoles = rolesNamed("reader", "security", "operator")

// awsServices act for this account, as the resource's own policy says.
func awsServices(names ...string) principals {
	return principalsNamed(names, "", func(t resource, name string) string { return "service:" + strings.ReplaceAll(name, "REGION", t.at) })
}

func (w principals) and(more principals) principals {
	return principals{fmt.Sprintf("%s, and %s", w.says, more.says), func(t resource) []string { return append(w.titles(t), more.titles(t)...) }}
}

// onlyIf are the principals only of the resources for which a condition holds.
func (w principals) onlyIf(says string, is func(resource) bool) principals {
	return principals{w.says + says, func(t resource) []string {
		if !is(t) {
			return nil
		}
		return w.titles(t)
	}}
}

func (w principals) inPrimary() principals { return w.onlyIf(" in the primary", isPrimary) }
func (w principals) inSecondary() principals {
	return w.onlyIf(" outside of the primary", func(t resource) bool { return !isPrimary(t) })
}

func isPrimary(t resource) bool { return intent.IsPrimary(t.stack(), t.at) }

// replicator is the role that replicates the primary region's knowledge. AWS assigns its name.
var replicator = principals{"the replication role", func(t resource) []string {
	for b := range t.e.All("AWS::S3::Bucket") {
		if role := t.e.Find(b.Get("ReplicationConfiguration", "Role"), intent.RoleType); role != nil && knowledgeBucket(b) {
			return []string{titleOf(role)}
		}
	}
	return nil
}}

// titleOf returns what the model calls a role.
func titleOf(role *template.Resource) string {
	return "role:" + intent.OrElse(role.Get("RoleName").Text(), role.String())
}

func knowledgeBucket(b *template.Resource) bool {
	return strings.HasSuffix(b.Get("BucketName").Text(), "-"+b.Stack.Region+"-knowledge")
}
