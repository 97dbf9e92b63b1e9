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

// What every member of the global database has in common. Other regions know the database by its name.
var (
	theEngine = expect.Is(databaseEngine)
	theGlobal = named("livechat-<environment>")
	// The majors are those that AWS supports beyond 2027 ("Release calendars for Aurora PostgreSQL"). A switchover demands that all
	// members have one version.
	oneVersion = expect.Want{
		Text: "a version to its minor, of major 15 or later, that of the primary's cluster", Reads: []string{intent.ClusterType},
		Breaks: []any{"17", "14.9"},
		Holds: func(at expect.At, v template.Value) bool {
			for c := range at.Estate.All(intent.ClusterType) {
				if intent.InPrimary(c.Stack) && !c.Get("EngineVersion").Is(v.Text()) {
					return false
				}
			}
			return supported.MatchString(v.Text())
		},
	}
	supported = regexp.MustCompile(`^(1[5-9]|[2-9]\d)\.\d+$`)
	// A minor upgrade is of the clusters: RDS refuses it of the global database ("ModifyGlobalCluster").
	createdVersion = expect.Intended("databaseCreated").Because("ModifyGlobalCluster takes no minor version, so it keeps what it was created with")
)

var oneGlobalDatabase = policies.Policy{
	ID: "DB-01", Title: "One global database has one cluster in every region, all of the same version",
	Source:    policies.MultiRegion,
	Component: policies.Database, STRIDE: "TD", Severity: policies.High,
	Fix:   "build the region's cluster with database.New; UPGRADING.md says how the version is changed",
	Count: []expect.Census{expect.One(globalType).Per(expect.Primary), expect.One(intent.ClusterType)},
	Expect: expect.Shapes{
		globalType: {"GlobalClusterIdentifier": theGlobal, "Engine": theEngine, "EngineVersion": createdVersion},
		intent.ClusterType: {
			"DBClusterIdentifier":     named("livechat-<environment>-<region>"),
			"GlobalClusterIdentifier": theGlobal, "Engine": theEngine, "EngineVersion": oneVersion,
		},
		instanceType: {"Engine": theEngine},
	},
	Reads: []string{globalType, intent.ClusterType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ClusterType) {
			if intent.InPrimary(c.Stack) && !waitsFor(e, c, func(r *template.Resource) bool { return r.Type == globalType }) {
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
