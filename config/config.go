// Package config is what a person writes: environments, regions and partners, typed, strict and validated.
//
// It is the only package that reads files. It knows nothing of CDK.
package config

// Environment is one estate: an account, its regions, and the partners whose data lives in all of them.
// It is the residency boundary.
type Environment struct {
	// Name is the folder's name and the first part of every stack's name.
	Name string `yaml:"-" json:"-"`

	Account      string    `yaml:"account"`      // 12 digits
	Domain       string    `yaml:"domain"`       // the apex of every host name, for example chat.example.com
	HostedZoneID string    `yaml:"hostedZoneId"` // the public hosted zone of the domain
	Residency    Residency `yaml:"residency"`    // the jurisdiction that all regions must lie in
	// Ephemeral turns off termination protection of the stacks, for an environment that comes and goes. Data is retained all the same.
	Ephemeral bool     `yaml:"ephemeral,omitempty"`
	Regions   []Region `yaml:"regions"` // the first is the primary
	// LLM lists the only hosts outside AWS that anything in the estate may call.
	LLM []Provider `yaml:"llm"`
	// Images holds the digest (sha256:…) of every service's container image. It is the same in every region.
	Images   map[Service]string `yaml:"images"`
	Delivery Delivery           `yaml:"delivery"`
	// DatabaseCreated is the engine version, to its minor, that the environment's global database was created with. It never changes,
	// whatever the clusters were upgraded to since; a new environment's is today's.
	DatabaseCreated string   `yaml:"databaseCreated"`
	People          People   `yaml:"people"`
	Switches        Switches `yaml:"switches"`
	// ReviewWithinDays bounds the age of a partner's reviewedOn, in days: 1 to 730.
	ReviewWithinDays int `yaml:"reviewWithinDays"`
	// Contact is the e-mail address that receives the alarms: that of the group on duty, not a person's.
	Contact string `yaml:"contact"`
	// PartnerCAs names the partners that have a CA of their own, 24 at most. Each is an exception to the environment's one client CA.
	PartnerCAs []string `yaml:"partnerCAs,omitempty"`

	Partners []Partner `yaml:"-" json:"-"` // partners/*.yaml, ordered by id
}

// Region is one region of an environment: an address block and the zones that it is divided over.
type Region struct {
	Name  string   `yaml:"name"`
	CIDR  string   `yaml:"cidr"`  // the VPC's block, a private /16 that overlaps no other region's
	Zones []string `yaml:"zones"` // availability zones, two or three
}

// Residency is a zone of law that data stays in.
type Residency string

// Provider is one external LLM provider and its exact host names.
type Provider struct {
	Name  string   `yaml:"name"`
	Hosts []string `yaml:"hosts"`
}

// Service is one of the estate's container services.
type Service string

// The services (DESIGN.md, "Services").
const (
	Gate      Service = "gate"
	Chat      Service = "chat"
	Dashboard Service = "dashboard"
	LLM       Service = "llm"
	Worker    Service = "worker"
	Migrate   Service = "migrate"
)

// Delivery says what CI may deploy from.
type Delivery struct {
	Repository string `yaml:"repository"` // GitHub owner/name whose workflows may assume CI's roles
	// OwnerID is GitHub's number of the repository's owner. It and RepositoryID stand in the token's subject: write both, or neither if the
	// repository is older than 2026-07-15 and was neither renamed nor moved since.
	OwnerID string `yaml:"ownerId,omitempty"`
	// RepositoryID is GitHub's number of the repository.
	RepositoryID string `yaml:"repositoryId,omitempty"`
	// OIDCProvider says whether this environment creates the account's GitHub identity provider.
	OIDCProvider Singleton `yaml:"oidcProvider"`
	// Qualifier is the CDK bootstrap stack's qualifier, ten characters at most.
	Qualifier string `yaml:"qualifier"`
}

// People says how people come to the account, and so to the roles that the environment has for them.
type People struct {
	SignIn SignIn `yaml:"signIn"`
	// PermissionSets are those of IAM Identity Center whose bearers may assume the roles: write them for identityCenter alone.
	PermissionSets PermissionSets `yaml:"permissionSets,omitempty"`
}

// SignIn is the provider that people sign in by.
type SignIn string

// The two ways. AWS sees a second factor of an IAM user, and none of a session of Identity Center, whose provider asks for it.
const (
	IdentityCenter SignIn = "identityCenter"
	IAMUsers       SignIn = "iamUsers"
)

