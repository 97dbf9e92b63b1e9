package mutation

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"livechat.example/cloud/policies/template"
)

const (
	aRole    = "AWS::IAM::Role"
	theirOwn = `identity policy \S+ Policies\.\d+\.PolicyDocument\[\d+\]`
)

var givenMutations = []toldMutation{
	{mutation{"ACC-01", aRole, "decrypts with every key, and reads every bucket", ofTask("worker"), givesBoth("s3:GetObject", "kms:Decrypt", "*")},
		`^role:livechat-\S+-worker can read its objects \(s3:GetObject on .*: .*` + theirOwn + ` allows it; .*its key: .*` + theirOwn + ` allows it; its key: key policy`},
	{mutation{"ACC-01", aRole, "may do everything to buckets", ofTask("llm"), gives("s3:*", "*")}, `^role:livechat-\S+-llm can delete its objects \(s3:DeleteObject on .*` + theirOwn + ` allows it`},
	{mutation{"ACC-01", aRole, "may do everything but something", ofTask("chat"), givesAllBut("iam:*")}, `^role:livechat-\S+-chat can read its objects .*` + theirOwn + ` allows it; its key: `},
	{mutation{"ACC-01", aRole, "reads the knowledge of every region", ofTask("llm"), givesBoth("s3:GetObject", "kms:Decrypt", "*")},
		`^role:livechat-\S+-llm can read its objects \(s3:GetObject on \S+\), and only llm of its region.* should: `},
	{mutation{"ACC-01", aRole, "cannot decrypt what it reads", ofTask("llm"), replicating("kms:Decrypt", nil)}, `^role:livechat-\S+-llm cannot read its objects .*: the key of \S+ is not its to use`},
	{mutation{"ACC-01", aRole, "cannot list", ofTask("llm"), replicating("s3:ListBucket", nil)}, `^role:livechat-\S+-llm cannot list its objects .*: nothing allows it`},
	{mutation{"ACC-01", aRole, "reads one class of retention only", ofTask("llm"), replicating("s3:GetObject", func(s map[string]any) {
		s["Resource"] = strings.TrimSuffix(s["Resource"].(string), "*") + "30/*"
	})}, `^role:livechat-\S+-llm cannot read its objects \(s3:GetObject on \S+/partner/object\)`},
	{mutation{"ACC-01", aRole, "is denied what it is for", ofTask("llm"), denied}, `^role:livechat-\S+-llm cannot read its objects .*Policies\.1\.PolicyDocument\[0\] denies it`},
	{mutation{"ACC-01", aRole, "is gone", ofTask("llm"), remove}, `^role:livechat-\S+-llm cannot read its objects .*there is no role:livechat-\S+-llm`},
	{mutation{"ACC-01", aRole, "reads what it copies", copies, replicating("s3:GetObjectVersionForReplication", func(s map[string]any) { s["Action"] = "s3:GetObject*" })},
		`^role:\S+KnowledgeReplicationRole\S+ can read its objects .*` + theirOwn},
	{mutation{"ACC-01", aRole, "cannot copy deletions", copies, replicating("s3:ReplicateObject", func(s map[string]any) { s["Action"] = "s3:ReplicateObject" })},
		`^role:\S+KnowledgeReplicationRole\S+ cannot replicate objects to it \(s3:ReplicateDelete`},
	{mutation{"ACC-01", aRole, "reads data where it should see names", roleNamed("reader"), set("ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"})},
		`^role:livechat-\S+-reader (perhaps )?can read`},
	{mutation{"ACC-01", aBucketPolicy, "admits a role by name", ofProd(ofBucket("Knowledge")), admitting(map[string]any{"Principal": map[string]any{"AWS": "arn:aws:iam::333344445555:role/livechat-prod-eu-west-1-chat"}, "Action": "s3:ListBucket"})},
		`^role:livechat-prod-eu-west-1-chat can list its objects \(s3:ListBucket on .*resource policy \S+KnowledgePolicy`},
	{mutation{"ACC-01", aBucketPolicy, "admits another account, and no longer refuses it", ofBucket("Knowledge"), admitsForeign},
		`^account:999999999999 can list its objects .*resource policy \S+KnowledgePolicy\S+ PolicyDocument\[\d+\] Foreign allows it`},
	{mutation{"ACC-01", aBucketPolicy, "refuses llm", ofBucket("Knowledge"), edit(func(p map[string]any) {
		d := p["PolicyDocument"].(map[string]any)
		d["Statement"] = append(d["Statement"].([]any), map[string]any{"Sid": "NotTheVPC", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"})
	})}, `^role:livechat-\S+-llm cannot read its objects .*KnowledgePolicy\S+ PolicyDocument\[\d+\] NotTheVPC denies it`},
	{mutation{"ACC-01", "AWS::KMS::Key", "is used through another service", aliased("knowledge"), usedVia(func(c map[string]any) { c["kms:ViaService"] = "secretsmanager.eu-west-3.amazonaws.com" })},
		`^role:livechat-\S+-llm cannot read its objects .*: the key of \S+ is not its to use`},

	{mutation{"ACC-02", aRole, "may do everything to buckets", ofTask("dashboard"), gives("s3:*", "*")}, `^role:livechat-\S+-dashboard can read its objects \(s3:GetObject on \S+AccessLogs.*` + theirOwn + ` allows it`},
	{mutation{"ACC-02", aRole, "replaces pages", ofTask("dashboard"), givesBoth("s3:PutObject", "kms:GenerateDataKey", "*")}, `^role:livechat-\S+-dashboard can write objects to it \(s3:PutObject on \S+SPA`},
	{mutation{"ACC-02", aRole, "lifts the lock of releases", roleNamed("security"), gives("s3:BypassGovernanceRetention", "*")}, `^role:livechat-\S+-security can administer it \(s3:BypassGovernanceRetention on .*identity policy \S+ Policies`},
	{mutation{"ACC-02", aBucketPolicy, "takes logs for every account", policyOfAccessLogs, eachAllow(func(s map[string]any) { delete(s, "Condition") })},
		`^service:logging.s3.amazonaws.com can write objects to it \(s3:PutObject on .*\) for every account, must be for its own: resource policy`},
	{mutation{"ACC-02", aBucketPolicy, "takes no logs", policyOfAccessLogs, eachAllow(func(s map[string]any) { s["Effect"] = "Deny" })}, `^service:logging.s3.amazonaws.com cannot write objects to it`},
	{mutation{"ACC-02", aBucket, "has an unknown name", ofData, set("BucketName", "livechat-exports")}, `^nothing says who may use it$`},
	{mutation{"ACC-02", aBucketPolicy, "becomes an access point", nil, become("AWS::S3::AccessPoint")}, `access cannot be judged: AWS::S3::AccessPoint is not known`},

	{mutation{"ACC-03", aRole, "decrypts with every key", ofTask("worker"), gives("kms:Decrypt", "*")}, `^role:livechat-\S+-worker can decrypt with it \(kms:Decrypt on \S+\), and (no principal|only .*) should: .*` + theirOwn + ` allows it; key policy`},
	{mutation{"ACC-03", aRole, "gives keys away", ofTask("gate"), gives("kms:CreateGrant", "*")}, `^role:livechat-\S+-gate can create grants for it \(kms:CreateGrant`},
	{mutation{"ACC-03", aRole, "deletes keys", roleNamed("operator"), gives("kms:ScheduleKeyDeletion", "*")}, `^role:livechat-\S+-operator can administer it \(kms:ScheduleKeyDeletion`},
	{mutation{"ACC-03", aRole, "cannot decrypt the registry", ofTask("gate"), replicating("kms:Decrypt", func(s map[string]any) {
		if strings.Contains(fmt.Sprint(s["Resource"]), "registry") {
			s["Resource"] = "arn:aws:kms:eu-west-1:111122223333:key/other"
		}
	})},
		`^role:livechat-\S+-gate cannot decrypt with it \(kms:Decrypt on \S+-keys/registry\S+: `},
	{mutation{"ACC-03", "AWS::KMS::Key", "is another account's to use", nil, usedBy("arn:aws:iam::999999999999:root")}, `^account:999999999999 can decrypt with it \(kms:Decrypt on .*key policy \S+ KeyPolicy\[1\]`},
	{mutation{"ACC-03", "AWS::KMS::Key", "is a role's to use in its own right", ofProd(aliased("spa")), usedBy("arn:aws:iam::333344445555:role/livechat-prod-us-east-1-chat")}, `can decrypt with it .*key policy \S+ KeyPolicy\[1\]`},
	{mutation{"ACC-03", "AWS::KMS::Key", "is for every principal to use", nil, keyStatement("UseThroughTheDataServices", func(s map[string]any) {
		s["Principal"] = "*"
		delete(s, "Condition")
	})}, `^account:000000000000 can decrypt with it`},
	{mutation{"ACC-03", "AWS::KMS::Key", "serves a service for every account", aliased("alarms"), forServices(func(s map[string]any) { delete(s, "Condition") })}, `^service:\S+ can decrypt with it \(kms:Decrypt on .*\) for every account, must be for its own: `},
	{mutation{"ACC-03", "AWS::KMS::Key", "serves no service", aliased("logs"), forServices(nil)}, `^service:logs\.\S+ cannot decrypt with it`},
	{mutation{"ACC-03", "AWS::KMS::Alias", "is of an unknown class", nil, set("AliasName", "alias/other")}, `^nothing says who may use it$`},

	{mutation{"ACC-04", aRole, "may be assumed by a person", ofProd(ofTask("")), moreTrust(map[string]any{"AWS": "arn:aws:iam::333344445555:role/livechat-prod-security"})},
		`^role:livechat-prod-security assumes \S+, and only service:ecs-tasks.amazonaws.com should: .*trust policy`},
	{mutation{"ACC-04", aRole, "may be assumed by another account", ofTask(""), moreTrust(map[string]any{"AWS": "arn:aws:iam::999999999999:root"})}, `^account:999999999999 assumes \S+, and only service:ecs-tasks.amazonaws.com should: trust policy \S+ AssumeRolePolicyDocument\[1\] allows it`},
	{mutation{"ACC-04", aRole, "may be assumed by another service", ofTask(""), moreTrust(map[string]any{"Service": "ec2.amazonaws.com"})}, `^service:ec2.amazonaws.com assumes \S+, and only service:ecs-tasks.amazonaws.com should: trust policy`},
	{mutation{"ACC-04", aRole, "may be assumed by tasks of any account", ofTask(""), trusting(func(s map[string]any) { delete(s, "Condition") })}, `^service:ecs-tasks.amazonaws.com assumes \S+ for every account, must be for its own: trust policy`},
	{mutation{"ACC-04", aRole, "may be assumed by every principal", ofTask(""), moreTrust("*")}, `^account:000000000000 assumes \S+, and only service:ecs-tasks.amazonaws.com should: trust policy`},
	{mutation{"ACC-04", aRole, "may be assumed by no principal", ofTask(""), drop(trust)}, `^service:ecs-tasks.amazonaws.com cannot assume \S+, the role of a service`},
	{mutation{"ACC-04", aRole, "passes every role to ECS", roleNamed("operator"), gives("iam:PassRole", "*")}, `^role:livechat-\S+-operator passes \S+ to ecs-tasks.amazonaws.com, and no principal should: .*identity policy \S+ Policies\.\d+\.PolicyDocument\[0\] allows it`},
	{mutation{"ACC-04", aRole, "rewrites roles", ofTask("gate"), gives("iam:UpdateAssumeRolePolicy", "*")}, `^role:livechat-\S+-gate can change its trust and its permissions \(iam:UpdateAssumeRolePolicy`},
	{mutation{"ACC-04", aRole, "assumes a role of another account", ofTask("dashboard"), gives("sts:AssumeRole", "arn:aws:iam::999999999999:role/away")}, `^role:livechat-\S+-dashboard assumes arn:aws:iam::999999999999:role/away, which is in no template`},
	{mutation{"ACC-04", aRole, "assumes the role that deploys", ofTask("worker"), gives("sts:AssumeRole", "arn:aws:iam::333344445555:role/cdk-lcprod-deploy-role-333344445555-us-east-1")}, `^role:livechat-\S+-worker assumes arn:aws:iam::333344445555:role/cdk-`},
	{mutation{"ACC-04", aRole, "is of no known kind", ofTask("chat"), set("RoleName", "livechat-other")}, `^nothing says who may assume it`},
	{mutation{"ACC-04", aFunction, "leaves its role behind", nil, set("Role", "arn:aws:iam::111122223333:role/other")}, `^nothing says who may assume it`},

	{mutation{"ACC-05", "AWS::IAM::Policy", "becomes a database", nil, replacedBy("AWS::RDS::DBCluster", map[string]any{"DBClusterIdentifier": "other"})}, `^role:livechat-\S+-chat cannot log in as chat \(rds-db:connect on`},
	{mutation{"ACC-06", "AWS::IAM::Policy", "becomes a cache", nil, replacedBy("AWS::ElastiCache::ReplicationGroup", map[string]any{"ReplicationGroupId": "other"})}, `^role:livechat-\S+-gate cannot connect to it`},
	{mutation{"ACC-07", "AWS::IAM::Policy", "becomes a table", nil, replacedBy("AWS::DynamoDB::Table", map[string]any{"TableName": "exports"})}, `^nothing says who may use it`},
	{mutation{"ACC-08", "AWS::IAM::Policy", "becomes a secret", nil, replacedBy("AWS::SecretsManager::Secret", map[string]any{"Name": "other"})}, `^nothing says who may use it`},

	{mutation{"IAM-01", aRole, "loses its boundary", ofTask(""), drop("PermissionsBoundary")}, `^PermissionsBoundary is missing, must be the environment's boundary`},
	{mutation{"TASK-02", aRole, "reads every secret", ofTask("gate"), replicating("secretsmanager:GetSecretValue", func(s map[string]any) { s["Resource"] = "*" })},
		`Policies.0.PolicyDocument, statement \d+ allows secretsmanager:GetSecretValue on \[\*\], must be within`},
}

// storeMutations are of the use of the database, the cache, the registry and secrets.
var storeMutations = []toldMutation{
	{mutation{"ACC-05", aRole, "logs in as every user", ofTask("worker"), replicating("rds-db:connect", func(s map[string]any) { s["Resource"] = "*" })},
		`^role:livechat-\S+-worker can log in as chat \(rds-db:connect on .*/chat\), and only chat of its region should: .*` + theirOwn},
	{mutation{"ACC-05", aRole, "cannot log in", ofTask("chat"), replicating("rds-db:connect", nil)}, `^role:livechat-\S+-chat cannot log in as chat .*nothing allows it`},
	{mutation{"ACC-05", aRole, "logs in as the master", ofTask("llm"), gives("rds-db:connect", "arn:aws:rds-db:*:*:dbuser:*/*")}, `^role:livechat-\S+-llm can log in as another user \(rds-db:connect .*and no principal should: .*` + theirOwn},
	{mutation{"ACC-06", aRole, "connects as another user", ofTask("gate"), replicating("elasticache:Connect", func(s map[string]any) { s["Resource"] = "*" })},
		`^role:livechat-\S+-gate can connect to it \(elasticache:Connect on \S+user:livechat-\S+-chat\), and only chat of its region should: .*` + theirOwn},
	{mutation{"ACC-06", aRole, "connects too", ofTask("llm"), gives("elasticache:*", "*")}, `^role:livechat-\S+-llm can connect to it .*` + theirOwn},
	{mutation{"ACC-06", aRole, "cannot connect", ofTask("chat"), replicating("elasticache:Connect", nil)}, `^role:livechat-\S+-chat cannot connect to it`},
	{mutation{"ACC-07", aRole, "deletes revocations", ofTask("gate"), gives("dynamodb:*", "*")}, `^role:livechat-\S+-gate can write and delete records|^role:livechat-\S+-gate can`},
	{mutation{"ACC-07", aRole, "cannot read the registry", ofTask("gate"), replicating("dynamodb:GetItem", nil)}, `^role:livechat-\S+-gate cannot read records and revocations \(dynamodb:GetItem on`},
	{mutation{"ACC-07", aRole, "reads another region's registry", ofTask("worker"), gives("dynamodb:Query", "arn:aws:dynamodb:*:*:table/*")}, `^role:livechat-\S+-worker can read records and revocations \(dynamodb:Query on`},
	{mutation{"ACC-08", aRole, "cannot decrypt its secrets", ofTask("llm"), replicating("kms:Decrypt", nil)}, `^role:livechat-\S+-llm cannot read it .*the key of .* is not its to use`},
	{mutation{"ACC-08", "AWS::SecretsManager::Secret", "has an unknown name", nil, set("Name", "other")}, `^nothing says who may use it$`},
}

var taskMutations = []mutation{
	{"TASK-01", aRole, "trusts the tasks of any account", ofTask(""), trusting(func(s map[string]any) { delete(s, "Condition") })},
	{"TASK-01", aRole, "trusts the tasks of another region", ofTask(""), trusting(func(s map[string]any) {
		s["Condition"].(map[string]any)["ArnLike"] = map[string]any{"aws:SourceArn": "arn:aws:ecs:ca-west-1:111122223333:*"}
	})},
	{"TASK-01", aRole, "trusts functions too", ofTask(""), trusting(func(s map[string]any) {
		s["Principal"] = map[string]any{"Service": []any{"ecs-tasks.amazonaws.com", "lambda.amazonaws.com"}}
	})},
	{"TASK-01", aRole, "is dropped", ofTask(""), remove},
	{"TASK-01", aRole, "has another name", ofTask(""), set("RoleName", "livechat-other")},
	{"TASK-01", aRole, "becomes the worker's outside of the primary", inSecondary(ofTask("llm")), roleRenamed("llm", "worker")},
	{"TASK-01", aRole, "has a policy that AWS manages", ofTask(""), set("ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AmazonS3FullAccess"})},
	{"IAM-21", aRole, "lasts half a day", ofTask(""), set("MaxSessionDuration", 43200)},
	{"TASK-02", aRole, "may do more", ofTask(""), gives("ec2:DescribeInstances", "*")},
	{"TASK-02", aRole, "may do nothing", ofTask(""), drop("Policies")},
	{"TASK-02", aRole, "is refused", ofTask(""), denied},
	{"TASK-02", aRole, "reads another partner's store", ofTask("llm"), replicating("s3:GetObject", func(s map[string]any) { s["Resource"] = "arn:aws:s3:::livechat-*/*" })},
	{"TASK-02", aRole, "does it on a condition", ofTask("gate"), replicating("kms:Decrypt", func(s map[string]any) {
		s["Condition"] = map[string]any{"Bool": map[string]any{"aws:SecureTransport": "true"}}
	})},
	{"TASK-02", aRole, "connects as another user", ofTask("gate"), replicating("elasticache:Connect", func(s map[string]any) { s["Resource"] = "*" })},
}

