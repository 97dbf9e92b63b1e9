package database

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
)

// parameters are what a cluster does other than by default, and some defaults that must not change unnoticed.
//
// The audit tells every statement that reads, writes, calls a function of ours, or changes a table, a right or a role; a leak is a read.
// Left out is misc, which is SET, FETCH and VACUUM. It tells the statement's text and not its parameters, in which
// the transcripts are; pgaudit takes passwords out, and log_statement would not.
var parameters = map[string]any{
	"rds.force_ssl":                     "1",
	"ssl_min_protocol_version":          "TLSv1.2",
	"password_encryption":               "scram-sha-256",
	"rds.accepted_password_auth_method": "scram",

	// Performance Insights counts statements by pg_stat_statements.
	"shared_preload_libraries":   "pg_stat_statements,pgaudit",
	"pgaudit.log":                "ddl,function,read,role,write",
	"pgaudit.log_parameter":      "0",
	"log_connections":            "1",
	"log_disconnections":         "1",
	"log_statement":              "none",
	"log_min_duration_statement": "-1", // it would tell parameters
}

// newParameters are kept as long as the cluster, which would answer without TLS if it lost them.
func newParameters(scope constructs.Construct, id string) *string {
	major, _, _ := strings.Cut(version, ".")
	group := awsrds.NewCfnDBClusterParameterGroup(scope, new(id), &awsrds.CfnDBClusterParameterGroupProps{
		Description: new("livechat: TLS, SCRAM and audit"),
		Family:      new(engine + major),
		Parameters:  parameters,
	})
	group.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	return group.Ref()
}
