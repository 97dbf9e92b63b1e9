package template

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// read finds every policy document of a resource: whatever has statements with an effect, in an object or in a text of
// JSON.
func read(r *Resource) []Statement {
	if r.Type == "AWS::Lambda::Permission" {
		return []Statement{permission(r)}
	}
	d := documents{r: r}
	d.search(nil, r.Properties().x)
	return d.found
}

type documents struct {
	r     *Resource
	found []Statement
}

func (d *documents) search(path []string, x any) {
	switch x := x.(type) {
	case *Unresolved:
		if len(path) == 0 || carriesPolicy(path[len(path)-1]) || d.r.Type == "AWS::DynamoDB::GlobalTable" && path[0] == "Replicas" && len(path) < 3 {
			d.add(path, 0, nil, Value{x: x})
		}
	case string:
		d.text(path, x)
	case []any:
		for i, e := range x {
			d.search(append(path, strconv.Itoa(i)), e)
		}
	case map[string]any:
		if list := (Value{x: x["Statement"]}).List(); slices.ContainsFunc(list, isStatement) {
			version := settled(x["Version"])
			for i, s := range list {
				d.add(path, i, version, s)
			}
			return
		}
		for _, key := range (Value{x: x}).Keys() {
			d.search(append(path, key), x[key])
		}
	}
}

// text reads a text of JSON. One that is none, or that says a key twice, so that two readers may see two documents, is
// a policy that is not known, if it may be one.
func (d *documents) text(path []string, x string) {
	named := strings.Contains(x, `"Statement"`) && strings.Contains(x, `"Effect"`)
	if begins := strings.TrimLeft(x, "\ufeff \t\r\n"); !named && !strings.HasPrefix(begins, "{") && !strings.HasPrefix(begins, "[") {
		return
	}
	inner, err := decode([]byte(x))
	switch {
	case err == nil:
		d.search(path, inner)
	case json.Valid([]byte(x)):
		d.add(path, 0, nil, Value{x: unknown("the policy cannot be read: %v", err)})
	case named || len(path) > 0 && carriesPolicy(path[len(path)-1]):
		d.add(path, 0, nil, Value{x: unknown("the policy is not JSON")})
	}
}

func isStatement(v Value) bool { return v.Unknown() || !v.Get("Effect").Missing() }

// carriesPolicy reports whether a property of that name holds a policy document, in any type.
func carriesPolicy(key string) bool {
	return strings.HasSuffix(key, "Policy") || strings.HasSuffix(key, "PolicyDocument") || strings.HasSuffix(key, "PolicyText")
}

func (d *documents) add(path []string, i int, version any, v Value) {
	s := statement(Value{x: settled(v.x)})
	s.Index, s.Path, s.Kind = i, strings.Join(path, "."), kindOf(d.r.Type, path)
	if u := firstUnknown(version); u != nil && (s.Unknown == "" || s.Open != nil) { // it says what a variable is
		s.Unknown, s.Open = u.Why, append(s.Open, "Resource", "NotResource", "Condition")
	}
	s.Version, _ = textOf(version)
	d.found = append(d.found, s)
}

// kindOf returns what a document in a property of a type is about.
func kindOf(kind string, path []string) Kind {
	first := ""
	if len(path) > 0 {
		first = path[0]
	}
	switch kind {
	case "AWS::IAM::Role":
		if first == "AssumeRolePolicyDocument" {
			return Trust
		}
		return Identity
	case "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy",
		"AWS::IAM::User", "AWS::IAM::Group", "AWS::SSO::PermissionSet", "AWS::IoT::Policy":
		return Identity
	case "AWS::Organizations::Policy":
		return Boundary
	case "AWS::KMS::Key", "AWS::KMS::ReplicaKey":
		return Key
	case "AWS::EC2::VPCEndpoint":
		return Endpoint
	}
	return ResourceBased
}

