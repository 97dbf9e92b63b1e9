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
	ID: "IAM-10", Title: "Every statement resolves, has a known effect and a Sid of its own, and is of 2012-10-17",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TE", Severity: policies.Medium,
	Fix:   "write out what cannot be resolved; give each Sid once, in letters and digits; say Version 2012-10-17",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		seen := map[string]bool{}
		for s := range f.EachStatement(e) {
			f.Examined(s.Resource)
			if s.Unknown != "" {
				fail(f, s, "cannot be resolved, must be: %s", s.Unknown)
			}
			if s.Version != "2012-10-17" {
				fail(f, s, "is of Version %q, must be of 2012-10-17: an older one takes variables for text", s.Version)
			}
			if s.Effect != "Allow" && s.Effect != "Deny" {
				fail(f, s, "has Effect %q, must have Allow or Deny", s.Effect)
			}
			if !alphanumeric.MatchString(s.Sid) {
				fail(f, s, "has Sid %q, must have one of letters and digits", s.Sid)
			}
			key := s.Resource.String() + " " + s.Path + " " + s.Sid
			if s.Sid != "" && seen[key] {
				fail(f, s, "has the Sid of another, must have its own")
			}
			seen[key] = true
		}
	},
}

// documentLimits are in bytes ("IAM and AWS STS quotas", "Bucket policy", "Key policies" and "Secrets Manager quotas" of the services'
// guides): more fails in the middle of a deployment.
var documentLimits = []struct {
	typ, document string
	limit         int
}{
	{intent.RoleType, "AssumeRolePolicyDocument", 2048},
	{managedPolicyType, "PolicyDocument", 6144},
	{"AWS::S3::BucketPolicy", "PolicyDocument", 20 * 1024},
	{intent.KeyType, "KeyPolicy", 32 * 1024},
	{intent.TablePolicyType, "Policy", 20 * 1024},
	{intent.SecretPolicyType, "ResourcePolicy", 20 * 1024},
}

// inlineLimit is for all of a role's inline policies together, in bytes (the same pages).
const inlineLimit = 10240

var documentsFit = policies.Policy{
	ID: "IAM-11", Title: "Every policy document is within the size that its service accepts",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "D", Severity: policies.Low,
	Fix: "name fewer things, or divide the role",
	Reads: []string{intent.RoleType, managedPolicyType, policyType, "AWS::S3::BucketPolicy", intent.KeyType, intent.TablePolicyType,
		intent.SecretPolicyType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, l := range documentLimits {
			for r := range e.All(l.typ) {
				f.Examined(r)
				if size := sizeOf(r.Get(l.document)); size > l.limit {
					f.Fail(r, "%s has %d bytes, must have at most %d", l.document, size, l.limit)
				}
			}
		}
		for role, size := range inlineSizes(e) {
			if size > inlineLimit {
				f.Fail(role, "has inline policies of %d bytes, must have at most %d", size, inlineLimit)
			}
		}
	},
}

// inlineSizes returns the size of each role's inline policies; an AWS::IAM::Policy is one of each role that it is attached to.
func inlineSizes(e *template.Estate) map[*template.Resource]int {
	sizes := map[*template.Resource]int{}
	for role := range e.All(intent.RoleType) {
		for _, p := range role.Get("Policies").List() {
			sizes[role] += sizeOf(p.Get("PolicyDocument"))
		}
	}
	for p := range e.All(policyType) {
		for _, v := range p.Get("Roles").List() {
			if role := e.Find(v, intent.RoleType); role != nil {
				sizes[role] += sizeOf(p.Get("PolicyDocument"))
			}
		}
	}
	return sizes
}

// sizeOf returns a document's size as AWS counts it, without white space.
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
