package assembly

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/template"
)

var templatePolicies = []policies.Policy{nothingIsDropped, keysAreCapitals, nothingIsLookedUp, templatesFit, everythingResolves,
	nothingIsLeftToTheDeploy, noSecretIsWritten, statefulOutlives}

// meantEmpty are keys that say something by being there, with nothing inside: WAF's actions and what it inspects
// (AWS::WAFv2::WebACL, "RuleAction", "OverrideAction", "FieldToMatch", "RateBasedStatementCustomKey").
var meantEmpty = []string{"Allow", "Block", "Count", "None", "Method", "UriPath", "QueryString", "IP"}

var nothingIsDropped = policies.Policy{
	ID: "CDK-01", Title: "No property is an empty object or list: the library writes one where it dropped what it did not know",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "T", Severity: policies.High,
	Fix:   "give a typed struct where the L1 is typed (DEPLOY-TRAPS §1), or leave the property out",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.Each(e) {
			f.Examined(r)
			template.Visit(r.Raw()["Properties"], func(path []string, v any) {
				if !empty(v) || len(path) == 0 {
					return
				}
				if last := path[len(path)-1]; !strings.HasPrefix(r.Type, "AWS::WAFv2::") || !slices.Contains(meantEmpty, last) {
					f.Fail(r, "%s is empty", strings.Join(path, "."))
				}
			})
		}
	},
}

func empty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return v == nil
}

// lowerCase are the properties below which a key is not CloudFormation's but the reader's own: what it is the reader of follows.
var lowerCase = map[string]string{
	"Condition":  "IAM's condition keys and tags",
	"Parameters": "a database's parameter group",
	"Properties": "a cache's parameter group",
	"Options":    "a log driver's options",
	"Body":       "OpenAPI",
	"Content":    "an SSM document",
	"Tags":       "tags as a map",

	"LogDestination": "where Network Firewall writes",
}

var keysAreCapitals = policies.Policy{
	ID: "CDK-02", Title: "No property begins in lower case: CloudFormation does not know it",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "T", Severity: policies.High,
	Fix:   "where the L1 takes any, give a map with PascalCase keys (DEPLOY-TRAPS §1)",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.Each(e) {
			f.Examined(r)
			template.Visit(r.Raw()["Properties"], func(path []string, v any) {
				m, ok := v.(map[string]any)
				if !ok || slices.ContainsFunc(path, func(key string) bool { return lowerCase[key] != "" }) {
					return
				}
				for key := range m {
					if key == "" || key[0] < 'A' || key[0] > 'Z' {
						f.Fail(r, "%s begins in lower case", strings.Join(append(path, key), "."))
					}
				}
			})
		}
	},
}

var (
	accountNumber = regexp.MustCompile(`^[0-9]{12}$`)
	dummy         = regexp.MustCompile(`dummy1[a-z]|^(vpc|subnet|sg)-12345|^dummy-value-for-`) // what the library returns where it looked up in vain
)

var nothingIsLookedUp = policies.Policy{
	ID: "CDK-03", Title: "Nothing is looked up: every stack has an account and a region, every zone is written down",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "TD", Severity: policies.High,
	Fix:   "take it from config; give the zones to the VPC and to the context",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, m := range e.Missing() {
			f.FailEstate("%s was looked up in vain", m.Key)
		}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
			if !accountNumber.MatchString(s.Account) || s.Region == "" {
				f.FailStack(s, "is for account %q and region %q", s.Account, s.Region)
			}
		}
		for r := range f.Each(e) {
			template.Visit(r.Raw()["Properties"], func(path []string, v any) { lookedUp(f, r, path, v) })
		}
	},
}

func lookedUp(f *policies.Findings, r *template.Resource, path []string, v any) {
	if len(path) == 0 {
		return
	}
	last := path[len(path)-1]
	if last == "Fn::GetAZs" {
		f.Fail(r, "%s: the zones are left to the account", strings.Join(path, "."))
	}
	text, ok := v.(string)
	if ok && strings.Contains(text, "12345") || strings.Contains(text, "dummy") {
		if dummy.MatchString(text) {
			f.Fail(r, "%s is %s, in the place of something looked up", strings.Join(path, "."), text)
		}
	}
	zone := last == "AvailabilityZone" || len(path) > 1 && path[len(path)-2] == "AvailabilityZones"
	if zone && (!ok || !strings.HasPrefix(text, r.Stack.Region)) {
		f.Fail(r, "%s is no zone of %s", strings.Join(path, "."), r.Stack.Region)
	}
}

// CloudFormation's quotas, with room left where there is a way to grow ("Understand CloudFormation quotas": 500 resources,
// 1 MB, 200 outputs).
const (
	mostResources = 450
	mostBytes     = 900_000
	mostOutputs   = 200
)

var templatesFit = policies.Policy{
	ID: "CDK-04", Title: "Every template is within CloudFormation's limits, with a tenth to spare",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "D", Severity: policies.Medium,
	Fix:   "divide the stack before it holds anything stateful, or shard by a fixed number",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
			resources, _ := s.Template()["Resources"].(map[string]any)
			outputs, _ := s.Template()["Outputs"].(map[string]any)
			if len(resources) > mostResources || len(outputs) > mostOutputs || s.Size > mostBytes {
				f.FailStack(s, "has %d resources, %d outputs and %d bytes; the most are %d, %d and %d",
					len(resources), len(outputs), s.Size, mostResources, mostOutputs, mostBytes)
			}
		}
	},
}

var everythingResolves = policies.Policy{
	ID: "CDK-05", Title: "Every value of every resource and output can be resolved before the deploy",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "T", Severity: policies.High,
	Fix:   "compute it in Go, or refer to a resource of the estate; a condition, an unknown reference or a lookup cannot be judged",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All() {
			f.Examined(r)
			if !r.HasUnknown() {
				continue
			}
			for name, v := range r.Properties().Map() {
				f.Refuse(r, name, v)
			}
		}
		for _, s := range e.Stacks() {
			for name, v := range s.Outputs() {
				if v.HasUnknown() {
					f.FailStack(s, "output %s cannot be resolved: %s", name, v.Why())
				}
			}
		}
	},
}
