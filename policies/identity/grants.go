package identity

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var grantPolicies = []policies.Policy{wildcardsOnlyRead, grantsNameWhatTheyAllow, documentsNamePrincipals, nothingLeavesTheAccount,
	grantsNameTheirResources, rolesArePassedByName, servicesActForThisAccount}

// oneVerb reports whether a wildcard gives one kind of access: a verb that only reads, or KMS's two that differ only in the key
// and in whether they return the plain text. STS has verbs that begin with Get and return credentials.
func oneVerb(action string) bool {
	service, verb, _ := strings.Cut(strings.ToLower(action), ":")
	stem, ends := strings.CutSuffix(verb, "*")
	reads := slices.ContainsFunc(readingVerbs, func(v string) bool { return strings.HasPrefix(stem, v) })
	twins := service == "kms" && (stem == "reencrypt" || stem == "generatedatakey")
	return ends && !intent.HasWildcard(service+stem) && service != "sts" && (reads || twins)
}

var readingVerbs = []string{"get", "list", "describe", "batchget", "lookup", "search"}

// The boundary allows whole services, and grants none.
var wildcardsOnlyRead = policies.Policy{
	ID: "IAM-03", Title: "No statement allows everything, a whole service, or reads and writes in one wildcard",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TIE", Severity: policies.High,
	Fix:   "name the actions; only Get*, List*, Describe* and the like may end in a wildcard",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for s := range effective(e, f) {
			f.Examined(s.Resource)
			if s.Effect != "Allow" {
				continue
			}
			for _, action := range s.Actions {
				if intent.HasWildcard(action) && !oneVerb(action) {
					fail(f, s, "allows %s, must name the actions", action)
				}
			}
		}
	},
}

var grantsNameWhatTheyAllow = policies.Policy{
	ID: "IAM-04", Title: "No statement allows by NotAction, NotResource or NotPrincipal",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TIE", Severity: policies.High,
	Fix:   "name what is allowed",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for s := range f.EachStatement(e) {
			f.Examined(s.Resource)
			if s.Effect == "Allow" && len(s.NotActions)+len(s.NotResources)+len(s.NotPrincipals) > 0 {
				fail(f, s, "allows all but what it names, must name what it allows")
			}
		}
	},
}

// What an endpoint admits by its conditions or resources is stated by the endpoint's policies.
var documentsNamePrincipals = policies.Policy{
	ID: "IAM-05", Title: "No document admits every principal",
	Source:    policies.BucketRow,
	Component: policies.Management, STRIDE: "SIE", Severity: policies.High,
	Fix:   "name the principals",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for s := range f.EachStatement(e) {
			f.Examined(s.Resource)
			for kind, list := range s.Principals {
				if s.Effect == "Allow" && intent.AdmissionIn(s) == nil && (kind == "*" || slices.ContainsFunc(list, intent.HasWildcard)) {
					fail(f, s, "admits %v, must name the principals", list)
				}
			}
		}
	},
}

// withoutResourceLevel are actions that know no resource, and lists, which take all ("Actions, resources, and condition keys" of each
// service in the Service Authorization Reference). EC2's for the interfaces of a function know some, and Lambda works with none
// ("Giving Lambda functions access to resources in an Amazon VPC"); FN-05 keeps them from the function's own code.
var withoutResourceLevel = append([]string{
	"ec2:DescribeManagedPrefixLists", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ecr:GetAuthorizationToken",
	"logs:DescribeLogGroups", "secretsmanager:ListSecrets", "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords",
	"xray:PutTraceSegments",
}, intent.InterfaceActions...)

var grantsNameTheirResources = policies.Policy{
	ID: "IAM-07", Title: "What an identity may do, it may do to named resources",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TIE", Severity: policies.High,
	Fix:   "name the resource; a key of another region by key/* under kms:ResourceAliases",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for s := range grants(e, f) {
			if len(s.Resources) == 0 {
				fail(f, s, "names no resource, must name those of its actions")
			}
			for _, resource := range s.Resources {
				if wholeKind(resource) && !boundOtherwise(s, resource) {
					fail(f, s, "allows %v on %s, must name the resource", s.Actions, resource)
				}
			}
		}
	},
}

var wildKind = regexp.MustCompile(`^([A-Za-z-]+[:/])?[*?]`)

// wholeKind reports whether a resource is a wildcard for all of its kind, or more.
func wholeKind(resource string) bool {
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) < 6 {
		return intent.HasWildcard(resource)
	}
	if parts[2] == "s3" {
		bucket, _, _ := strings.Cut(parts[5], "/")
		return intent.HasWildcard(bucket)
	}
	return wildKind.MatchString(parts[5]) || intent.HasWildcard(strings.Join(parts[:3], ":"))
}

// boundOtherwise reports whether a statement's actions know no resource, or its conditions name it.
func boundOtherwise(s template.Statement, resource string) bool {
	all := func(holds func(action string) bool) bool {
		return len(s.Actions) > 0 && !slices.ContainsFunc(s.Actions, func(a string) bool { return !holds(a) })
	}
	if all(func(a string) bool { return slices.Contains(withoutResourceLevel, a) }) {
		return true
	}
	if all(func(a string) bool { return a == "cloudwatch:PutMetricData" }) {
		return exact(s.Condition("StringEquals", "cloudwatch:namespace"))
	}
	return strings.HasSuffix(resource, ":key/*") && all(func(a string) bool { return template.Matches("kms:*", a) }) &&
		exact(s.Condition("ForAnyValue:StringEquals", "kms:ResourceAliases"))
}

// exact reports whether there are values and each means only itself.
func exact(values []string) bool {
	return len(values) > 0 && !slices.ContainsFunc(values, intent.HasWildcard)
}

var namedRole = regexp.MustCompile(`^role/[\w+=,.@/-]+$`)

var rolesArePassedByName = policies.Policy{
	ID: "IAM-08", Title: "A role is assumed or passed only by its name, and passed only to a named service",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "SE", Severity: policies.High,
	Fix:   "name the role's ARN; give iam:PassRole under StringEquals iam:PassedToService",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for s := range grants(e, f) {
			passes := s.Touches("iam:PassRole")
			if !passes && !s.Touches("sts:AssumeRole*") {
				continue
			}
			for _, resource := range s.Resources {
				name, here := strings.CutPrefix(resource, intent.IAMARN(s.Resource.Stack, ""))
				byName := here && namedRole.MatchString(name) || e.Find(s.Resource.Value(resource), intent.RoleType) != nil
				if !byName || intent.HasWildcard(resource) {
					fail(f, s, "hands on %s, must name one role of this account", resource)
				}
			}
			if passes && !exact(s.Condition("StringEquals", "iam:PassedToService")) {
				fail(f, s, "passes a role to any service, must name the service in iam:PassedToService")
			}
		}
	},
}
