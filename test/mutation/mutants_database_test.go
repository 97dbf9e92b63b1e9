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

var databaseMutations = slices.Concat(databaseItselfMutations, otherWays, lost(aZone), lostDatabase(aGlobal), lostDatabase(aCluster), lostDatabase(anInstance))

var databaseItselfMutations = []mutation{
	{"DB-01", aGlobal, "is upgraded by a minor version", nil, set("EngineVersion", "17.8")},
	{"DB-01", aCluster, "is upgraded without the primary", follows, set("EngineVersion", "17.8")},
	{"CDK-06", anInstance, "states its cluster's version", nil, set("EngineVersion", "17.7")},
	{"DB-01", aCluster, "waits for no global database", writes, attribute("DependsOn", nil)},

	{"DB-11", anInstance, "vanishes", nil, remove},
	{"DB-11", anInstance, "is smaller than the others", nil, set("DBInstanceClass", "db.r6g.large")},

	{"DB-03", aCluster, "has a password in the template", writes, set("MasterUserPassword", "hunter2hunter2")},
	{"DB-03", aCluster, "has its password managed by RDS in the place of its secret", writes, edit(func(p map[string]any) {
		delete(p, "MasterUserPassword")
		p["ManageMasterUserPassword"] = true
	})},
	{"DB-03", aCluster, "has the password of another environment", writes, set("MasterUserPassword", "{{resolve:secretsmanager:livechat-other/database/master:SecretString:password}}")},

	{"CDK-08", aCluster, "names its master by a reference", nil, set("MasterUsername", theMaster)},
	{"CDK-08", aCluster, "is tagged with its password", nil, set("Tags", []any{map[string]any{"Key": "master", "Value": theMaster}})},
	{"CDK-08", aCluster, "takes its password from Systems Manager", writes, set("MasterUserPassword", "{{resolve:ssm-secure:/livechat/master}}")},
	{"CDK-08", aCluster, "takes a plain parameter for its password", writes, set("MasterUserPassword", "{{resolve:ssm:/livechat/master}}")},
	{"CDK-08", aCluster, "takes the whole secret for its password", writes, set("MasterUserPassword", "{{resolve:secretsmanager:livechat-prod/database/master}}")},
	{"CDK-08", aCluster, "takes a password that was replaced", writes, set("MasterUserPassword", "{{resolve:secretsmanager:livechat-prod/database/master:SecretString:password:AWSPREVIOUS}}")},
	{"CDK-08", aCluster, "takes a part of its password from a secret", writes, set("MasterUserPassword", "livechat"+theMaster)},
	{"CDK-08", anInstance, "takes the password too", nil, set("MasterUserPassword", theMaster)},

	{"DB-05", parameters, "vanishes", nil, remove},
	{"DB-05", parameters, "admits plain text", nil, parameter("rds.force_ssl", "0")},
	{"DB-05", parameters, "leaves TLS to the default", nil, parameter("rds.force_ssl", nil)},
	{"DB-05", parameters, "admits TLS 1.0", nil, parameter("ssl_min_protocol_version", "TLSv1")},
	{"DB-05", parameters, "hashes passwords by MD5", nil, parameter("password_encryption", "md5")},
	{"DB-05", parameters, "takes MD5 too", nil, parameter("rds.accepted_password_auth_method", "md5+scram")},

	{"DB-07", aCluster, "does not wait for its log group", nil, attribute("DependsOn", nil)},
	{"DB-07", aLogGroup, "of the database vanishes", ofDatabase, remove},
	{"DB-07", aLogGroup, "of the database takes another name", ofDatabase, set("LogGroupName", "/aws/rds/cluster/other/postgresql")},
	{"DB-07", aLogGroup, "of the database is not encrypted", ofDatabase, drop("KmsKeyId")},

	{"DB-10", dbSubnets, "vanishes", nil, remove},

	{"DB-13", aRecord, "leads to the readers in the primary", ofPrimaryRegion, set("ResourceRecords.0.Fn::GetAtt", []any{"Database", "ReadEndpoint.Address"})},
	{"DB-13", aRecord, "leads to an endpoint that never answers", not(ofPrimaryRegion), set("ResourceRecords.0.Fn::GetAtt", []any{"Database", "Endpoint.Address"})},
}

