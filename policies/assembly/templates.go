package assembly

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/template"
)

var templatePolicies = []policies.Policy{nothingIsDropped, keysAreCapitals, nothingIsLookedUp, templatesFit, everythingResolves,
	deploymentDecidesNothing, noSecretIsWritten, statefulIsRetained}

// meantEmpty are keys that mean something with nothing inside: WAF's actions and what it inspects
// (AWS::WAFv2::WebACL, "RuleAction", "OverrideAction", "FieldToMatch", "RateBasedStatementCustomKey").
var meantEmpty = []string{"Allow", "Block", "Count", "None", "Method", "UriPath", "QueryString", "IP"}

// The library writes an empty object where it drops a property that it does not know.
var nothingIsDropped = policies.Policy{
	ID: "CDK-01", Title: "No property is null, an empty object or an empty list",
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
					f.Fail(r, "%s is empty, must be absent: the library may have dropped what was in it", strings.Join(path, "."))
				}
			})
		}
	},
}

// empty reports whether a value is null, or an object or list without anything in it.
func empty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return v == nil
}

// lowerCase are the properties below which keys are not CloudFormation's, and what they are then.
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
	ID: "CDK-02", Title: "No property begins in lower case",
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
						f.Fail(r, "%s begins in lower case, must begin with a capital: CloudFormation ignores it", strings.Join(append(path, key), "."))
					}
				}
			})
		}
	},
}

var (
	accountNumber = regexp.MustCompile(`^[0-9]{12}$`)
	dummy         = regexp.MustCompile(`dummy1[a-z]|^(vpc|subnet|sg)-12345|^dummy-value-for-`) // what the library returns where a lookup found nothing
)

var nothingIsLookedUp = policies.Policy{
	ID: "CDK-03", Title: "Nothing is looked up: accounts, regions and zones are written down",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "TD", Severity: policies.High,
	Fix:   "take it from config; give the zones to the VPC and to the context",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, m := range e.Missing() {
			f.FailEstate("%s was looked up, must be written down", m.Key)
		}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
			if !accountNumber.MatchString(s.Account) {
				f.FailStack(s, "account is %q, must be a number of 12 digits", s.Account)
			}
			if s.Region == "" {
				f.FailStack(s, "region is missing, must be stated")
			}
		}
		for r := range f.Each(e) {
			template.Visit(r.Raw()["Properties"], func(path []string, v any) { lookedUp(f, r, path, v) })
		}
	},
}

// lookedUp reports a value that a lookup gave, or that the account decides.
func lookedUp(f *policies.Findings, r *template.Resource, path []string, v any) {
	if len(path) == 0 {
		return
	}
	last := path[len(path)-1]
	if last == "Fn::GetAZs" {
		f.Fail(r, "%s asks the account, must name the zones", strings.Join(path, "."))
	}
	text, ok := v.(string)
	if ok && strings.Contains(text, "12345") || strings.Contains(text, "dummy") {
		if dummy.MatchString(text) {
			f.Fail(r, "%s is %s, must be what the lookup did not find", strings.Join(path, "."), text)
		}
	}
	zone := last == "AvailabilityZone" || len(path) > 1 && path[len(path)-2] == "AvailabilityZones"
	if zone && (!ok || !strings.HasPrefix(text, r.Stack.Region)) {
		f.Fail(r, "%s is %s, must be a zone of %s", strings.Join(path, "."), template.Of(v), r.Stack.Region)
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
			for _, limit := range []struct {
				n, most int
				of      string
			}{{len(resources), mostResources, "resources"}, {len(outputs), mostOutputs, "outputs"}, {s.Size, mostBytes, "bytes"}} {
				if limit.n > limit.most {
					f.FailStack(s, "has %d %s, must have at most %d", limit.n, limit.of, limit.most)
				}
			}
		}
	},
}

var everythingResolves = policies.Policy{
	ID: "CDK-05", Title: "Every value of every resource and output resolves before the deployment",
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
					f.FailStack(s, "Outputs.%s cannot be resolved, must be: %s", name, v.Why())
				}
			}
		}
	},
}
