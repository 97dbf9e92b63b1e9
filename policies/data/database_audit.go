package data

import (
	"maps"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// audit are the parameters by which every statement on our data is told, and no transcript or password with it.
var audit = map[string]string{
	"shared_preload_libraries":   "pg_stat_statements,pgaudit",
	"pgaudit.log":                "ddl,function,read,role,write",
	"pgaudit.log_parameter":      "0",
	"log_connections":            "1",
	"log_disconnections":         "1",
	"log_statement":              "none",
	"log_min_duration_statement": "-1",
}

var databaseIsAudited = policies.Policy{
	ID: "DB-06", Title: "pgaudit tells every statement that reads, writes, or changes a table, right or role, and who connected, without the values; nothing else is configured",
	Source:    policies.Answer(databaseAtRest, "Enable database audit logging."),
	Component: policies.Database, STRIDE: "TIE", Severity: policies.High,
	Fix:   "let database.New make the cluster's parameter group; a parameter more is judged in policies/data/database_audit.go first",
	Reads: []string{intent.ClusterType, clusterParametersType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			if parametersOf(e, c) == nil {
				f.Fail(c, "takes its parameters from %s, which is no group of its stack: it is audited as its group says", c.Get("DBClusterParameterGroupName"))
			}
		}
		for g := range e.All(clusterParametersType) {
			f.Examined(g)
			checkParameters(f, g, audit)
			says := maps.Collect(g.Get("Parameters").Map())
			for _, name := range slices.Sorted(maps.Keys(says)) {
				if audit[name] == "" && transport[name] == "" {
					f.Fail(g, "sets %s, which no policy judges", name)
				}
			}
		}
	},
}

var auditIsExported = policies.Policy{
	ID: "DB-07", Title: "Every cluster exports its log to a group that is there before it, encrypted and kept",
	Source:    policies.Answer(policies.AuditLogs, "Logs are stored in a tamper-evident system (e.g., AWS CloudWatch with retention and access controls)."),
	Component: policies.Database, STRIDE: "TI", Severity: policies.High,
	Fix:   "let database.New make the log group: RDS's own would be unencrypted and kept for ever",
	Reads: []string{intent.ClusterType, intent.LogGroupType, "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			if exports := intent.Texts(c.Get("EnableCloudwatchLogsExports")); !slices.Equal(exports, []string{"postgresql"}) {
				f.Fail(c, "exports %v, not its postgresql log", exports)
			}
			name := "/aws/rds/cluster/" + clusterID(c.Stack) + "/postgresql"
			group := e.Find(c.Value(name), intent.LogGroupType)
			switch {
			case group == nil || group.Stack != c.Stack || !slices.Contains(c.DependsOn(), group.ID):
				f.Fail(c, "does not wait for a log group %s of its stack", name)
			case intent.ClassKey(e, c.Stack.Region, "logs") == nil || e.Find(group.Get("KmsKeyId"), "AWS::KMS::Key") != intent.ClassKey(e, c.Stack.Region, "logs") || !intent.Retained(group):
				f.Fail(group, "holds the database's audit, and is not encrypted under the logs key of its region, or goes with its stack")
			}
		}
	},
}