// otherWays are properties and types that no policy states.
var otherWays = []mutation{
	{"CDK-06", aCluster, "has its password managed by RDS", nil, set("ManageMasterUserPassword", true)},
	{"CDK-06", aCluster, "has its master let in otherwise", nil, set("MasterUserAuthenticationType", "iam-db-auth")},
	{"CDK-06", aCluster, "brings a password along", follows, set("MasterUserPassword", theMaster)},
	{"CDK-06", aCluster, "brings a database along", follows, set("DatabaseName", "livechat")},
	{"CDK-06", anInstance, "has a master of its own", nil, set("MasterUserPassword", theMaster)},
	{"CDK-06", anInstance, "has a password managed by RDS", nil, set("ManageMasterUserPassword", true)},
	{"CDK-06", aZone, "logs to a foreign log group", nil, set("QueryLoggingConfig", map[string]any{"CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:999999999999:log-group:x"})},
	{"CDK-06", aRecord, "is one of several by weight", nil, set("Weight", 1)},
	{"CDK-06", aCluster, "answers over the internet, by the Data API", nil, set("EnableHttpEndpoint", true)},
	{"CDK-06", aCluster, "is made of a snapshot", nil, set("SnapshotIdentifier", "somebodys")},
	{"CDK-06", aCluster, "is a copy of another", nil, set("SourceDBClusterIdentifier", "somebodys")},
	{"CDK-06", aCluster, "is a copy on write", nil, set("RestoreType", "copy-on-write")},
	{"CDK-06", aCluster, "replicates another", nil, set("ReplicationSourceIdentifier", "arn:aws:rds:eu-west-1:999999999999:cluster:x")},
	{"CDK-06", aCluster, "loads and unloads buckets", nil, set("AssociatedRoles", []any{map[string]any{"RoleArn": "arn:aws:iam::999999999999:role/x", "FeatureName": "s3Export"}})},
	{"CDK-06", aCluster, "joins a directory", nil, set("Domain", "d-1234567890")},
	{"CDK-06", aCluster, "has an IPv6 address", nil, set("NetworkType", "DUAL")},
	{"CDK-06", aCluster, "deletes its backups with it", nil, set("DeleteAutomatedBackups", true)},
	{"CDK-06", aCluster, "lends its instances parameters", nil, set("DBInstanceParameterGroupName", "somebodys")},
	{"CDK-06", aCluster, "becomes a DocumentDB by RDS's name", nil, become("AWS::RDS::DBShardGroup")},
	{"CDK-06", anInstance, "takes back parameters", nil, set("DBParameterGroupName", "somebodys")},
	{"CDK-06", anInstance, "is monitored into a log group that the account shares", nil, edit(func(p map[string]any) {
		p["MonitoringInterval"], p["MonitoringRoleArn"] = 60, "arn:aws:iam::999999999999:role/rds-monitoring-role"
	})},
	{"CDK-06", anInstance, "takes another certificate", nil, set("CACertificateIdentifier", "rds-ca-2019")},
	{"CDK-06", anInstance, "sends its metrics by a role", nil, set("MonitoringRoleArn", "arn:aws:iam::999999999999:role/x")},
	{"CDK-06", anInstance, "becomes a proxy", nil, become("AWS::RDS::DBProxy")},
	{"CDK-06", parameters, "becomes those of an instance", nil, become("AWS::RDS::DBParameterGroup")},
	{"CDK-06", parameters, "takes the name of others", nil, set("DBClusterParameterGroupName", "somebodys")},
	{"CDK-06", dbSubnets, "takes the name of others", nil, set("DBSubnetGroupName", "somebodys")},
	{"CDK-06", aGlobal, "begins with a foreign cluster", nil, set("SourceDBClusterIdentifier", "arn:aws:rds:eu-west-1:999999999999:cluster:x")},
}

// writes reports whether a cluster is the primary's; follows reports whether it is a secondary's.
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

// lostDatabase returns the ways to lose what a part of the database holds; a snapshot is one for a cluster.
func lostDatabase(typ string) []mutation {
	var all []mutation
	for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
		all = append(all,
			mutation{"CDK-09", typ, "drops its " + policy, nil, attribute(policy, nil)},
			mutation{"CDK-09", typ, "deletes by its " + policy, nil, attribute(policy, "Delete")})
	}
	return all
}
