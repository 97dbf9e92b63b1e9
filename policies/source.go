package policies

// Source is the place in the threat model that asks for a policy, and the words it asks in.
type Source struct {
	Document string // a file of docs/threat-model
	Heading  string // the heading, risk or question that the words stand under
	Says     string // the mitigation, word for word
}

// The documents of the threat model.
const (
	cloudModel = "cloud.md"     // "Threat Model: Cloud System Design"
	questions  = "questions.md" // "Threat Modeling Q&A with Tech Leads"
)

// risk is a mitigation under "Key Cloud Risks & Mitigations", incident one under "Cloud-Specific Incident Response",
// answer one of the tech leads', table a row of the STRIDE table.
func risk(heading, says string) Source { return Source{cloudModel, heading, says} }
func incident(says string) Source {
	return Source{cloudModel, "Cloud-Specific Incident Response", says}
}
func answer(question, says string) Source { return Source{questions, question, says} }
func table(component, says string) Source { return Source{cloudModel, component, says} }

// What several policies stand on.
var (
	leastPrivilege  = risk("Misconfigured IAM Roles/Policies", "Principle of least privilege, regular IAM audits, automated policy checks.")
	managementPlane = risk("Abuse of Cloud Management Plane", "MFA, role-based access, change management, monitoring.")
	networkRow      = table("VPC Networking", "Security groups, NACLs, private subnets, flow logs")
	bucketRow       = table("S3 (Public/Private)", "Bucket policies, encryption, S3 Block Public Access, versioning")
	managementRow   = table("Cloud IAM & Management", "MFA, least privilege, audit logs, change management")
	recoveryTests   = incident("Regularly test backup and disaster recovery procedures, including multi-region failover.")
)