// PermissionSets name one permission set for each role of people.
type PermissionSets struct {
	Reader     string `yaml:"reader"`
	Security   string `yaml:"security"`
	Operator   string `yaml:"operator"`
	BreakGlass string `yaml:"breakGlass"`
}

// Switches turn on what costs money, or what an account has one of. Each is required: there is no default.
type Switches struct {
	ShieldAdvanced    bool `yaml:"shieldAdvanced"`    // USD 3,000 a month for a year; not built yet
	ServiceConnectTLS bool `yaml:"serviceConnectTls"` // a Private CA, USD 50 a month and region; not built yet
	NATGateways       bool `yaml:"natGateways"`       // about USD 321 a month and zone, with its firewall; off, nothing reaches the LLM providers

	GuardDuty            Singleton `yaml:"guardDuty"`      // not built yet: knowledge is scanned whatever it says
	SecurityHub          Singleton `yaml:"securityHub"`    // not built yet
	Config               Singleton `yaml:"config"`         // not built yet
	AccessAnalyzer       Singleton `yaml:"accessAnalyzer"` // not built yet
	Inspector            Singleton `yaml:"inspector"`      // not built yet
	VPCBlockPublicAccess Singleton `yaml:"vpcBlockPublicAccess"`
}

// Singleton says how an environment meets a thing that an account (and region) has one of.
type Singleton string

// The three ways: this environment owns it, somebody else does, or it is not there.
const (
	Create   Singleton = "create"
	Existing Singleton = "existing"
	Off      Singleton = "off"
)

// Partner is one tenant: one file in partners/.
type Partner struct {
	ID          string      `yaml:"id"`        // the file's name without .yaml: lower-case letters, digits and dashes, 3 to 32
	Name        string      `yaml:"name"`      // the name that people use, 80 letters at most
	Tier        Tier        `yaml:"tier"`      // the usage plan, which bounds the rate
	Residency   Residency   `yaml:"residency"` // where the partner's data may lie: every region of the environment must lie there
	Contact     string      `yaml:"contact"`   // an e-mail address that incidents are reported to
	Certificate Certificate `yaml:"certificate"`
	// AllowedAddresses are the public CIDR blocks (/24 or /48 at the widest) that the partner's backends call from.
	// If there are none, every address may call, and only mTLS decides.
	AllowedAddresses []string `yaml:"allowedAddresses,omitempty"`
	SDKDomains       []string `yaml:"sdkDomains"` // exact host names of the pages that embed the SDK
	Rate             Rate     `yaml:"rate"`
	// RetentionDays is how many days knowledge and transcripts are kept.
	RetentionDays int  `yaml:"retentionDays"`
	ReviewedOn    Date `yaml:"reviewedOn"` // the day that allowedAddresses and sdkDomains were last reviewed
}

// Tier is the usage plan that a partner belongs to.
type Tier string

// The tiers.
const (
	Standard   Tier = "standard"
	Business   Tier = "business"
	Enterprise Tier = "enterprise"
)

// Certificate says which client certificates identify the partner. Exactly one of the two is set.
type Certificate struct {
	// Request is a PEM certificate request in partners/, which the environment's client CA signs. Its common name is the partner's id.
	Request string `yaml:"request,omitempty"`
	// CA is a PEM CA certificate in partners/. The partnerCAs of environment.yaml must list the partner.
	CA string `yaml:"ca,omitempty"`
	// Authority is what identifies the CA, read from its file.
	Authority Authority `yaml:"-" json:"-"`
}

// Authority identifies a partner's own CA; the environment's, which all requests are signed by, is the zero value.
type Authority struct {
	Subject string // as RFC 2253 writes it
	SHA256  string // of the certificate, in hexadecimal
}

// Rate limits what one partner may ask of the REST API.
type Rate struct {
	RequestsPerSecond int `yaml:"requestsPerSecond"`
	Burst             int `yaml:"burst"` // requests at once
	RequestsPerMonth  int `yaml:"requestsPerMonth"`
}

// RetentionClasses are the periods, in days, that a partner may choose from. Each is one lifecycle rule of a bucket that
// takes 1,000 (DEPLOY-TRAPS §19), however many partners there are.
var RetentionClasses = []int{30, 90, 180, 365, 730, 2555}
