package identity

import (
	"fmt"
	"regexp"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var documentPolicies = []policies.Policy{documentsAreRead, documentsFit}

var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]*$`)

var documentsAreRead = policies.Policy{
	ID: "IAM-10", Title: "Every statement can be read to its end, allows or denies, has a name of its own if any, and is in IAM's present language",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TE", Severity: policies.Medium,
	Fix:   "write out what cannot be resolved; give each Sid once, in letters and digits; say Version 2012-10-17",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		seen := map[string]bool{}
		for s := range f.EachStatement(e) {
			f.Examined(s.Resource)
			if s.Unknown != "" {
				f.Fail(s.Resource, "%s: cannot be resolved: %s", intent.StatementName(s), s.Unknown)
			}
			if s.Version != "2012-10-17" {
				f.Fail(s.Resource, "%s: its document is of version %q, in which variables mean themselves", intent.StatementName(s), s.Version)
			}
			if s.Effect != "Allow" && s.Effect != "Deny" {
				f.Fail(s.Resource, "%s: its effect is %q", intent.StatementName(s), s.Effect)
			}
			if !alphanumeric.MatchString(s.Sid) {
				f.Fail(s.Resource, "%s: a Sid has letters and digits only", intent.StatementName(s))
			}
			key := s.Resource.String() + " " + s.Path + " " + s.Sid
			if s.Sid != "" && seen[key] {
				f.Fail(s.Resource, "%s: the Sid is there twice", intent.StatementName(s))
			}
			seen[key] = true
		}
	},
}

// documentLimits are in bytes ("IAM and AWS STS quotas", "Bucket policy", "Key policies" and "Secrets Manager quotas" of the services' guides): more
// fails in the middle of a deployment.
var documentLimits = []struct {
	typ, document string
	limit         int
}{
	{"AWS::IAM::Role", "AssumeRolePolicyDocument", 2048},
	{"AWS::IAM::ManagedPolicy", "PolicyDocument", 6144},
	{"AWS::S3::BucketPolicy", "PolicyDocument", 20 * 1024},
	{"AWS::KMS::Key", "KeyPolicy", 32 * 1024},
	{intent.TablePolicyType, "Policy", 20 * 1024},
	{intent.SecretPolicyType, "ResourcePolicy", 20 * 1024},
}

// inlineLimit is of all of a role's inline policies together, in bytes (the same pages).
const inlineLimit = 10240

var documentsFit = policies.Policy{
	ID: "IAM-11", Title: "Every policy document is within the size that its service takes",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "D", Severity: policies.Low,
	Fix:   "name fewer things, or divide the role",
	Reads: []string{"AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::S3::BucketPolicy", "AWS::KMS::Key", intent.TablePolicyType, intent.SecretPolicyType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, l := range documentLimits {
			for r := range e.All(l.typ) {
				f.Examined(r)
				if size := sizeOf(r.Get(l.document)); size > l.limit {
					f.Fail(r, "%s has %d bytes, %d are the most", l.document, size, l.limit)
				}
			}
		}
		for role, size := range inlineSizes(e) {
			if size > inlineLimit {
				f.Fail(role, "its inline policies have %d bytes, %d are the most", size, inlineLimit)
			}
		}
	},
}

func inlineSizes(e *template.Estate) map[*template.Resource]int {
	sizes := map[*template.Resource]int{}
	for role := range e.All("AWS::IAM::Role") {
		for _, p := range role.Get("Policies").List() {
			sizes[role] += sizeOf(p.Get("PolicyDocument"))
		}
	}
	for p := range e.All("AWS::IAM::Policy", "AWS::IAM::RolePolicy") {
		for _, v := range append(p.Get("Roles").List(), p.Get("RoleName").List()...) {
			if role := e.Find(v, "AWS::IAM::Role"); role != nil {
				sizes[role] += sizeOf(p.Get("PolicyDocument"))
			}
		}
	}
	return sizes
}

// sizeOf is a document's size as AWS counts it, without white space.
func sizeOf(document template.Value) int { return bytesOf(document.Any()) }

func bytesOf(x any) int {
	switch x := x.(type) {
	case string:
		return len(x) + strings.Count(x, `"`) + strings.Count(x, `\`) + len(`""`)
	case []any:
		size := len("[]") + max(0, len(x)-1)
		for _, e := range x {
			size += bytesOf(e)
		}
		return size
	case map[string]any:
		size := len("{}") + max(0, len(x)-1)
		for key, e := range x {
			size += bytesOf(key) + len(":") + bytesOf(e)
		}
		return size
	}
	return len(fmt.Sprint(x))
}
