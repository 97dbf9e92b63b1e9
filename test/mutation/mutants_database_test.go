package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const (
	aGlobal    = "AWS::RDS::GlobalCluster"
	aCluster   = "AWS::RDS::DBCluster"
	anInstance = "AWS::RDS::DBInstance"
	parameters = "AWS::RDS::DBClusterParameterGroup"
	dbSubnets  = "AWS::RDS::DBSubnetGroup"
	aZone      = "AWS::Route53::HostedZone"
	aRecord    = "AWS::Route53::RecordSet"
	theMaster  = "{{resolve:secretsmanager:livechat-prod/database/master:SecretString:password}}"
)

var databaseMutations = slices.Concat(memberMutations, credentialMutations, parameterMutations, placeMutations, keepingMutations, nameMutations, otherWays,
	lost(aZone), lostDatabase(aGlobal), lostDatabase(aCluster), lostDatabase(anInstance))

var memberMutations = []mutation{
	{"DB-01", aGlobal, "vanishes", nil, remove},
	{"DB-01", aGlobal, "takes another name", nil, set("GlobalClusterIdentifier", "other")},
	{"DB-01", aGlobal, "is of another version", nil, set("EngineVersion", "17.8")},
	{"DB-01", aGlobal, "leaves its version to RDS", nil, drop("EngineVersion")},
	{"DB-01", aCluster, "vanishes", nil, remove},
	{"DB-01", aCluster, "is a database of its own", nil, drop("GlobalClusterIdentifier")},
	{"DB-01", aCluster, "joins another global database", nil, set("GlobalClusterIdentifier", "livechat-other")},
	{"DB-01", aCluster, "is of a newer version than the others", nil, set("EngineVersion", "17.9")},
	{"DB-01", aCluster, "takes whatever version is the default", nil, drop("EngineVersion")},
	{"DB-01", aCluster, "is MySQL", nil, set("Engine", "aurora-mysql")},
	{"DB-01", aCluster, "takes a name that its log group does not have", nil, set("DBClusterIdentifier", "livechat")},
	{"DB-01", aCluster, "waits for no global database", writes, attribute("DependsOn", nil)},

	{"DB-11", anInstance, "vanishes", nil, remove},
	{"DB-11", anInstance, "is burstable", nil, set("DBInstanceClass", "db.t4g.large")},
	{"DB-11", anInstance, "is serverless", nil, set("DBInstanceClass", "db.serverless")},
	{"DB-11", anInstance, "is smaller than the others", nil, set("DBInstanceClass", "db.r6g.large")},
	{"DB-11", anInstance, "upgrades alone", nil, set("AutoMinorVersionUpgrade", true)},
	{"DB-11", anInstance, "upgrades alone, by default", nil, drop("AutoMinorVersionUpgrade")},
	{"DB-11", anInstance, "leaves its zone to RDS", nil, drop("AvailabilityZone")},
	{"DB-11", anInstance, "belongs to no cluster", nil, set("DBClusterIdentifier", "other")},
	{"DB-11", anInstance, "is of another version", nil, set("EngineVersion", "17.4")},

	{"DB-12", aCluster, "forwards no writes", nil, set("EnableGlobalWriteForwarding", false)},
	{"DB-12", aCluster, "drops write forwarding", nil, drop("EnableGlobalWriteForwarding")},
}

