package data

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var databasePolicies = []policies.Policy{
	oneGlobalDatabase, databaseIsEncrypted, masterIsSecret, servicesLogInByIAM, databaseSpeaksTLS, databaseIsAudited, auditIsExported,
	databaseIsBackedUp, databaseCannotBeDeleted, databaseLiesInData, databaseHasInstances, secondariesForwardWrites, databaseHasAName,
	databaseHasNoOtherWay,
}

const (
	globalType            = "AWS::RDS::GlobalCluster"
	instanceType          = "AWS::RDS::DBInstance"
	clusterParametersType = "AWS::RDS::DBClusterParameterGroup"
	dbSubnetsType         = "AWS::RDS::DBSubnetGroup"
	zoneType              = "AWS::Route53::HostedZone"
	recordType            = "AWS::Route53::RecordSet"
)

// What every member of the global database is, to the digit: RDS refuses, and a switchover fails with, a member of another version.
const (
	databaseEngine  = "aurora-postgresql"
	databaseVersion = "17.7"
	databaseFamily  = "aurora-postgresql17"
	databasePort    = "5432"
)

var (
	databaseRow    = policies.Table("RDS/Database", "Encryption at rest, VPC-only access, IAM, audit logs")
	databaseAtRest = "How are we storing data at rest in our database?"
)

// globalID is the identifier of an environment's global database, clusterID that of its member in a stack's region: they are
// contracts, since other regions and the log group know them by name.
func globalID(s *template.Stack) string { return "livechat-" + s.Environment }

func clusterID(s *template.Stack) string { return globalID(s) + "-" + s.Region }

// inPrimary says that a stack is in the region where the environment writes, until a switchover.
func inPrimary(s *template.Stack) bool {
	regions := intent.RegionsOf(s)
	return len(regions) > 0 && s.Region == regions[0]
}

var oneGlobalDatabase = policies.Policy{
	ID: "DB-01", Title: "There is one global database, made in the primary region, with one cluster in every region, all of exactly one version",
	Source:    policies.MultiRegion,
	Component: policies.Database, STRIDE: "TD", Severity: policies.High,
	Fix:   "build the region's cluster with database.New; the version is changed there, for all at once",
	Reads: []string{globalType, intent.ClusterType},
	Check: func(e *template.Estate, f *policies.Findings) {
		globals, clusters := 0, map[string]int{}
		for g := range e.All(globalType) {
			f.Examined(g)
			checkGlobal(f, g)
			if globals++; globals > 1 {
				f.Fail(g, "is not the only global database")
			}
		}
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			clusters[c.Stack.Region]++
			checkMember(e, f, c)
		}
		if globals == 0 {
			f.FailEstate("there is no global database")
		}
		for region := range intent.DeclaredRegions(e) {
			if n := clusters[region]; n != 1 {
				f.FailEstate("%s has %d clusters, not one", region, n)
			}
		}
	},
}

func checkGlobal(f *policies.Findings, g *template.Resource) {
	if !inPrimary(g.Stack) {
		f.Fail(g, "is made in %s, which is not the primary region", g.Stack.Region)
	}
	if !g.Get("GlobalClusterIdentifier").Is(globalID(g.Stack)) {
		f.Fail(g, "is named %s, not %s", g.Get("GlobalClusterIdentifier"), globalID(g.Stack))
	}
	checkVersion(f, g)
}

func checkMember(e *template.Estate, f *policies.Findings, c *template.Resource) {
	if !c.Get("DBClusterIdentifier").Is(clusterID(c.Stack)) {
		f.Fail(c, "is named %s, not %s", c.Get("DBClusterIdentifier"), clusterID(c.Stack))
	}
	if !c.Get("GlobalClusterIdentifier").Is(globalID(c.Stack)) {
		f.Fail(c, "is a member of %s, not of %s", c.Get("GlobalClusterIdentifier"), globalID(c.Stack))
	}
	waits := slices.ContainsFunc(c.DependsOn(), func(id string) bool {
		r := e.Resource(c.Stack.Name, id)
		return r != nil && r.Type == globalType
	})
	if inPrimary(c.Stack) && !waits {
		f.Fail(c, "does not wait for the global database that it begins")
	}
	checkVersion(f, c)
}

