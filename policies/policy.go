// Package policies is the threat model as code: each mitigation a sentence, judged over a whole synthesized estate.
//
// It reads templates and nothing else: no CDK, no configuration, no network. This package is the driver; the policies
// are in a package for each component, and [livechat.example/cloud/policies/catalogue] lists them.
package policies

import (
	"slices"

	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/template"
)

// Policy is one mitigation that must hold, and how to see whether it does.
type Policy struct {
	ID        string // never reused: see Retired
	Title     string // the mitigation, as a sentence that is true of a good estate
	Source    Source
	Component Component
	STRIDE    string // the threats it stands against: letters of STRIDE in that order
	Severity  Severity
	Fix       string // what to do about a finding

	Expect expect.Shapes                   // what resources must look like
	Where  func(r *template.Resource) bool // the instances that Expect is of; nil: all
	Count  []expect.Census                 // how many there must be
	// MayBeAbsent is why an estate may rightly have nothing that the policy judges. Without it such an estate fails.
	MayBeAbsent string
	// Check judges what Expect and Count cannot say. Reads are the resource types that it looks at: a change of any other cannot change
	// its findings. Everything is [Every], nothing but stacks and what they intend is [StacksAlone].
	Check func(e *template.Estate, f *Findings)
	Reads []string

	types, lookedUp []string // of Types and of Expect.Reads, once known
}

// Prepared returns policies that know what they read, so that a change is judged without asking them anew.
func Prepared(list []Policy) []Policy {
	list = slices.Clone(list)
	for i := range list {
		list[i].types, list[i].lookedUp = list[i].Types(), list[i].Expect.Reads()
	}
	return list
}

// Types returns the resource types that a policy reads, sorted.
func (p Policy) Types() []string {
	if p.types != nil {
		return p.types
	}
	types := slices.Concat(p.Reads, p.Expect.Types(), p.Expect.Reads())
	for _, c := range p.Count {
		types = append(types, c.Reads()...)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// IsOf reports whether Expect is of an instance.
func (p Policy) IsOf(r *template.Resource) bool { return p.Where == nil || p.Where(r) }

// Says returns what the policy states as shapes and censuses, in words.
func (p Policy) Says() []string {
	var lines []string
	for _, c := range p.Count {
		lines = append(lines, c.Says())
	}
	return append(lines, p.Expect.Describe()...)
}

// Mutants returns what the policy must refuse of a resource, as follows from Expect and Count.
func (p Policy) Mutants(e *template.Estate, r *template.Resource) []expect.Mutant {
	var mutants []expect.Mutant
	if p.IsOf(r) {
		mutants = p.Expect.Mutants(e, r)
	}
	for _, c := range p.Count {
		mutants = append(mutants, c.Mutants(r)...)
	}
	return mutants
}

// Every as the only entry of Reads says that a policy looks at all resources.
const Every = "*"

// StacksAlone as the only entry of Reads says that a policy looks at no resource.
const StacksAlone = "stacks"

// readsAny reports whether a change of a resource of one of the types may change the policy's findings.
func (p Policy) readsAny(types []string) bool {
	read := p.Types()
	return slices.Contains(read, Every) || slices.ContainsFunc(types, func(t string) bool { return slices.Contains(read, t) })
}

// Severity is how bad a violation is.
type Severity string

// The severities: an attacker's way in, a defence missing, a rule of the house broken.
const (
	High   Severity = "high"
	Medium Severity = "medium"
	Low    Severity = "low"
)

// Component is a row of the threat model's STRIDE table.
type Component string

// The components.
const (
	LoadBalancer Component = "Application Load Balancer"
	Gateway      Component = "API Gateway"
	Services     Component = "ECS/EKS (App Services)"
	Database     Component = "RDS/Database"
	Buckets      Component = "S3 (Public/Private)"
	CDN          Component = "CloudFront CDN"
	LLMContext   Component = "LLM Context Service"
	Management   Component = "Cloud IAM & Management"
	Network      Component = "VPC Networking"
	Delivery     Component = "CI/CD Pipeline"
)