var credentialMutations = []mutation{
	{"DB-03", aCluster, "has its password managed by RDS", nil, set("ManageMasterUserPassword", true)},
	{"DB-03", aCluster, "has its password managed by RDS in the place of its secret", writes, edit(func(p map[string]any) {
		delete(p, "MasterUserPassword")
		p["ManageMasterUserPassword"] = true
	})},
	{"DB-03", aCluster, "has a password in the template", writes, set("MasterUserPassword", "hunter2hunter2")},
	{"DB-03", aCluster, "has the password of another environment", writes, set("MasterUserPassword", "{{resolve:secretsmanager:livechat-other/database/master:SecretString:password}}")},
	{"DB-03", aCluster, "has the default master", writes, set("MasterUsername", "postgres")},
	{"DB-03", aCluster, "has no master", writes, drop("MasterUsername")},
	{"DB-03", aCluster, "has its master let in otherwise", nil, set("MasterUserAuthenticationType", "iam-db-auth")},
	{"DB-03", aCluster, "makes another database", writes, set("DatabaseName", "other")},
	{"DB-03", aCluster, "brings credentials along", follows, edit(func(p map[string]any) {
		p["MasterUsername"], p["MasterUserPassword"] = "livechat_admin", theMaster
	})},
	{"DB-03", aCluster, "brings a password along", follows, set("MasterUserPassword", theMaster)},
	{"DB-03", aCluster, "brings a database along", follows, set("DatabaseName", "livechat")},
	{"DB-03", anInstance, "has a master of its own", nil, set("MasterUserPassword", theMaster)},
	{"DB-03", anInstance, "has a password managed by RDS", nil, set("ManageMasterUserPassword", true)},

	{"CDK-08", aCluster, "names its master by a reference", nil, set("MasterUsername", theMaster)},
	{"CDK-08", aCluster, "is tagged with its password", nil, set("Tags", []any{map[string]any{"Key": "master", "Value": theMaster}})},
	{"CDK-08", aCluster, "takes its password from Systems Manager", writes, set("MasterUserPassword", "{{resolve:ssm-secure:/livechat/master}}")},
	{"CDK-08", aCluster, "takes a plain parameter for its password", writes, set("MasterUserPassword", "{{resolve:ssm:/livechat/master}}")},
	{"CDK-08", aCluster, "takes the whole secret for its password", writes, set("MasterUserPassword", "{{resolve:secretsmanager:livechat-prod/database/master}}")},
	{"CDK-08", aCluster, "takes a password that was replaced", writes, set("MasterUserPassword", "{{resolve:secretsmanager:livechat-prod/database/master:SecretString:password:AWSPREVIOUS}}")},
	{"CDK-08", aCluster, "takes a part of its password from a secret", writes, set("MasterUserPassword", "livechat"+theMaster)},
	{"CDK-08", anInstance, "takes the password too", nil, set("MasterUserPassword", theMaster)},

	{"DB-04", aCluster, "lets nobody in by IAM", nil, set("EnableIAMDatabaseAuthentication", false)},
	{"DB-04", aCluster, "does not say whether IAM lets in", nil, drop("EnableIAMDatabaseAuthentication")},
}