func checkVersion(f *policies.Findings, r *template.Resource) {
	if !r.Get("Engine").Is(databaseEngine) || !r.Get("EngineVersion").Is(databaseVersion) {
		f.Fail(r, "is %s %s, not %s %s", r.Get("Engine"), r.Get("EngineVersion"), databaseEngine, databaseVersion)
	}
}

var databaseIsEncrypted = policies.Policy{
	ID: "DB-02", Title: "All that the database stores, and what is known of its load, is encrypted under the database key of its region",
	Source:    policies.Answer(databaseAtRest, "All data at rest is encrypted using AWS KMS-managed keys."),
	Component: policies.Database, STRIDE: "I", Severity: policies.High,
	Fix:   "give database.New the region's key of class database",
	Reads: []string{globalType, intent.ClusterType, instanceType, "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All(globalType, intent.ClusterType) {
			f.Examined(r)
			if !r.Get("StorageEncrypted").True() {
				f.Fail(r, "is not encrypted")
			}
		}
		for c := range e.All(intent.ClusterType) {
			checkDatabaseKey(e, f, c, "KmsKeyId")
		}
		for i := range e.All(instanceType) {
			f.Examined(i)
			if !i.Get("EnablePerformanceInsights").True() || !i.Get("PerformanceInsightsRetentionPeriod").Is("7") {
				f.Fail(i, "its load is not kept for seven days, by which an attack on it would be seen")
			}
			checkDatabaseKey(e, f, i, "PerformanceInsightsKMSKeyId")
		}
	},
}

func checkDatabaseKey(e *template.Estate, f *policies.Findings, r *template.Resource, property string) {
	meant := intent.ClassKey(e, r.Stack.Region, "database")
	if k := e.Find(r.Get(property), "AWS::KMS::Key"); k == nil || k != meant {
		f.Fail(r, "%s is %s, not the key of class database in %s", property, r.Get(property), r.Stack.Region)
	}
}

var databaseHasNoOtherWay = policies.Policy{
	ID: "DB-14", Title: "Nothing of RDS is there but the database: no proxy, Data API, imported bucket, restored snapshot, directory or group of parameters beside",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints"),
	Component: policies.Database, STRIDE: "TIE", Severity: policies.High,
	Fix:   "take the property or resource out, or add a policy that judges it",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.Each(e) {
			if known := databaseProperties[r.Type]; known != nil {
				f.Examined(r)
				f.AllowOnly(r, known...)
			} else if strings.HasPrefix(r.Type, "AWS::RDS::") {
				f.Fail(r, "an %s is a way to the data that no policy judges", r.Type)
			}
		}
	},
}

// databaseProperties are those that the policies of this file and its neighbours look at.
var databaseProperties = map[string][]string{
	globalType: {"DeletionProtection", "Engine", "EngineVersion", "GlobalClusterIdentifier", "StorageEncrypted"},
	intent.ClusterType: {"BackupRetentionPeriod", "CopyTagsToSnapshot", "DBClusterIdentifier", "DBClusterParameterGroupName", "DBSubnetGroupName",
		"DatabaseName", "DeletionProtection", "EnableCloudwatchLogsExports", "EnableGlobalWriteForwarding",
		"EnableIAMDatabaseAuthentication", "Engine", "EngineVersion", "GlobalClusterIdentifier", "KmsKeyId", "MasterUserPassword",
		"MasterUsername", "Port", "StorageEncrypted", "VpcSecurityGroupIds"},
	instanceType: {"AutoMinorVersionUpgrade", "AvailabilityZone", "DBClusterIdentifier", "DBInstanceClass", "EnablePerformanceInsights",
		"Engine", "EngineVersion", "PerformanceInsightsKMSKeyId", "PerformanceInsightsRetentionPeriod", "PubliclyAccessible"},
	clusterParametersType: {"Description", "Family", "Parameters"},
	dbSubnetsType:         {"DBSubnetGroupDescription", "SubnetIds"},
}
