package identity

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// What an endpoint admits of AWS's own buckets is stated by the endpoint's policies.
var nothingLeavesTheAccount = policies.Policy{
	ID: "IAM-06", Title: "No policy document names another account or partition, or a bucket outside the estate",
	Source:    policies.DataLeakage,
	Component: policies.Management, STRIDE: "SIE", Severity: policies.High,
	Fix:   "name what is in this account; a second account needs a decision of its own",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for s := range f.EachStatement(e, "AWS::S3::Bucket", intent.RoleType) {
			f.Examined(s.Resource)
			if intent.AdmissionIn(s) != nil {
				continue
			}
			for _, text := range namedIn(s) {
				if own := instead(e, s, text); own != "" {
					fail(f, s, "names %s, must name %s", text, own)
				}
			}
			for _, list := range []map[string][]string{s.Principals, s.NotPrincipals} {
				for _, p := range strangers(e, s, list) {
					fail(f, s, "names the principal %s, must name one of this account", p)
				}
			}
		}
	},
}

// namedIn returns the resources and the conditions' values.
func namedIn(s template.Statement) []string {
	all := slices.Concat(s.Resources, s.NotResources)
	for _, c := range s.Conditions {
		all = append(all, c.Values...)
	}
	return all
}

// accountless are the services whose ARNs hold no account ("Resource types" in the Service Authorization Reference).
var accountless = []string{"s3", "route53", "apigateway"}

// instead returns what a text must name in the place of what is not this account's; "" if all of it is.
func instead(e *template.Estate, s template.Statement, text string) string {
	stack := s.Resource.Stack
	for _, account := range accountsIn(text) {
		if account != stack.Account {
			return "this account"
		}
	}
	parts := strings.SplitN(text, ":", 6)
	if parts[0] != "arn" {
		return ""
	}
	switch {
	case len(parts) < 6 || parts[1] != stack.Partition():
		return "this partition"
	case parts[4] == stack.Account, parts[2] == "iam" && parts[4] == "aws":
		return ""
	case parts[4] != "" || !slices.Contains(accountless, parts[2]):
		return "one account"
	case parts[2] == "s3" && e.Find(s.Resource.Value(text), "AWS::S3::Bucket") == nil:
		return "a bucket of the estate"
	}
	return ""
}

// accountsIn returns the numbers of twelve digits in a text.
func accountsIn(text string) []string {
	var all []string
	for i := 0; i < len(text); {
		n := i
		for n < len(text) && text[n] >= '0' && text[n] <= '9' {
			n++
		}
		if n-i == len("000000000000") {
			all = append(all, text[i:n])
		}
		i = max(n, i+1)
	}
	return all
}

// strangers returns the principals that are neither this account, a role in it, its identity provider nor a service of AWS.
// Principals with wildcards are IAM-05's.
func strangers(e *template.Estate, s template.Statement, principals map[string][]string) []string {
	var all []string
	own := intent.IAMARN(s.Resource.Stack, "")
	for kind, list := range principals {
		for _, p := range list {
			rest, here := strings.CutPrefix(p, own)
			known := false
			switch kind {
			case "AWS":
				known = p == s.Resource.Stack.Account || here && (rest == "root" || namedRole.MatchString(rest)) ||
					e.Find(s.Resource.Value(p), intent.RoleType) != nil
			case "Federated":
				known = here && strings.HasPrefix(rest, "oidc-provider/")
			case "Service":
				known = strings.HasSuffix(p, ".amazonaws.com")
			}
			if !known && !intent.HasWildcard(p) {
				all = append(all, p)
			}
		}
	}
	return all
}

var servicesActForThisAccount = policies.Policy{
	ID: "IAM-09", Title: "A service of AWS that a document admits must act for this account",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "SE", Severity: policies.High,
	Fix:   "add StringEquals aws:SourceAccount, or ArnLike aws:SourceArn with the account in it (the confused deputy)",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for s := range f.EachStatement(e) {
			if s.Effect != "Allow" || len(s.Principals["Service"]) == 0 {
				continue
			}
			f.Examined(s.Resource)
			if !slices.ContainsFunc(s.Conditions, func(c template.Condition) bool { return holdsTo(s.Resource.Stack.Account, c) }) {
				fail(f, s, "admits %v for any account, must admit it for this account only", s.Principals["Service"])
			}
		}
	},
}

// holdsTo reports whether a condition is met only on behalf of the account. An operator that an absent key meets restricts nothing.
func holdsTo(account string, c template.Condition) bool {
	operator, key := strings.ToLower(c.Operator), strings.ToLower(c.Key)
	var means func(value string) bool
	switch {
	case key == "aws:sourceaccount" && operator == "stringequals":
		means = func(value string) bool { return value == account }
	case (key == "aws:sourcearn" || strings.HasPrefix(key, "kms:encryptioncontext:")) &&
		slices.Contains([]string{"arnlike", "arnequals", "stringequals", "stringlike"}, operator):
		means = func(value string) bool {
			parts := strings.SplitN(value, ":", 6)
			return len(parts) == 6 && parts[4] == account
		}
	default:
		return false
	}
	return len(c.Values) > 0 && !slices.ContainsFunc(c.Values, func(v string) bool { return !means(v) })
}
