package access

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Kind is what a principal is.
type Kind string

// The kinds.
const (
	Role      Kind = "role"
	User      Kind = "user"
	Account   Kind = "account"   // its root user, and those of its identities that are in no template
	Service   Kind = "service"   // an AWS service in its own name
	Federated Kind = "federated" // who signs in at an identity provider
	Canonical Kind = "canonical user"
	Anonymous Kind = "anonymous" // whoever signs nothing
)

// Principal is an identity that makes requests.
type Principal struct {
	Kind Kind
	// Name is the role's or user's, an account's number, a service's principal, or the ARN of an identity provider.
	Name    string
	Account string             // "" if it has none
	ARN     string             // "" if it has none; a token where AWS assigns the name
	Role    *template.Resource // the role or user in the estate, nil if it is in no template

	title      string   // see Title, of those of the estate
	arns       []string // every way in which its ARN is written
	identity   []*statement
	bounded    bool
	boundary   []*statement
	doubts     []string        // what of its permissions cannot be read
	limits     []string        // what of its boundary cannot be read
	trust      []*statement    // who may become it
	tags       map[string]fact // of the role or user
	tagged     bool            // whoever becomes it may choose tags of the session
	unattended bool            // only services and identity providers become it: no second factor is ever given
	federated  bool            // who signs in at an identity provider may become it
}

// Title names the principal to a person: role:name, service:ecs-tasks.amazonaws.com, account:111122223333.
func (p *Principal) Title() string {
	switch {
	case p.Kind == Anonymous:
		return "anonymous"
	case p.title != "":
		return p.title
	}
	return strings.ReplaceAll(string(p.Kind), " ", "-") + ":" + p.Name
}

// Outside reports whether the principal is in no template, so that what limits it on its own side is not known.
func (p *Principal) Outside() bool {
	return p.Role == nil && (p.Kind == Role || p.Kind == User || p.Kind == Account)
}

// stranger is an account that no template names.
const stranger = "000000000000"

func account(id string) *Principal {
	return &Principal{Kind: Account, Name: id, Account: id, ARN: "arn:aws:iam::" + id + ":root", arns: []string{"arn:aws:iam::" + id + ":root"}}
}

func named(kind Kind, name string) *Principal {
	p := &Principal{Kind: kind, Name: name}
	if kind == Federated {
		p.ARN, p.arns, p.Account = name, []string{name}, accountIn(name)
	}
	return p
}

// outsider returns the principal that an element of a policy names, if no template has it.
func outsider(kind, name string) *Principal {
	switch {
	case kind == "Service":
		return named(Service, name)
	case kind == "Federated":
		return named(Federated, name)
	case kind == "CanonicalUser":
		return named(Canonical, name)
	case name == "*":
		return named(Anonymous, "*")
	case isAccount(name):
		return account(name)
	case strings.HasSuffix(name, ":root"):
		return account(accountIn(name))
	case strings.Contains(name, ":user/"):
		return &Principal{Kind: User, Name: last(name), ARN: name, Account: accountIn(name), arns: []string{name}}
	}
	return &Principal{Kind: Role, Name: last(name), ARN: name, Account: accountIn(name), arns: []string{name}}
}

func isAccount(name string) bool {
	return len(name) == 12 && strings.Trim(name, "0123456789") == ""
}

func last(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// accountIn returns the account in an ARN, "" if there is none.
func accountIn(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}

// naming is how a statement speaks of a principal: as one of its account, by its own ARN, or as one of all.
type naming struct{ account, own, all truth }

func (n naming) any() truth { return either(n.account, either(n.own, n.all)) }

// named returns how a statement's Principal speaks of who asks (IAM User Guide, "AWS JSON policy elements: Principal").
func (e *evaluation) named(principals map[string][]string) naming {
	var n naming
	for kind, names := range principals {
		for _, name := range names {
			e.element(&n, kind, name)
		}
	}
	return n
}

func (e *evaluation) element(n *naming, kind, name string) {
	p := e.who
	switch {
	case name == "*" && (kind == "*" || kind == "AWS"):
		n.all = yes
	case name == "*": // every principal of a kind
		n.all = either(n.all, is(strings.EqualFold(kind, string(p.Kind))))
	case kind == "Service":
		n.own = either(n.own, is(p.Kind == Service && p.Name == name))
	case kind == "CanonicalUser":
		n.own = either(n.own, is(p.Kind == Canonical && p.Name == name))
	case kind == "Federated":
		n.own = either(n.own, e.federated(name))
	case p.Account != "" && p.Kind != Federated && (name == p.Account || strings.HasPrefix(name, "arn:") && strings.HasSuffix(name, ":iam::"+p.Account+":root")):
		n.account = yes
	case strings.Contains(name, ":assumed-role/"):
		n.all = either(n.all, e.session(name))
	case p.Kind == Role || p.Kind == User:
		n.own = either(n.own, e.m.meets(name, p.Role, p.arns, exactly))
	}
}

func (e *evaluation) federated(name string) truth {
	if e.who.Kind != Federated {
		return no
	}
	return e.m.meets(name, nil, e.who.arns, exactly)
}

// session compares with arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION; who becomes a role chooses the session's name.
func (e *evaluation) session(name string) truth {
	role, session, _ := strings.Cut(name[strings.Index(name, ":assumed-role/")+len(":assumed-role/"):], "/")
	p := e.who
	if p.Kind != Role || accountIn(name) != p.Account {
		return no
	}
	known := is(role == p.Name)
	if p.Role != nil && textOf(p.Role.Get("RoleName")) == "" { // AWS assigns its name
		known = e.m.meets("arn:aws:iam::"+p.Account+":role/"+role, p.Role, p.arns, exactly)
		if known == maybe {
			e.doubt(name + " may be " + p.Title() + ", whose name is not known before the deploy")
		}
	}
	if known == no {
		return no
	}
	return both(known, e.compare(sessionName, []string{session}, exactly))
}

// sessionName stands for the name of the session that asks, which no condition key tells by itself.
const sessionName = "the caller's session"

// speaks returns how a statement that lies on something speaks of who asks. A Deny with NotPrincipal meets whoever has
// a permission boundary, whatever it excepts ("AWS JSON policy elements: NotPrincipal").
func (e *evaluation) speaks(s *statement) naming {
	n := e.named(s.Principals)
	if len(s.NotPrincipals) > 0 {
		spared := e.named(s.NotPrincipals)
		if s.Effect == "Deny" && e.who.bounded {
			spared = naming{}
		}
		n.all = either(n.all, spared.any().not())
	}
	if s.open.who {
		n.all = either(n.all, maybe)
		e.doubt(s.String() + ": its principal cannot be resolved: " + s.Unknown)
	}
	return n
}

// trusts returns who a role's trust policy allows to become it, by kind.
func (p *Principal) trusts() map[string][]string {
	all := map[string][]string{}
	for _, s := range p.trust {
		for kind, names := range s.Principals {
			if s.Effect != "Deny" {
				all[kind] = append(all[kind], names...)
			}
		}
	}
	for kind := range all {
		slices.Sort(all[kind])
		all[kind] = slices.Compact(all[kind])
	}
	return all
}