var parameterMutations = []mutation{
	{"DB-05", parameters, "vanishes", nil, remove},
	{"DB-05", parameters, "admits plain text", nil, parameter("rds.force_ssl", "0")},
	{"DB-05", parameters, "leaves TLS to the default", nil, parameter("rds.force_ssl", nil)},
	{"DB-05", parameters, "admits TLS 1.0", nil, parameter("ssl_min_protocol_version", "TLSv1")},
	{"DB-05", parameters, "hashes passwords by MD5", nil, parameter("password_encryption", "md5")},
	{"DB-05", parameters, "takes MD5 too", nil, parameter("rds.accepted_password_auth_method", "md5+scram")},
	{"DB-05", parameters, "is of another version", nil, set("Family", "aurora-postgresql16")},
	{"DB-05", parameters, "goes with its stack", nil, without("DeletionPolicy")},
	{"DB-05", aCluster, "takes RDS's own parameters", nil, drop("DBClusterParameterGroupName")},
	{"DB-05", aCluster, "takes the default parameters by name", nil, set("DBClusterParameterGroupName", "default.aurora-postgresql17")},

	{"DB-06", parameters, "loads no pgaudit", nil, parameter("shared_preload_libraries", "pg_stat_statements")},
	{"DB-06", parameters, "loads more than pgaudit", nil, parameter("shared_preload_libraries", "pg_stat_statements,pgaudit,auto_explain")},
	{"DB-06", parameters, "audits nothing", nil, parameter("pgaudit.log", "none")},
	{"DB-06", parameters, "audits no reads", nil, parameter("pgaudit.log", "ddl,function,role,write")},
	{"DB-06", parameters, "audits nothing, by default", nil, parameter("pgaudit.log", nil)},
	{"DB-06", parameters, "logs transcripts", nil, parameter("pgaudit.log_parameter", "1")},
	{"DB-06", parameters, "logs transcripts of slow statements", nil, parameter("log_min_duration_statement", "0")},
	{"DB-06", parameters, "logs passwords", nil, parameter("log_statement", "ddl")},
	{"DB-06", parameters, "does not say who connected", nil, parameter("log_connections", "0")},
	{"DB-06", parameters, "does not say who left", nil, parameter("log_disconnections", nil)},
	{"DB-06", parameters, "switches row-level security off", nil, parameter("row_security", "0")},
	{"DB-06", parameters, "replicates to anybody", nil, parameter("rds.logical_replication", "1")},
	{"DB-06", aCluster, "takes RDS's own parameters", nil, drop("DBClusterParameterGroupName")},

	{"DB-07", aCluster, "exports no log", nil, drop("EnableCloudwatchLogsExports")},
	{"DB-07", aCluster, "exports another log", nil, set("EnableCloudwatchLogsExports", []any{"upgrade"})},
	{"DB-07", aCluster, "does not wait for its log group", nil, attribute("DependsOn", nil)},
	{"DB-07", aLogGroup, "of the database vanishes", ofDatabase, remove},
	{"DB-07", aLogGroup, "of the database takes another name", ofDatabase, set("LogGroupName", "/aws/rds/cluster/other/postgresql")},
	{"DB-07", aLogGroup, "of the database is not encrypted", ofDatabase, drop("KmsKeyId")},
	{"DB-07", aLogGroup, "of the database goes with its stack", ofDatabase, without("DeletionPolicy")},
}

var placeMutations = []mutation{
	{"DB-02", aGlobal, "is not encrypted", nil, set("StorageEncrypted", false)},
	{"DB-02", aGlobal, "does not say that it is encrypted", nil, drop("StorageEncrypted")},
	{"DB-02", aCluster, "is not encrypted", nil, set("StorageEncrypted", false)},
	{"DB-02", aCluster, "drops encryption", nil, drop("StorageEncrypted")},
	{"DB-02", aCluster, "takes RDS's own key", nil, drop("KmsKeyId")},
	{"DB-02", aCluster, "takes the key of the logs", nil, set("KmsKeyId", "alias/livechat-prod-logs")},
	{"DB-02", aCluster, "takes a key of another account", nil, set("KmsKeyId", "arn:aws:kms:eu-west-1:999999999999:key/1")},
	{"DB-02", anInstance, "is not watched", nil, set("EnablePerformanceInsights", false)},
	{"DB-02", anInstance, "shows its statements under RDS's own key", nil, drop("PerformanceInsightsKMSKeyId")},
	{"DB-02", anInstance, "shows its statements under the key of the logs", nil, set("PerformanceInsightsKMSKeyId", "alias/livechat-prod-logs")},
	{"DB-02", anInstance, "keeps its load for two years", nil, set("PerformanceInsightsRetentionPeriod", 731)},

	{"DB-10", anInstance, "is public", nil, set("PubliclyAccessible", true)},
	{"DB-10", anInstance, "may be public", nil, drop("PubliclyAccessible")},
	{"DB-10", aCluster, "is in the VPC's default group", nil, drop("VpcSecurityGroupIds")},
	{"DB-10", aCluster, "is in somebody's group", nil, set("VpcSecurityGroupIds", []any{otherGroup})},
	{"DB-10", aCluster, "is in one more group", nil, edit(func(p map[string]any) {
		p["VpcSecurityGroupIds"] = append(p["VpcSecurityGroupIds"].([]any), otherGroup)
	})},
	{"DB-10", aCluster, "listens where no flow leads", nil, set("Port", 3306)},
	{"DB-10", aCluster, "listens where CloudFormation likes", nil, drop("Port")},
	{"DB-10", aCluster, "lies in the default subnets", nil, drop("DBSubnetGroupName")},
	{"DB-10", aCluster, "lies in other subnets", nil, set("DBSubnetGroupName", "default")},
	{"DB-10", dbSubnets, "vanishes", nil, remove},
	{"DB-10", dbSubnets, "goes with its stack", nil, without("UpdateReplacePolicy")},
	{"DB-10", dbSubnets, "loses a zone", nil, edit(func(p map[string]any) { p["SubnetIds"] = p["SubnetIds"].([]any)[1:] })},
	{"DB-10", dbSubnets, "takes in a subnet of somebody", nil, edit(func(p map[string]any) { p["SubnetIds"].([]any)[0] = "subnet-0123456789abcdef0" })},
}

