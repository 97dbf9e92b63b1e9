package access

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// object is what a request is about: a resource of the estate or something within it, or a name whose ARN is all that
// is known.
type object struct {
	r        *template.Resource // nil if it is in no template
	suffix   string             // what follows the resource's ARN, such as /key
	name     string             // for a person
	forms    []string           // every way in which its ARN is written
	service  string             // as in actions
	account  string
	region   string
	policies []*statement // that lie on it
	unseen   string       // why it may have policies that are not known
}

func (o *object) String() string { return o.name }

// thing returns a resource of the estate, or what follows its ARN by the suffix.
func (m *Model) thing(r *template.Resource, suffix string) *object {
	return m.copy(copied{r, r.Stack.Region}, suffix)
}

// copy returns a resource in a region, or what follows its ARN there by the suffix.
func (m *Model) copy(c copied, suffix string) *object {
	r := c.r
	o := &object{r: r, suffix: suffix, account: r.Stack.Account, region: c.region, policies: m.policies[c.laid()]}
	o.name = Place{Resource: r, Within: suffix, Region: c.region}.String()
	for _, f := range c.forms(m.written(r)) {
		o.forms = append(o.forms, f+suffix)
	}
	o.service = shapes[r.Type].service
	if o.service == "" {
		o.service = serviceOf(r)
	}
	for _, s := range m.loose { // a service's policies lie on what is its own
		if s.Resource.Stack.Account == o.account && s.Resource.Stack.Region == o.region && serviceOf(s.Resource) == serviceOf(r) {
			o.policies = append(o.policies[:len(o.policies):len(o.policies)], s)
		}
	}
	if o.service == "iam" {
		o.region = "us-east-1"
		if p := m.principalOf(r); p != nil {
			o.policies = p.trust
		}
	}
	return o
}

// serviceOf returns the service whose resource it is, as types name it.
func serviceOf(r *template.Resource) string {
	return strings.ToLower(strings.Split(r.Type+"::", "::")[1])
}

// object returns what an ARN, or stack/LogicalId with what is within it, means.
func (m *Model) object(name string) *object {
	if name == "*" {
		return &object{name: name, forms: []string{name}}
	}
	if c, suffix := m.locate(name); c.r != nil {
		return m.copy(c, suffix)
	}
	o := &object{name: name, forms: []string{name}}
	if parts := strings.SplitN(name, ":", 6); len(parts) == 6 {
		o.service, o.region, o.account = parts[2], parts[3], parts[4]
	}
	if !slices.Contains(policyless, o.service) {
		o.unseen = "the policies of " + name + " are in no template"
	}
	return o
}

// policyless are services whose resources have no policies of their own ("AWS services that work with IAM").
var policyless = []string{"elasticache", "rds", "rds-db"}

// locate returns the resource, or its copy in a region, that a name means or begins with, and the rest of the name.
func (m *Model) locate(name string) (copied, string) {
	if stack, rest, ok := strings.Cut(name, "/"); ok && m.estate.Stack(stack) != nil {
		id, within, _ := strings.Cut(rest, "/")
		if r := m.estate.Resource(stack, id); r != nil {
			if within != "" {
				within = "/" + within
			}
			return m.holding(r, within)
		}
	}
	r := m.estate.Find(template.Of(name))
	if r == nil {
		c, within, _ := m.copyOf(name)
		return c, within
	}
	for _, f := range m.written(r) {
		if rest, ok := strings.CutPrefix(name, f); ok && (rest == "" || rest[0] == '/' || rest[0] == ':') {
			return m.holding(r, rest)
		}
	}
	return m.holding(r, "")
}

// holding returns the resource that another lies in, whose ARN goes on from its own: a function, of its aliases and
// versions.
func (m *Model) holding(r *template.Resource, suffix string) (copied, string) {
	if r.Type == "AWS::Lambda::Alias" || r.Type == "AWS::Lambda::Version" {
		arn := r.Attribute("")
		if i := strings.LastIndexByte(arn, ':'); i > 0 {
			if function := m.estate.Find(template.Of(arn[:i]), "AWS::Lambda::Function"); function != nil {
				return copied{function, r.Stack.Region}, arn[i:] + suffix
			}
		}
	}
	return copied{r, r.Stack.Region}, suffix
}

// guarded reports whether the policy on the object must allow the action itself: those of keys, and of roles to be
// assumed.
func (o *object) guarded(action string) bool {
	return strings.HasPrefix(strings.ToLower(action), "kms:") || assumes(action)
}

func assumes(action string) bool {
	return slices.Contains([]string{"sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml", "sts:tagsession", "sts:setsourceidentity"},
		strings.ToLower(action))
}

func (m *Model) principalOf(r *template.Resource) *Principal {
	for _, p := range m.principals {
		if p.Role == r {
			return p
		}
	}
	return nil
}

// tagsOf returns tags by key in lower case: condition keys have no case. Where a key is not known, "" says why of all
// of them.
func tagsOf(v template.Value) map[string]fact {
	tags := map[string]fact{}
	if v.Unknown() {
		tags[""] = unresolved(v)
		return tags
	}
	if v.Get("0").Missing() {
		for key, value := range v.Map() {
			tags[strings.ToLower(key)] = unresolved(value)
		}
	}
	for _, t := range v.List() {
		switch key := textOf(t.Get("Key")); {
		case key != "":
			tags[strings.ToLower(key)] = unresolved(t.Get("Value"))
		case !t.Get("Key").Missing():
			tags[""] = unresolved(t.Get("Key"))
		}
	}
	return tags
}

// tagged returns a tag.
func tagged(tags map[string]fact, key string) fact {
	f, is := tags[key]
	if !is {
		f = tags[""]
	}
	return f
}

// unresolved returns a text that a template gives, or why it is not known.
func unresolved(v template.Value) fact {
	switch {
	case v.Dynamic():
		return fact{why: v.Text() + " is resolved at deploy"}
	case v.Unknown():
		return fact{why: v.Why()}
	}
	return just(v.Text())
}
