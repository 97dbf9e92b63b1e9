package proof

import (
	"strings"

	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// The sentences of who may do what, by kind of thing. docs/access.md is made of them.

// Nobody removes what is in a bucket, or administers one: retention is the bucket's own rule, and deploying is CDK's.
var (
	removes      = permission{"remove what is in it", []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}, nobody}
	administersB = permission{"administer it", []string{"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration",
		"s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration", "s3:BypassGovernanceRetention", "s3:DeleteBucket"}, nobody}
)

// reads, lists and writes are of a bucket's objects.
func reads(by principals) permission {
	return permission{"read what is in it", []string{"s3:GetObject"}, by}
}

func lists(by principals) permission {
	return permission{"see what is in it", []string{"s3:ListBucket"}, by}
}

func writes(by principals) permission {
	return permission{"put something into it", []string{"s3:PutObject"}, by}
}

var (
	versions = permission{"read what was replaced in it", []string{"s3:GetObjectVersion"}, nobody}
	takes    = permission{"copy something into it", []string{"s3:ReplicateObject", "s3:ReplicateDelete"}, nobody}
)

// bucketUses are by the end of a bucket's name. What is put into the archive, and read out of it, comes with who does so.
var bucketUses = map[string][]permission{
	"knowledge": {
		reads(services("llm").and(scanner)),
		{"read what was replaced in it", []string{"s3:GetObjectVersion"}, scanner},
		lists(services("llm").and(scanner).and(lookers).and(copier.onlyIf(" in the primary", isPrimary))),
		{"copy what is in it", []string{"s3:GetObjectVersionForReplication"}, copier.onlyIf(" in the primary", isPrimary)},
		writes(uploader.onlyIf(" in the primary", isPrimary).and(scanner)),
		{"copy something into it", []string{"s3:ReplicateObject", "s3:ReplicateDelete"},
			there},
		removes, administersB,
	},
	"spa":         {reads(nobody), versions, lists(lookers), writes(nobody), takes, removes, administersB},
	"sdk":         {reads(nobody), versions, lists(lookers), writes(nobody), takes, removes, administersB},
	"access-logs": {reads(nobody), versions, lists(lookers), writes(inOwnName("logging.s3.amazonaws.com")), takes, removes, administersB},
	"archive":     {reads(nobody), versions, lists(lookers), writes(nobody), takes, removes, administersB},
}

// keyIs is what may be done with a key: whoever it is must come through the service that stores its class (KEY-03).
func keyIs(decrypts, generates, encrypts principals) []permission {
	return []permission{
		{"decrypt with it", []string{"kms:Decrypt"}, decrypts},
		{"make data keys with it", []string{"kms:GenerateDataKey"}, generates},
		{"encrypt with it", []string{"kms:Encrypt"}, encrypts},
		{"give its use away", []string{"kms:CreateGrant"}, nobody},
		{"administer it", []string{"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"}, nobody},
	}
}

var (
	delivers = inOwnName("logs.REGION.amazonaws.com", "delivery.logs.amazonaws.com")
	alarms   = inOwnName("cloudwatch.amazonaws.com", "events.amazonaws.com", "backup.amazonaws.com")

	there     = copier.onlyIf(" outside of the primary", func(t resource) bool { return !isPrimary(t) })
	rotator   = functions("rotator")
	registrar = functions("registrar")

	tablePolicy = functions("tablepolicy")

	purges   = principals{"worker in the primary", services("worker").onlyIf("", isPrimary).titles}
	rotates  = rotator.onlyIf(" in the primary", isPrimary)
	migrates = principals{"migrate and the rotator in the primary", services("migrate").and(rotator).onlyIf("", isPrimary).titles}
)

// classUses are by the key's class of data. The services that keep a key in use by a grant are not asked about: they use it for
// what is theirs.
var classUses = map[string][]permission{
	"logs":   keyIs(delivers, delivers, delivers),
	"alarms": keyIs(alarms, alarms, alarms),
	"knowledge": keyIs(services("llm").and(scanner).and(copier.onlyIf(" in the primary", isPrimary)),
		scanner.and(uploader.onlyIf(" in the primary", isPrimary)).and(there), there),
	"spa":      keyIs(nobody, nobody, nobody),
	"sdk":      keyIs(nobody, nobody, nobody),
	"archive":  keyIs(nobody, nobody, nobody),
	"database": keyIs(nobody, nobody, nobody),
	"cache":    keyIs(nobody, nobody, nobody),
	"registry": keyIs(services("gate", "dashboard").and(purges).and(registrar.onlyIf(" in the primary", isPrimary)), nobody, nobody),
	"secrets": keyIs(services("gate", "dashboard", "llm").and(migrates),
		rotator, rotator.onlyIf(" outside of the primary", func(t resource) bool { return !isPrimary(t) })),
	"images": keyIs(nobody, nobody, nobody),
	"backup": keyIs(nobody, nobody, nobody),
}

// The services that have a user of their own name in the database, and in the cache.
var (
	databaseUsers = []string{"chat", "dashboard", "llm", "worker"}
	cacheUsers    = []string{"gate", "chat"}
)

