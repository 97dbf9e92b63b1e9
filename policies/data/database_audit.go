package data

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// parametersShape is that of a cluster's parameters. One that is not here may switch the audit off or row-level security.
func parametersShape() expect.Shape {
	values := expect.Is("0").Because("transcripts are among a statement's values")
	shape := expect.Shape{
		"shared_preload_libraries":   words("pgaudit", "pg_stat_statements"), // auto_explain would log values
		"pgaudit.log":                words("ddl,function,read,role,write"),
		"pgaudit.log_parameter":      values,
		"log_connections":            expect.Is("1"),
		"log_disconnections":         expect.Is("1"),
		"log_statement":              expect.Is("none").Because("it would log passwords"),
		"log_min_duration_statement": expect.Is("-1").Because("it would log values"),
	}
	for name := range transport {
		shape[name] = expect.Checked // DB-05
	}
	return shape
}

// words is a text of words between commas, in any order: all of those given, and others that may be there.
func words(all string, others ...string) expect.Want {
	must := strings.Split(all, ",")
	return expect.Want{
		Text: "the words " + all, Breaks: []any{strings.Join(append(must[1:], others...), ","), all + ",other"},
		Holds: func(_ expect.At, v template.Value) bool {
			is := strings.Split(v.Text(), ",")
			return intent.IsSubset(must, is) && intent.IsSubset(is, append(others, must...))
		},
	}
}

var databaseIsAudited = policies.Policy{
	ID: "DB-06", Title: "pgaudit logs every statement on data, tables, rights and roles, without its values",
	Source:    policies.Answer(databaseAtRest, "Enable database audit logging."),
	Component: policies.Database, STRIDE: "TIE", Severity: policies.High,
	Fix:    "let database.New make the cluster's parameter group; state another parameter in policies/data/database_audit.go first",
	Expect: expect.Shapes{clusterParametersType: {"Parameters": expect.Object(parametersShape())}},
}

// RDS's own log group would be unencrypted and never expire.
var auditIsExported = policies.Policy{
	ID: "DB-07", Title: "Every cluster exports its log to an encrypted group that is there before it",
	Source:    policies.Answer(policies.AuditLogs, "Logs are stored in a tamper-evident system (e.g., AWS CloudWatch with retention and access controls)."),
	Component: policies.Database, STRIDE: "TI", Severity: policies.High,
	Fix:    "let database.New make the log group",
	Expect: expect.Shapes{intent.ClusterType: {"EnableCloudwatchLogsExports": expect.Exactly("postgresql")}},
	Reads:  []string{intent.ClusterType, intent.LogGroupType, intent.KeyType, intent.AliasType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ClusterType) {
			name := "/aws/rds/cluster/" + c.Get("DBClusterIdentifier").Text() + "/postgresql"
			group := e.Find(c.Value(name), intent.LogGroupType)
			if group == nil || group.Stack != c.Stack || !slices.Contains(c.DependsOn(), group.ID) {
				f.Fail(c, "DependsOn is %v, must have the stack's log group %s: RDS makes a missing one unencrypted", c.DependsOn(), name)
				continue
			}
			if key := intent.ClassKey(e, c.Stack.Region, "logs"); key == nil || e.Find(group.Get("KmsKeyId"), intent.KeyType) != key {
				f.Fail(group, "KmsKeyId is %s, must be the region's logs key: the group holds the database's audit", group.Get("KmsKeyId"))
			}
		}
	},
}