var keepingMutations = []mutation{
	{"DB-08", aCluster, "keeps backups for a week", nil, set("BackupRetentionPeriod", 7)},
	{"DB-08", aCluster, "keeps backups for a day, by default", nil, drop("BackupRetentionPeriod")},
	{"DB-08", aCluster, "has snapshots of nobody", nil, drop("CopyTagsToSnapshot")},
	{"DB-09", aGlobal, "may be deleted", nil, set("DeletionProtection", false)},
	{"DB-09", aGlobal, "may be deleted, by default", nil, drop("DeletionProtection")},
	{"DB-09", aCluster, "may be deleted", nil, set("DeletionProtection", false)},
	{"DB-09", aCluster, "may be deleted, by default", nil, drop("DeletionProtection")},
	{"DB-09", aCluster, "leaves a snapshot alone behind", nil, attribute("DeletionPolicy", "Snapshot")},
	{"DB-09", anInstance, "goes with its stack", nil, without("DeletionPolicy")},
}

var nameMutations = []mutation{
	{"DB-13", aZone, "vanishes", nil, remove},
	{"DB-13", aZone, "is public", nil, drop("VPCs")},
	{"DB-13", aZone, "is known in somebody's VPC", nil, set("VPCs.0.VPCId", "vpc-0123456789abcdef0")},
	{"DB-13", aZone, "is known in another region", nil, set("VPCs.0.VPCRegion", "eu-north-1")},
	{"DB-13", aZone, "is known in one more VPC", nil, edit(func(p map[string]any) {
		p["VPCs"] = append(p["VPCs"].([]any), map[string]any{"VPCId": "vpc-0123456789abcdef0", "VPCRegion": "eu-west-1"})
	})},
	{"DB-13", aZone, "stands for RDS", nil, set("Name", "rds.amazonaws.com")},
	{"DB-13", aZone, "logs to somebody", nil, set("QueryLoggingConfig", map[string]any{"CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:999999999999:log-group:x"})},
	{"DB-13", aRecord, "vanishes", nil, remove},
	{"DB-13", aRecord, "leads to somebody", nil, set("ResourceRecords", []any{"database.example.com"})},
	{"DB-13", aRecord, "leads to the readers in the primary", ofPrimaryRegion, set("ResourceRecords.0.Fn::GetAtt", []any{"Database", "ReadEndpoint.Address"})},
	{"DB-13", aRecord, "leads to an endpoint that answers nobody", not(ofPrimaryRegion), set("ResourceRecords.0.Fn::GetAtt", []any{"Database", "Endpoint.Address"})},
	{"DB-13", aRecord, "leads to two places", nil, edit(func(p map[string]any) {
		p["ResourceRecords"] = append(p["ResourceRecords"].([]any), "database.example.com")
	})},
	{"DB-13", aRecord, "is remembered for a day", nil, set("TTL", "86400")},
	{"DB-13", aRecord, "is in somebody's zone", nil, set("HostedZoneId", "Z0123456789ABCDEFGHIJ")},
	{"DB-13", aRecord, "is one of several by weight", nil, set("Weight", 1)},
	{"DB-13", aRecord, "names all hosts", nil, set("Name", "*.livechat-prod.internal")},
}