// tableUses are those of the registry in each region.
var tableUses = []permission{
	{"read a record or a revocation", []string{"dynamodb:GetItem", "dynamodb:Query"}, services("gate", "dashboard")},
	{"read all of it", []string{"dynamodb:Scan", "dynamodb:ExportTableToPointInTime"}, nobody},
	{"write or remove a record", []string{"dynamodb:PutItem", "dynamodb:DeleteItem"}, registrar.onlyIf(" in the primary", isPrimary)},
	{"change a record", []string{"dynamodb:UpdateItem"}, nobody},
	{"write its policy", []string{"dynamodb:PutResourcePolicy"}, tablePolicy},
	{"administer it", []string{"dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTimeToLive"}, nobody},
}

// indexUses are those of the registry's index, which has of each partner how long to keep what, and no more.
var indexUses = []permission{{"list the partners in it", []string{"dynamodb:Query"}, purges}, {"read all of it", []string{"dynamodb:Scan"}, nobody}}

// secretUses are of a secret that some read, and that some give another value.
func secretUses(readers, writers principals) []permission {
	return []permission{
		{"read it", []string{"secretsmanager:GetSecretValue"}, readers},
		{"change it", []string{"secretsmanager:PutSecretValue"}, writers},
		{"replace it", []string{"secretsmanager:UpdateSecret"}, nobody},
		{"administer it", []string{"secretsmanager:PutResourcePolicy", "secretsmanager:RotateSecret", "secretsmanager:DeleteSecret", "secretsmanager:ReplicateSecretToRegions"}, nobody},
	}
}

// secretKinds are by what begins and ends a secret's name after the environment's prefix.
var secretKinds = []struct {
	says, begins, ends string
	uses               []permission
}{
	{"The password of the database's master", "/database/master", "", secretUses(migrates, rotates)},
	{"Partners' signing secrets", "/partner/", "/signing", secretUses(services("gate", "dashboard").and(rotates), rotates)},
	{"The LLM providers' keys", "/llm/", "", secretUses(services("llm"), nobody)},
}

// roleUses are of every role: what would make it another one.
var roleUses = []permission{
	{"change who takes it up, or what it may do", []string{"iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"}, nobody},
}

// namedFunctions are those that sentences are about, by the ends of their names.
var namedFunctions = []string{"rotator", "registrar", "tablepolicy"}

// functions are the roles of the functions whose names end so, if there are any.
func functions(name string) principals {
	return principals{"the " + name, func(t resource) []string {
		var titles []string
		for r := range t.e.All(intent.FunctionType) {
			if role := t.e.Find(r.Get("Role"), intent.RoleType); role != nil && strings.HasSuffix(r.Get("FunctionName").Text(), "-"+name) {
				titles = append(titles, titleOf(role))
			}
		}
		return titles
	}}
}

// scanner is the role by which GuardDuty scans a region's knowledge, if it does.
var scanner = principals{"the malware scan's role", func(t resource) []string {
	var titles []string
	for p := range t.e.All("AWS::GuardDuty::MalwareProtectionPlan") {
		if role := t.e.Find(p.Get("Role"), intent.RoleType); role != nil && p.Stack.Region == t.at {
			titles = append(titles, titleOf(role))
		}
	}
	return titles
}}

// uploader is the role that signs upload URLs, if there is one.
var uploader = principals{"the upload role", func(t resource) []string {
	for r := range t.e.All(intent.RoleType) {
		if strings.HasSuffix(r.Get("RoleName").Text(), "-upload") {
			return []string{titleOf(r)}
		}
	}
	return nil
}}

// takenUpBy are who may become a role, or have a service act as it, and in words what kind of role it is; "" if it is of none.
func takenUpBy(e *template.Estate, r *template.Resource, home *template.Stack) (kind string, by []string) {
	name := r.Get("RoleName").Text()
	for _, person := range intent.HumanRoles(home) {
		if person == name && name != "" {
			return "a person's", []string{"account:" + r.Stack.Account}
		}
	}
	switch {
	case intent.PipelineSubjects(home)[name] != "" && name != "":
		return "CI's", []string{"federated:" + intent.IAMARN(r.Stack, "oidc-provider/"+intent.GitHubIssuer)}
	case intent.ServiceOfRole(r) != "":
		return "a service's", []string{"service:" + intent.TasksPrincipal}
	case name != "" && name == "livechat-"+r.Stack.Environment+"-upload":
		by = []string{"account:" + r.Stack.Account} // as its trust names it, narrowed to the dashboards' ARNs
		for _, region := range intent.RegionsOf(r.Stack) {
			by = append(by, "role:"+intent.ServiceRole(r.Stack, region, "dashboard"))
		}
		return "the one that signs uploads", by
	}
	for _, bearer := range workers {
		for b := range e.All(bearer.typ) {
			if e.Find(b.Get(bearer.path...), intent.RoleType) == r {
				return bearer.kind, []string{"service:" + bearer.service}
			}
		}
	}
	return "", nil
}

// workers are what works as a role of its own, and the service that takes the role up for it.
var workers = []struct {
	kind, typ string
	path      []string
	service   string
}{
	{"a flow log's", intent.FlowLogType, []string{"DeliverLogsPermissionArn"}, "vpc-flow-logs.amazonaws.com"},
	{"a function's", intent.FunctionType, []string{"Role"}, "lambda.amazonaws.com"},
	{"a replication's", "AWS::S3::Bucket", []string{"ReplicationConfiguration", "Role"}, "s3.amazonaws.com"},
	{"a malware scan's", "AWS::GuardDuty::MalwareProtectionPlan", []string{"Role"}, "malware-protection-plan.guardduty.amazonaws.com"},
}
