package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// carriers are the services and types that give access otherwise than by a policy document. Each of theirs must be known.
var carriers = []string{"AWS::IAM::", "AWS::SSO::", "AWS::RAM::", "AWS::RolesAnywhere::", "AWS::Organizations::", "AWS::LakeFormation::",
	"AWS::S3::Access", "AWS::S3::MultiRegion", "AWS::S3ObjectLambda::", "AWS::S3Express::", "AWS::S3Outposts::", "AWS::IdentityStore::",
	"AWS::CleanRooms::", "AWS::IoT::RoleAlias", "AWS::EKS::Access"}

var known = []string{"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy",
	"AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy", "AWS::IAM::InstanceProfile", "AWS::IAM::OIDCProvider",
	"AWS::IAM::SAMLProvider", "AWS::IAM::ServiceLinkedRole", "AWS::IAM::ServerCertificate", "AWS::IAM::UserToGroupAddition"}

// reader fills a model.
type reader struct {
	m       *Model
	of      map[*template.Resource]*Principal
	members map[*template.Resource][]*Principal // of groups
	unknown Unknowns
}

// check refuses what gives access in a way that is not known.
func (r *reader) check() {
	for t := range r.m.estate.All() {
		carries := slices.ContainsFunc(carriers, func(c string) bool { return strings.HasPrefix(t.Type, c) })
		acl := t.Get("AccessControl")
		switch {
		case carries && !slices.Contains(known, t.Type):
			r.unknown = append(r.unknown, Unknown{t, t.Type + " is not known"})
		case t.Type == "AWS::S3::Bucket" && !acl.Missing() && !acl.Is("Private"):
			r.unknown = append(r.unknown, Unknown{t, "its ACL gives access that is not judged"})
		}
	}
}

// identities reads the roles and users.
func (r *reader) identities() {
	for t := range r.m.estate.All("AWS::IAM::Role", "AWS::IAM::User") {
		kind, name := Role, textOf(t.Get("RoleName"))
		if t.Type == "AWS::IAM::User" {
			kind, name = User, textOf(t.Get("UserName"))
		}
		if name == "" {
			name = t.String()
		}
		p := &Principal{Kind: kind, Name: name, Account: t.Stack.Account, Role: t, tags: tagsOf(t.Get("Tags"))}
		for _, f := range r.m.written(t) {
			if strings.HasPrefix(f, "arn:") || strings.HasSuffix(f, ".Arn}") {
				p.arns = append(p.arns, f)
			}
		}
		p.ARN, p.title = p.arns[0], p.Title()
		r.of[t] = p
		r.m.principals = append(r.m.principals, p)
		r.attached(p, t)
		r.bounds(p, t.Get("PermissionsBoundary"))
	}
}

// attached reads the managed policies of a role, user or group, and the groups of a user.
func (r *reader) attached(p *Principal, t *template.Resource) {
	for _, property := range []string{"Policies", "ManagedPolicyArns", "Groups"} {
		for _, v := range t.Get(property).List() {
			if v.Unknown() || property == "Policies" && v.Get("PolicyDocument").Unknown() {
				p.doubts = append(p.doubts, fmt.Sprintf("%s: its %s cannot be resolved: %s", t, property, v.Why()))
			}
		}
	}
	for _, v := range t.Get("ManagedPolicyArns").List() {
		list, doubts := r.managed(t, v)
		p.identity, p.doubts = append(p.identity, list...), append(p.doubts, doubts...)
	}
	if p.Kind == User && t.Type == "AWS::IAM::User" {
		groups := t.Get("Groups").List()
		for a := range r.m.estate.All("AWS::IAM::UserToGroupAddition") {
			for _, v := range a.Get("Users").List() {
				if why := unresolved(v).why; why != "" {
					p.doubts = append(p.doubts, fmt.Sprintf("whether %s adds %s to a group cannot be resolved: %s", a, p.Title(), why))
				} else if r.m.estate.Find(v, "AWS::IAM::User") == t {
					groups = append(groups, a.Get("GroupName"))
				}
			}
		}
		for _, v := range groups {
			group := r.m.estate.Find(v, "AWS::IAM::Group")
			if group == nil {
				p.doubts = append(p.doubts, t.String()+": its group "+v.String()+" is in no template")
				continue
			}
			r.attached(p, group)
			r.members[group] = append(r.members[group], p)
		}
	}
}

