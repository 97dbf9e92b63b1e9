package access

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Group is what an action is for.
type Group string

// The groups, in the order in which they are listed.
const (
	Reads       Group = "read"
	Writes      Group = "write"
	Decrypts    Group = "decrypt"
	Administers Group = "administer"
	Becomes     Group = "become"
)

// Groups are all of them.
var Groups = []Group{Reads, Writes, Decrypts, Administers, Becomes}

// Act is an action that is asked for where a question names none: one of those that matter for a type of resource.
type Act struct {
	Group  Group
	Action string
}

func acting(service string, groups ...any) []Act {
	var all []Act
	for i := 0; i < len(groups); i += 2 {
		for _, name := range strings.Fields(groups[i+1].(string)) {
			all = append(all, Act{groups[i].(Group), service + ":" + name})
		}
	}
	return all
}

var acts = map[string][]Act{
	"AWS::S3::Bucket": acting("s3", Reads, "GetObject GetObjectVersion ListBucket", Writes, "PutObject DeleteObject DeleteObjectVersion ReplicateObject",
		Administers, "PutBucketPolicy DeleteBucketPolicy PutLifecycleConfiguration PutReplicationConfiguration PutBucketPublicAccessBlock PutEncryptionConfiguration BypassGovernanceRetention DeleteBucket"),
	"AWS::KMS::Key":        acting("kms", Decrypts, "Decrypt GenerateDataKey", Writes, "Encrypt", Administers, "CreateGrant PutKeyPolicy ScheduleKeyDeletion DisableKey"),
	"AWS::KMS::ReplicaKey": acting("kms", Decrypts, "Decrypt GenerateDataKey", Writes, "Encrypt", Administers, "CreateGrant PutKeyPolicy ScheduleKeyDeletion DisableKey"),
	"AWS::SecretsManager::Secret": acting("secretsmanager", Reads, "GetSecretValue", Writes, "PutSecretValue UpdateSecret",
		Administers, "PutResourcePolicy DeleteResourcePolicy RotateSecret CancelRotateSecret DeleteSecret ReplicateSecretToRegions"),
	"AWS::DynamoDB::Table":               tables,
	"AWS::DynamoDB::GlobalTable":         tables,
	"AWS::SQS::Queue":                    acting("sqs", Reads, "ReceiveMessage", Writes, "SendMessage DeleteMessage PurgeQueue", Administers, "SetQueueAttributes AddPermission DeleteQueue"),
	"AWS::SNS::Topic":                    acting("sns", Reads, "Subscribe", Writes, "Publish", Administers, "SetTopicAttributes AddPermission DeleteTopic"),
	"AWS::Lambda::Function":              acting("lambda", Reads, "GetFunction", Writes, "InvokeFunction", Administers, "UpdateFunctionCode UpdateFunctionConfiguration AddPermission DeleteFunction"),
	"AWS::ECR::Repository":               acting("ecr", Reads, "BatchGetImage GetDownloadUrlForLayer", Writes, "PutImage BatchDeleteImage", Administers, "SetRepositoryPolicy DeleteRepository PutImageTagMutability"),
	"AWS::Logs::LogGroup":                acting("logs", Reads, "GetLogEvents FilterLogEvents StartQuery", Writes, "PutLogEvents CreateLogStream", Administers, "DeleteLogGroup DeleteLogStream PutRetentionPolicy DisassociateKmsKey PutSubscriptionFilter"),
	"AWS::ElastiCache::ReplicationGroup": acting("elasticache", Reads, "Connect", Administers, "ModifyReplicationGroup DeleteReplicationGroup"),
	"AWS::ElastiCache::User":             acting("elasticache", Reads, "Connect", Administers, "ModifyUser DeleteUser"),
	databaseUser:                         acting("rds-db", Reads, "connect"),
	"AWS::RDS::DBCluster":                acting("rds", Reads, "CreateDBClusterSnapshot RestoreDBClusterToPointInTime", Administers, "ModifyDBCluster DeleteDBCluster"),
	"AWS::IAM::Role":                     append(acting("sts", Becomes, "AssumeRole"), acting("iam", Becomes, "PassRole", Administers, "UpdateAssumeRolePolicy AttachRolePolicy PutRolePolicy DeleteRolePermissionsBoundary")...),
	"AWS::Backup::BackupVault":           acting("backup", Reads, "StartRestoreJob CopyFromBackupVault", Writes, "StartBackupJob", Administers, "DeleteRecoveryPoint PutBackupVaultAccessPolicy DeleteBackupVault"),
}

var tables = acting("dynamodb", Reads, "GetItem BatchGetItem Query Scan ExportTableToPointInTime", Writes, "PutItem UpdateItem DeleteItem BatchWriteItem",
	Administers, "PutResourcePolicy UpdateTable DeleteTable UpdateContinuousBackups UpdateTimeToLive RestoreTableToPointInTime")

// Acts returns the actions that matter for a type of resource, nil if it is not known.
func Acts(kind string) []Act { return slices.Clone(acts[kind]) }

// GroupOf returns what an action is for, of those in [Acts]; "" for others.
func GroupOf(action string) Group {
	for _, list := range acts {
		for _, a := range list {
			if strings.EqualFold(a.Action, action) {
				return a.Group
			}
		}
	}
	return ""
}

// ActsOn returns the actions that matter for what a name means; see [Model.Find].
func (m *Model) ActsOn(name string) []Act {
	on := m.object(name)
	switch {
	case on.r != nil:
		return Acts(on.r.Type)
	case on.service == "rds-db":
		return Acts(databaseUser)
	}
	return nil
}

// databaseUser stands for a type: CloudFormation has none of a user of a database.
const databaseUser = "user of a database"

// WhatCan returns what a principal may, or perhaps may, do itself with the resources of the estate, in their order;
// what it may by other roles, those tell that it may become. Others are the actions that its policies allow of services
// whose resources are not asked about.
func (m *Model) WhatCan(principal string) (all []Access, others []string, err error) {
	p, err := m.principal(principal)
	if err != nil {
		return nil, nil, err
	}
	services := map[string]bool{"*": true}
	for r := range m.estate.All() {
		for _, act := range acts[r.Type] {
			service, _, _ := strings.Cut(act.Action, ":")
			services[service] = true
			if a, may := m.does(p, act.Action, r); may {
				all = append(all, a)
			}
		}
	}
	for _, s := range p.identity {
		for _, action := range s.Actions {
			service, _, _ := strings.Cut(strings.ToLower(action), ":")
			if s.Effect == "Allow" && !services[service] && !slices.Contains(others, action) {
				others = append(others, action)
			}
		}
	}
	slices.Sort(others)
	return all, others, nil
}

// does returns the best of what a principal may do with a resource and what is in it.
func (m *Model) does(p *Principal, action string, r *template.Resource) (Access, bool) {
	var best Access
	for _, on := range m.aim(r.String(), action) {
		if p.Role == r && r.Type == "AWS::IAM::Role" && assumes(action) {
			continue
		}
		if a := m.one(p, action, on); better(a, best) {
			best = a
		}
	}
	return best, best.Allowed != No
}
