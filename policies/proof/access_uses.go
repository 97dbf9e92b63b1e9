package proof

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// The permissions, by kind of resource. docs/access.md is made of them.

// bucketIs is what may be done with a bucket. Retention is the bucket's own rule and deploying is CDK's, so no principal deletes objects
// or administers a bucket.
func bucketIs(reads, readsVersions, lists, copies, writes, takes principals) []permission {
	return []permission{
		{"read its objects", []string{"s3:GetObject"}, reads},
		{"read earlier versions of its objects", []string{"s3:GetObjectVersion"}, readsVersions},
		{"list its objects", []string{"s3:ListBucket"}, lists},
		{"replicate its objects", []string{"s3:GetObjectVersionForReplication"}, copies},
		{"write objects to it", []string{"s3:PutObject"}, writes},
		{"replicate objects to it", []string{"s3:ReplicateObject", "s3:ReplicateDelete"}, takes},
		{"delete its objects", []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}, noPrincipal},
		{"administer it", []string{"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration",
			"s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration", "s3:BypassGovernanceRetention", "s3:DeleteBucket"}, noPrincipal},
	}
}

// writtenBy is what may be done with a bucket that no principal reads.
func writtenBy(writes principals) []permission {
	return bucketIs(noPrincipal, noPrincipal, listingRoles, noPrincipal, writes, noPrincipal)
}

// bucketUses are by the end of a bucket's name. The principals that use the archive come with the service that does.
var bucketUses = map[string][]permission{
	"knowledge": bucketIs(taskRoles("llm").and(scanner), scanner, taskRoles("llm").and(scanner).and(listingRoles).and(replicator.inPrimary()),
		replicator.inPrimary(), uploader.inPrimary().and(scanner), replicator.inSecondary()),
	"spa":         writtenBy(noPrincipal),
	"sdk":         writtenBy(noPrincipal),
	"access-logs": writtenBy(awsServices("logging.s3.amazonaws.com")),
	"archive":     writtenBy(noPrincipal),
}

// keyIs is what may be done with a key, through the service that stores its class (KEY-03).
func keyIs(decrypts, generates, encrypts principals) []permission {
	return []permission{
		{"decrypt with it", []string{"kms:Decrypt"}, decrypts},
		{"generate data keys with it", []string{"kms:GenerateDataKey"}, generates},
		{"encrypt with it", []string{"kms:Encrypt"}, encrypts},
		{"create grants for it", []string{"kms:CreateGrant"}, noPrincipal},
		{"administer it", []string{"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"}, noPrincipal},
	}
}

var (
	noKeyUse = keyIs(noPrincipal, noPrincipal, noPrincipal)

	logServices   = awsServices("logs.REGION.amazonaws.com", "delivery.logs.amazonaws.com")
	alarmServices = awsServices("cloudwatch.amazonaws.com", "events.amazonaws.com", "backup.amazonaws.com")

	rotator     = functionRoles("rotator")
	registrar   = functionRoles("registrar")
	tablePolicy = functionRoles("tablepolicy")

	migrates = principals{"migrate and the rotator in the primary", taskRoles("migrate").and(rotator).onlyIf("", isPrimary).titles}
)

// classUses are by the key's class of data. AWS services that keep using a key by a grant, for their own resources, are not asked
// about.
var classUses = map[string][]permission{
	"logs":   keyIs(logServices, logServices, logServices),
	"alarms": keyIs(alarmServices, alarmServices, alarmServices),
	"knowledge": keyIs(taskRoles("llm").and(scanner).and(replicator.inPrimary()),
		scanner.and(uploader.inPrimary()).and(replicator.inSecondary()), replicator.inSecondary()),
	"spa":      noKeyUse,
	"sdk":      noKeyUse,
	"archive":  noKeyUse,
	"database": noKeyUse,
	"cache":    noKeyUse,
	"registry": keyIs(taskRoles("gate", "dashboard", "worker").and(registrar.inPrimary()), noPrincipal, noPrincipal),
	"secrets":  keyIs(taskRoles("gate", "dashboard", "llm").and(migrates), rotator, rotator.inSecondary()),
	"images":   noKeyUse,
	"backup":   noKeyUse,
}

// The services that have a user of their own name in the database, and in the cache.
var (
	databaseUsers = []string{"chat", "dashboard", "llm", "worker"}
	cacheUsers    = []string{"gate", "chat"}
)

// otherUser stands for every other user of the database.
const otherUser = "any"

// loginUses are of a user of the database: only the service of its name logs in as it.
func loginUses(user string) []permission {
	does, by := "log in as "+user, taskRoles(user)
	if user == otherUser {
		does, by = "log in as another user", noPrincipal
	}
	return []permission{{does, []string{"rds-db:connect"}, by}}
}

