package policies

// Source is the place in the threat model that asks for a policy, and the words it asks in.
type Source struct {
	Document string // a file of docs/threat-model
	Heading  string // the heading, risk or question that the words stand under
	Says     string // the mitigation, word for word
}

// The documents of the threat model.
const (
	Cloud     = "cloud.md"     // "Threat Model: Cloud System Design"
	Questions = "questions.md" // "Threat Modeling Q&A with Tech Leads"
)

// Risk returns a mitigation under "Key Cloud Risks & Mitigations".
func Risk(heading, says string) Source { return Source{Cloud, heading, says} }

// Incident returns a step under "Cloud-Specific Incident Response".
func Incident(says string) Source { return Source{Cloud, "Cloud-Specific Incident Response", says} }

// Answer returns one of the tech leads' answers.
func Answer(question, says string) Source { return Source{Questions, question, says} }

// Table returns a row of the STRIDE table.
func Table(component, says string) Source { return Source{Cloud, component, says} }

// Boundary returns a trust boundary.
func Boundary(heading, says string) Source { return Source{Cloud, heading, says} }

// Headings that several policies stand under.
const (
	AuditLogs = "Do we have audit logs to protect ourselves"
	Vaults    = "Certificate, Key, and Secret Management"
)

// What several policies stand on.
var (
	DataLeakage          = Risk("Data Leakage from S3 or RDS", "S3 Block Public Access, encryption, VPC-only access, audit logs.")
	LateralMovement      = Risk("Lateral Movement within VPC", "Micro-segmentation, security groups, NACLs, service-to-service auth.")
	MultiRegion          = Risk("DDoS Attacks", "AWS Shield, rate limiting, auto-scaling, WAF. ELB and multi-region deployment ensure scalability and service continuity in a multi-tenant SaaS environment.")
	InternalSegmentation = Boundary("Sprinklr SaaS Internal Segmentation",
		"Isolation between microservices, databases, storage, and LLM context services within the VPC.")
	ToTheProviders = Boundary("Sprinklr SaaS → External LLM APIs", "Outbound calls to third-party LLM providers (e.g., OpenAI, Anthropic).")

	LeastPrivilege  = Risk("Misconfigured IAM Roles/Policies", "Principle of least privilege, regular IAM audits, automated policy checks.")
	ManagementPlane = Risk("Abuse of Cloud Management Plane", "MFA, role-based access, change management, monitoring.")
	NetworkRow      = Table("VPC Networking", "Security groups, NACLs, private subnets, flow logs")
	BucketRow       = Table("S3 (Public/Private)", "Bucket policies, encryption, S3 Block Public Access, versioning")
	ManagementRow   = Table("Cloud IAM & Management", "MFA, least privilege, audit logs, change management")
	RecoveryTests   = Incident("Regularly test backup and disaster recovery procedures, including multi-region failover.")
)
