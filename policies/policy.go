// Package policies is the threat model as code: each mitigation a sentence, judged over a whole synthesized estate.
//
// It reads templates and nothing else: no CDK, no configuration, no network. This package is the driver; the policies are in
// a package for each component, and [livechat.example/cloud/policies/catalogue] lists them.
package policies

import "livechat.example/cloud/policies/template"

// Policy is one mitigation that must hold, and how to see whether it does.
type Policy struct {
	ID        string // never reused: see Retired
	Title     string // the mitigation, as a sentence that is true of a good estate
	Source    Source
	Component Component
	STRIDE    string // the threats it stands against: letters of STRIDE in that order
	Severity  Severity
	Fix       string // what to do about a finding
	// Reads are the resource types that the check looks at: a change of any other cannot change its findings. Everything
	// is [Every], nothing but stacks and what they intend is [StacksAlone].
	Reads []string
	Check func(e *template.Estate, f *Findings)
}

// Every as the only entry of Reads says that a policy looks at all resources.
const Every = "*"

// StacksAlone as the only entry of Reads says that a policy looks at no resource.
const StacksAlone = "stacks"

// reads says that a change of a resource type may change the policy's findings.
func (p Policy) reads(types []string) bool {
	for _, r := range p.Reads {
		if r == Every {
			return true
		}
		for _, t := range types {
			if r == t {
				return true
			}
		}
	}
	return false
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