var accessMutations = func() []mutation {
	list := slices.Clone(taskMutations)
	for _, g := range slices.Concat(givenMutations, storeMutations) {
		list = append(list, g.mutation)
	}
	return list
}()

func TestAFindingNamesWhoCanDoWhatByWhichStatement(t *testing.T) {
	findingsSay(t, slices.Concat(givenMutations, storeMutations))
}

// ofTask returns the roles of a service's tasks in every region, "" those of all services.
func ofTask(service string) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		return r.Stack.Layer == "services" && strings.HasSuffix(r.Get("RoleName").Text(), service)
	}
}

// ofBucket returns the policies of buckets whose logical ids begin so.
func ofBucket(id string) func(*template.Resource) bool { return called(id + "Policy") }

// ofProd narrows to the environment whose account a mutation names.
func ofProd(where func(*template.Resource) bool) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return r.Stack.Environment == "prod" && where(r) }
}

// aliased returns the keys of a class.
func aliased(class string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return r.Get("Description").Is("Live chat: " + class) }
}

func givesBoth(one, other, resource string) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any { return gives(other, resource)(gives(one, resource)(body)) }
}

// givesAllBut lets a role do everything that an action is not.
func givesAllBut(action string) func(map[string]any) map[string]any {
	return edit(func(properties map[string]any) {
		list, _ := properties["Policies"].([]any)
		properties["Policies"] = append(list, map[string]any{"PolicyName": "more", "PolicyDocument": map[string]any{
			"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "NotAction": action, "Resource": "*"}},
		}})
	})
}