var otherWays = []mutation{
	{"DB-14", aCluster, "answers over the internet, by the Data API", nil, set("EnableHttpEndpoint", true)},
	{"DB-14", aCluster, "is made of a snapshot", nil, set("SnapshotIdentifier", "somebodys")},
	{"DB-14", aCluster, "is a copy of another", nil, set("SourceDBClusterIdentifier", "somebodys")},
	{"DB-14", aCluster, "is a copy on write", nil, set("RestoreType", "copy-on-write")},
	{"DB-14", aCluster, "replicates another", nil, set("ReplicationSourceIdentifier", "arn:aws:rds:eu-west-1:999999999999:cluster:x")},
	{"DB-14", aCluster, "loads and unloads buckets", nil, set("AssociatedRoles", []any{map[string]any{"RoleArn": "arn:aws:iam::999999999999:role/x", "FeatureName": "s3Export"}})},
	{"DB-14", aCluster, "joins a directory", nil, set("Domain", "d-1234567890")},
	{"DB-14", aCluster, "has an IPv6 address", nil, set("NetworkType", "DUAL")},
	{"DB-14", aCluster, "deletes its backups with it", nil, set("DeleteAutomatedBackups", true)},
	{"DB-14", aCluster, "lends its instances parameters", nil, set("DBInstanceParameterGroupName", "somebodys")},
	{"DB-14", aCluster, "becomes a DocumentDB by RDS's name", nil, become("AWS::RDS::DBShardGroup")},
	{"DB-14", anInstance, "takes back parameters", nil, set("DBParameterGroupName", "somebodys")},
	{"DB-14", anInstance, "takes another certificate", nil, set("CACertificateIdentifier", "rds-ca-2019")},
	{"DB-14", anInstance, "sends its metrics by a role", nil, set("MonitoringRoleArn", "arn:aws:iam::999999999999:role/x")},
	{"DB-14", anInstance, "becomes a proxy", nil, become("AWS::RDS::DBProxy")},
	{"DB-14", parameters, "becomes those of an instance", nil, become("AWS::RDS::DBParameterGroup")},
	{"DB-14", parameters, "takes the name of others", nil, set("DBClusterParameterGroupName", "somebodys")},
	{"DB-14", dbSubnets, "takes the name of others", nil, set("DBSubnetGroupName", "somebodys")},
	{"DB-14", aGlobal, "begins with somebody's cluster", nil, set("SourceDBClusterIdentifier", "arn:aws:rds:eu-west-1:999999999999:cluster:x")},
}

// writes says that a cluster is the primary's, follows that it is a secondary's.
func writes(r *template.Resource) bool  { return !r.Get("MasterUsername").Missing() }
func follows(r *template.Resource) bool { return r.Get("MasterUsername").Missing() }

func ofPrimaryRegion(r *template.Resource) bool {
	return r.Stack.Intent().Get("regions", "0").Is(r.Stack.Region)
}

func not(where func(*template.Resource) bool) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return !where(r) }
}

func ofDatabase(r *template.Resource) bool { return strings.HasPrefix(r.ID, "DatabaseLog") }

// parameter sets one parameter, whose name has dots, or drops it.
func parameter(name string, value any) func(map[string]any) map[string]any {
	return edit(func(p map[string]any) {
		if all := p["Parameters"].(map[string]any); value == nil {
			delete(all, name)
		} else {
			all[name] = value
		}
	})
}

// lostDatabase are the ways to lose what a part of the database holds; a snapshot is one for a cluster.
func lostDatabase(typ string) []mutation {
	var all []mutation
	for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
		all = append(all,
			mutation{"CDK-09", typ, "drops its " + policy, nil, attribute(policy, nil)},
			mutation{"CDK-09", typ, "deletes by its " + policy, nil, attribute(policy, "Delete")})
	}
	return all
}