func connectUses(by principals) []permission {
	return []permission{{"connect to it", []string{"elasticache:Connect"}, by}}
}

// tableUses are those of the registry in each region.
var tableUses = []permission{
	{"read records and revocations", []string{"dynamodb:GetItem", "dynamodb:Query"}, taskRoles("gate", "dashboard")},
	{"read all records", []string{"dynamodb:Scan", "dynamodb:ExportTableToPointInTime"}, noPrincipal},
	{"write and delete records", []string{"dynamodb:PutItem", "dynamodb:DeleteItem"}, registrar.inPrimary()},
	{"update records", []string{"dynamodb:UpdateItem"}, noPrincipal},
	{"write its policy", []string{"dynamodb:PutResourcePolicy"}, tablePolicy},
	{"administer it", []string{"dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTimeToLive"}, noPrincipal},
}

// indexUses are those of the registry's index, which holds how long to keep each partner's data, and no more.
var indexUses = []permission{
	{"list its partners", []string{"dynamodb:Query"}, taskRoles("worker")},
	{"read the whole index", []string{"dynamodb:Scan"}, noPrincipal},
}

// secretUses are of a secret, by the principals that read it and those that write a new value.
func secretUses(readers, writers principals) []permission {
	return []permission{
		{"read it", []string{"secretsmanager:GetSecretValue"}, readers},
		{"write a new value of it", []string{"secretsmanager:PutSecretValue"}, writers},
		{"update it", []string{"secretsmanager:UpdateSecret"}, noPrincipal},
		{"administer it", []string{"secretsmanager:PutResourcePolicy", "secretsmanager:RotateSecret", "secretsmanager:DeleteSecret", "secretsmanager:ReplicateSecretToRegions"}, noPrincipal},
	}
}

// secretKinds are by what begins and ends a secret's name after the environment's prefix.
var secretKinds = []struct {
	says, begins, ends string
	uses               []permission
}{
	{"The password of the database's master", "/database/master", "", secretUses(migrates, rotator.inPrimary())},
	{"Partners' signing secrets", "/partner/", "/signing", secretUses(taskRoles("gate", "dashboard").and(rotator.inPrimary()), rotator.inPrimary())},
	{"The LLM providers' keys", "/llm/", "", secretUses(taskRoles("llm"), noPrincipal)},
}

// roleUses are of every role.
var roleUses = []permission{
	{"change its trust and its permissions", []string{"iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"}, noPrincipal},
}

// namedFunctions are those that permissions name, by the ends of their names.
var namedFunctions = []string{"rotator", "registrar", "tablepolicy"}

// functionRoles are the roles of the functions whose names end in a name, if there are any.
func functionRoles(name string) principals {
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
var scanner = principals{"the malware scan role", func(t resource) []string {
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

// assumedBy returns the principals that assume a role, and whose role it is in words; "" if it is of no known kind.
func assumedBy(e *template.Estate, r *template.Resource, home *template.Stack) (kind string, by []string) {
	name := r.Get("RoleName").Text()
	switch {
	case name != "" && slices.Contains(intent.HumanRoles(home), name):
		return "a person", []string{"account:" + r.Stack.Account}
	case intent.PipelineSubjects(home)[name] != "" && name != "":
		return "CI", []string{"federated:" + intent.IAMARN(r.Stack, "oidc-provider/"+intent.GitHubIssuer)}
	case intent.ServiceOfRole(r) != "":
		return "a service", []string{"service:" + intent.TasksPrincipal}
	case name != "" && name == "livechat-"+r.Stack.Environment+"-upload":
		by = []string{"account:" + r.Stack.Account} // its trust names the account, and a condition the dashboards' ARNs
		for _, region := range intent.RegionsOf(r.Stack) {
			by = append(by, "role:"+intent.ServiceRole(r.Stack, region, "dashboard"))
		}
		return "the signing of uploads", by
	}
	for _, bearer := range roleBearers {
		for b := range e.All(bearer.typ) {
			if e.Find(b.Get(bearer.path...), intent.RoleType) == r {
				return bearer.kind, []string{"service:" + bearer.service}
			}
		}
	}
	return "", nil
}

// roleBearers are resources that work by a role, and the service that assumes it for them.
var roleBearers = []struct {
	kind, typ string
	path      []string
	service   string
}{
	{"a flow log", intent.FlowLogType, []string{"DeliverLogsPermissionArn"}, "vpc-flow-logs.amazonaws.com"},
	{"a function", intent.FunctionType, []string{"Role"}, "lambda.amazonaws.com"},
	{"a replication", "AWS::S3::Bucket", []string{"ReplicationConfiguration", "Role"}, "s3.amazonaws.com"},
	{"a malware scan", "AWS::GuardDuty::MalwareProtectionPlan", []string{"Role"}, "malware-protection-plan.guardduty.amazonaws.com"},
}
