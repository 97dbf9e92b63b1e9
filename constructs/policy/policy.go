// Package policy writes IAM's documents as plain values, each with one call into the CDK.
package policy

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
)

// Statement is one statement. What is allowed is written; what is denied says so.
type Statement struct {
	Sid       string
	Deny      bool
	Principal Principal // none in an identity's policy
	Actions   []string  // required, unless NotActions are given
	// NotActions are all actions but these: of a Deny only.
	NotActions []string
	Resources  []string // none: "*", what a key policy must say; tokens are welcome
	// NotResources are all resources but these: of a Deny only.
	NotResources []string
	Conditions   Conditions
}

// Conditions are by operator and key; all must be met.
type Conditions map[string]map[string]any

// Principal is who a statement speaks of.
type Principal struct{ kind, name string }

// Anyone is for denials: an Allow to it is refused.
var Anyone = Principal{"AWS", "*"}

// Account is the identities of an account, as far as their own policies allow them.
func Account(id string) Principal { return Principal{"AWS", "arn:aws:iam::" + id + ":root"} }

// Service is an AWS service, by its principal without ".amazonaws.com".
func Service(name string) Principal { return Principal{"Service", name + ".amazonaws.com"} }

// Document is a policy document of statements.
func Document(statements ...Statement) awsiam.PolicyDocument {
	return awsiam.PolicyDocument_FromJson(document(statements))
}

// JSON is such a document as text, for what takes no other; tokens in it resolve as in any text.
func JSON(statements ...Statement) string {
	text, err := json.Marshal(document(statements))
	if err != nil {
		panic("policy.JSON: " + err.Error())
	}
	return string(text)
}

// Values is such a document as plain values, for what takes those.
func Values(statements ...Statement) map[string]any { return document(statements) }

func document(statements []Statement) map[string]any {
	list := make([]any, len(statements))
	for i, s := range statements {
		list[i] = s.json()
	}
	return map[string]any{"Version": "2012-10-17", "Statement": list}
}

// OfEndpoint is a VPC endpoint's policy, whose statements speak of whoever calls through it: it grants nothing, it narrows what
// other policies grant. A gateway endpoint takes no other principal than everybody ("Control access to VPC endpoints using
// endpoint policies"), so whose callers and resources pass is said by the conditions.
func OfEndpoint(statements ...Statement) map[string]any {
	list := make([]any, len(statements))
	for i, s := range statements {
		if s.Principal != (Principal{}) || s.Deny {
			panic("policy.Statement " + s.Sid + ": an endpoint's names neither Principal nor Deny; narrow by Conditions")
		}
		one := s.json()
		one["Principal"] = "*"
		list[i] = one
	}
	return map[string]any{"Version": "2012-10-17", "Statement": list}
}

// Of is a single statement, for what takes no document.
func Of(s Statement) awsiam.PolicyStatement { return awsiam.PolicyStatement_FromJson(s.json()) }

func (s Statement) json() map[string]any {
	if s.Principal == Anyone && !s.Deny {
		panic("policy.Statement " + s.Sid + ": an Allow to everybody; name an Account or a Service")
	}
	out := map[string]any{"Effect": "Allow"}
	if s.Deny {
		out["Effect"] = "Deny"
	}
	if s.Sid != "" {
		out["Sid"] = s.Sid
	}
	if s.Principal != (Principal{}) {
		out["Principal"] = map[string]any{s.Principal.kind: s.Principal.name}
	}
	switch {
	case len(s.Actions) > 0 && len(s.NotActions) == 0:
		out["Action"] = s.Actions
	case len(s.NotActions) > 0 && len(s.Actions) == 0 && s.Deny:
		out["NotAction"] = s.NotActions
	default:
		panic("policy.Statement " + s.Sid + ": name the Actions; NotActions is for a Deny alone")
	}
	switch {
	case len(s.NotResources) == 0:
		out["Resource"] = "*"
	case !s.Deny || len(s.Resources) > 0:
		panic("policy.Statement " + s.Sid + ": name the Resources; NotResources is for a Deny alone")
	default:
		out["NotResource"] = s.NotResources
	}
	if len(s.Resources) > 0 {
		out["Resource"] = s.Resources
	}
	if len(s.Conditions) > 0 {
		conditions := map[string]any{}
		for operator, keys := range s.Conditions {
			conditions[operator] = keys
		}
		out["Condition"] = conditions
	}
	return out
}
