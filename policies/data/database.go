package data

import (
	"regexp"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var databasePolicies = []policies.Policy{
	oneGlobalDatabase, databaseIsEncrypted, masterIsSecret, servicesLogInByIAM, databaseSpeaksTLS, databaseIsAudited, auditIsExported,
	databaseIsBackedUp, databaseCannotBeDeleted, databaseLiesInData, databaseHasInstances, secondariesForwardWrites, databaseHasAName,
}

const (
	globalType            = "AWS::RDS::GlobalCluster"
	instanceType          = "AWS::RDS::DBInstance"
	clusterParametersType = "AWS::RDS::DBClusterParameterGroup"
	dbSubnetsType         = "AWS::RDS::DBSubnetGroup"
	zoneType              = "AWS::Route53::HostedZone"
	recordType            = "AWS::Route53::RecordSet"
)

const databaseEngine = "aurora-postgresql"

const databaseAtRest = "How are we storing data at rest in our database?"

// inPrimary reports whether a stack is in the region where the environment writes, until a switchover.
func inPrimary(s *template.Stack) bool {
	regions := intent.RegionsOf(s)
	return len(regions) > 0 && s.Region == regions[0]
}

// What every member of the global database has in common. Other regions know the database by its name.
var (
	theEngine = expect.Is(databaseEngine)
	theGlobal = named("livechat-<environment>")
	// The majors are those that AWS supports beyond 2027 ("Release calendars for Aurora PostgreSQL").
	pinnedVersion = expect.Matches(regexp.MustCompile(`^(1[5-9]|[2-9]\d)\.\d+$`), "a version to its minor, of major 15 or later", "17", "14.9")
	// RDS refuses a member of another version, and a switchover fails with it.
	sameVersion = expect.Equals("the global database's version", func(at expect.At) string {
		for g := range at.Estate.All(globalType) {
			return g.Get("EngineVersion").Text()
		}
		return ""
	}, globalType)
)

var oneGlobalDatabase = policies.Policy{
	ID: "DB-01", Title: "One global database has one cluster in every region, all of the same version",
	Source:    policies.MultiRegion,
	Component: policies.Database, STRIDE: "TD", Severity: policies.High,
	Fix:   "build the region's cluster with database.New; the version is changed there, for all at once",
	Count: []expect.Census{expect.One(globalType).Per(expect.Primary), expect.One(intent.ClusterType)},
	Expect: expect.Shapes{
		globalType: {"GlobalClusterIdentifier": theGlobal, "Engine": theEngine, "EngineVersion": pinnedVersion},
		intent.ClusterType: {
			"DBClusterIdentifier":     named("livechat-<environment>-<region>"),
			"GlobalClusterIdentifier": theGlobal, "Engine": theEngine, "EngineVersion": sameVersion,
		},
		instanceType: {"Engine": theEngine, "EngineVersion": sameVersion},
	},
	Reads: []string{globalType, intent.ClusterType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ClusterType) {
			if inPrimary(c.Stack) && !waitsFor(e, c, func(r *template.Resource) bool { return r.Type == globalType }) {
				f.Fail(c, "DependsOn is %v, must have the global database: the primary's cluster joins it", c.DependsOn())
			}
		}
	},
}

var databaseIsEncrypted = policies.Policy{
	ID: "DB-02", Title: "The database and its performance data are encrypted with the region's database key",
	Source:    policies.Answer(databaseAtRest, "All data at rest is encrypted using AWS KMS-managed keys."),
	Component: policies.Database, STRIDE: "I", Severity: policies.High,
	Fix: "give database.New the region's key of class database",
	Expect: expect.Shapes{
		globalType:         {"StorageEncrypted": expect.True},
		intent.ClusterType: {"StorageEncrypted": expect.True, "KmsKeyId": expect.KeyOf("database")},
		instanceType: {
			"EnablePerformanceInsights":          expect.True.Because("an attack on the database shows in its load"),
			"PerformanceInsightsRetentionPeriod": expect.Is(7),
			"PerformanceInsightsKMSKeyId":        expect.KeyOf("database"),
		},
	},
}