// managed returns the statements of a managed policy: of the estate's those are found with its holders.
func (r *reader) managed(t *template.Resource, arn template.Value) ([]*statement, []string) {
	if arn.Unknown() || r.m.estate.Find(arn, "AWS::IAM::ManagedPolicy") != nil {
		return nil, nil
	}
	if list, ok := ofAWS(t, arn.Text()); ok {
		return list, nil
	}
	return nil, []string{fmt.Sprintf("%s: what the policy %s allows is in no template", t, arn)}
}

// bounds reads a permission boundary.
func (r *reader) bounds(p *Principal, v template.Value) {
	if v.Missing() {
		return
	}
	p.bounded = true
	if policy := r.m.estate.Find(v, "AWS::IAM::ManagedPolicy"); policy != nil {
		for _, s := range policy.Statements() {
			w := newStatement(s)
			w.role = "permission boundary"
			p.boundary = append(p.boundary, w)
		}
		return
	}
	list, ok := ofAWS(p.Role, v.Text())
	if !ok {
		p.limits = append(p.limits, fmt.Sprintf("%s: its permission boundary %s is in no template", p.Role, v))
	}
	for _, s := range list {
		s.role = "permission boundary"
	}
	p.boundary = list
}

// statements gives each policy's statements to the principals or resources that they are about.
func (r *reader) statements() {
	m := r.m
	for s := range m.estate.Statements() {
		w := newStatement(s)
		switch {
		case s.Kind.Has(template.Trust):
			r.trust(r.of[s.Resource], w)
		case s.Kind.Has(template.Identity):
			r.astray(w)
			for _, holder := range m.estate.Holders(s) {
				if p := r.of[holder]; p != nil {
					p.identity = append(p.identity, w)
				}
				for _, p := range r.members[holder] {
					p.identity = append(p.identity, w)
				}
			}
			if p := r.of[s.Resource]; p != nil && s.Path == "" { // nothing of the role can be resolved
				r.trust(p, w)
				p.bounded, p.limits = true, append(p.limits, w.String()+": "+s.Unknown)
			}
		case s.Kind.Has(template.Endpoint):
			m.endpoints[s.Resource] = append(m.endpoints[s.Resource], w)
		case s.Kind.Has(template.Boundary): // of an organization, refused above
		default:
			r.lay(w)
		}
	}
}

// astray notes a policy that may be attached to any principal.
func (r *reader) astray(w *statement) {
	for _, property := range []string{"Roles", "Users", "Groups", "RoleName", "UserName", "GroupName"} {
		unknown := ""
		for _, v := range w.Resource.Get(property).List() {
			unknown = cmp.Or(unknown, unresolved(v).why)
		}
		if unknown == "" || !strings.HasSuffix(w.Resource.Type, "Policy") {
			continue
		}
		for _, p := range r.m.principals {
			why := fmt.Sprintf("whether %s is attached to %s cannot be resolved: %s", w.Resource, p.Title(), unknown)
			if !slices.Contains(p.doubts, why) {
				p.doubts = append(p.doubts, why)
			}
		}
	}
}

func (r *reader) trust(p *Principal, w *statement) {
	p.trust = append(p.trust, w)
	if w.Effect != "Deny" {
		p.tagged = p.tagged || w.Covers("sts:TagSession") || w.open.action
		p.federated = p.federated || len(w.Principals["Federated"]) > 0 || w.open.who
	}
	p.unattended = !slices.ContainsFunc(p.trust, func(s *statement) bool {
		return s.open.who || len(s.NotPrincipals) > 0 || len(s.Principals["AWS"])+len(s.Principals["*"]) > 0
	})
}