// settled returns a part of a document with what CloudFormation puts into its texts at the deploy as not known.
func settled(x any) any {
	if !dynamic(x) {
		return x
	}
	switch x := x.(type) {
	case map[string]any:
		m := make(map[string]any, len(x))
		for key, e := range x {
			m[key] = settled(e)
		}
		return m
	case []any:
		l := make([]any, len(x))
		for i, e := range x {
			l[i] = settled(e)
		}
		return l
	}
	return unknown("%v is resolved at deploy", x)
}

func dynamic(x any) bool {
	switch x := x.(type) {
	case map[string]any:
		for _, e := range x {
			if dynamic(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(x, dynamic)
	}
	return Value{x: x}.Dynamic()
}

// elements are those of a statement that matter to who may do what.
var elements = []string{"Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// statement takes one apart.
func statement(v Value) Statement {
	s := Statement{Sid: v.Get("Sid").Text(), Effect: v.Get("Effect").Text(), Unknown: v.Why()}
	if s.Unknown != "" && !v.Unknown() {
		s.Open = slices.DeleteFunc(slices.Clone(elements), func(name string) bool { return !v.Get(name).HasUnknown() })
	}
	s.Principals, s.NotPrincipals = principals(v.Get("Principal")), principals(v.Get("NotPrincipal"))
	s.Actions, s.NotActions = texts(v.Get("Action")), texts(v.Get("NotAction"))
	s.Resources, s.NotResources = texts(v.Get("Resource")), texts(v.Get("NotResource"))
	for operator, keys := range v.Get("Condition").Map() {
		for key, values := range keys.Map() {
			s.Conditions = append(s.Conditions, Condition{operator, key, texts(values)})
		}
	}
	return s
}

func principals(v Value) map[string][]string {
	if v.Missing() || v.Unknown() {
		return nil
	}
	if t := v.Text(); t != "" {
		return map[string][]string{t: {t}}
	}
	m := map[string][]string{}
	for kind, names := range v.Map() {
		m[kind] = texts(names)
	}
	return m
}

// texts returns the known texts of a list, or of a lone one.
func texts(v Value) []string {
	var all []string
	for _, e := range v.List() {
		if t, ok := textOf(e.x); ok {
			all = append(all, t)
		}
	}
	return all
}

// permission returns an AWS::Lambda::Permission as the statement that Lambda adds to the function's policy.
func permission(r *Resource) Statement {
	v := Value{x: settled(r.Properties().x)}
	s := Statement{Kind: ResourceBased, Version: "2012-10-17", Sid: r.ID, Effect: "Allow", Unknown: v.Why(),
		Actions: texts(v.Get("Action")), Resources: texts(v.Get("FunctionName"))}
	for property, element := range map[string]string{"Action": "Action", "FunctionName": "Resource", "Principal": "Principal"} {
		if v.Get(property).HasUnknown() && !v.Unknown() {
			s.Open = append(s.Open, element)
		}
	}
	who := v.Get("Principal").Text()
	kind := "AWS"
	switch {
	case who == "*":
		kind = "*"
	case strings.HasSuffix(who, ".amazonaws.com") || strings.HasSuffix(who, ".amazonaws.com.cn"):
		kind = "Service"
	}
	if who != "" {
		s.Principals = map[string][]string{kind: {who}}
	}
	for property, c := range map[string]Condition{
		"EventSourceToken": {"StringEquals", "lambda:EventSourceToken", nil}, "FunctionUrlAuthType": {"StringEquals", "lambda:FunctionUrlAuthType", nil},
		"PrincipalOrgID": {"StringEquals", "aws:PrincipalOrgID", nil}, "SourceAccount": {"StringEquals", "aws:SourceAccount", nil},
		"SourceArn": {"ArnLike", "aws:SourceArn", nil},
	} {
		switch given := v.Get(property); {
		case v.Unknown() || given.Missing():
		case given.Unknown():
			s.Open = append(s.Open, "Condition")
		default:
			s.Conditions = append(s.Conditions, Condition{c.Operator, c.Key, texts(given)})
		}
	}
	slices.SortFunc(s.Conditions, func(a, b Condition) int { return strings.Compare(a.Key, b.Key) })
	slices.Sort(s.Open)
	return s
}