// moreTrust lets another principal assume a role.
func moreTrust(principal any) func(map[string]any) map[string]any {
	return more(trust, map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal})
}

// usedBy lets another principal use a key.
func usedBy(principal string) func(map[string]any) map[string]any {
	return keyStatement("UseThroughTheDataServices", func(s map[string]any) {
		s["Principal"] = map[string]any{"AWS": principal}
		delete(s, "Condition")
	})
}

// admitsForeign lets another account list, and removes the statement that denies other accounts.
var admitsForeign = edit(func(p map[string]any) {
	d := p["PolicyDocument"].(map[string]any)
	kept := slices.DeleteFunc(d["Statement"].([]any), func(s any) bool { return s.(map[string]any)["Sid"] == "DenyOtherAccounts" })
	d["Statement"] = append(kept, map[string]any{"Sid": "Foreign", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",
		"Principal": map[string]any{"AWS": "arn:aws:iam::999999999999:root"}})
})

func inSecondary(where func(*template.Resource) bool) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		primary := r.Stack.Intent().Get("regions", "0")
		return !primary.Is(r.Stack.Region) && where(r)
	}
}

// roleRenamed replaces a word of a role's name.
func roleRenamed(old, by string) func(map[string]any) map[string]any {
	return edit(func(p map[string]any) { p["RoleName"] = strings.Replace(p["RoleName"].(string), old, by, 1) })
}
