package data

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// Other clusters and instances state no user, password or database: CDK-06 refuses one. RDS manages no password of a global database,
// so CloudFormation reads the secret and hands its value to RDS. A finding does not show what may be a password.
var masterIsSecret = policies.Policy{
	ID: "DB-03", Title: "The primary's cluster takes its master's password from Secrets Manager",
	Source:    policies.Risk(policies.Vaults, "Use a centralized secrets management solution (e.g., AWS Secrets Manager, HashiCorp Vault) for all mTLS certificates, API keys, and sensitive configs."),
	Component: policies.Database, STRIDE: "SIE", Severity: policies.High,
	Fix:   "give database.New a Master in the primary region only",
	Where: func(r *template.Resource) bool { return intent.InPrimary(r.Stack) },
	Expect: expect.Shapes{intent.ClusterType: {
		"MasterUsername": expect.Is("livechat_admin"), "DatabaseName": expect.Is("livechat"), // docs/database.md
		"MasterUserPassword": expect.Checked,
	}},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ClusterType) {
			reference := "{{resolve:secretsmanager:" + intent.EstateName(c.Stack) + "/database/master:SecretString:password}}"
			if intent.InPrimary(c.Stack) && !c.Get("MasterUserPassword").Is(reference) {
				f.Fail(c, "MasterUserPassword differs, must be %s", reference)
			}
		}
	},
}

var servicesLogInByIAM = policies.Policy{
	ID: "DB-04", Title: "Every cluster lets services log in by IAM",
	Source:    policies.Answer(databaseAtRest, "Enforce IAM-based access."),
	Component: policies.Database, STRIDE: "SE", Severity: policies.High,
	Fix:    "build the region's cluster with database.New",
	Expect: expect.Shapes{intent.ClusterType: {"EnableIAMDatabaseAuthentication": expect.True.Because("a password does not expire")}},
}

// transport are the parameters that decide how a client connects, each with what it may be.
var transport = map[string][]string{
	"rds.force_ssl":                     {"1"},
	"ssl_min_protocol_version":          {"TLSv1.2", "TLSv1.3"},
	"password_encryption":               {"scram-sha-256"},
	"rds.accepted_password_auth_method": {"scram"},
}

var databaseSpeaksTLS = policies.Policy{
	ID: "DB-05", Title: "Every cluster accepts only TLS 1.2 or later, and passwords only by SCRAM",
	Source:    policies.Answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: policies.Database, STRIDE: "STI", Severity: policies.High,
	Fix: "let database.New make the cluster's parameter group",
	Expect: expect.Shapes{
		intent.ClusterType:    {"DBClusterParameterGroupName": expect.Own(clusterParametersType)},
		clusterParametersType: retained(expect.Shape{"Family": ofVersion(databaseEngine, intent.ClusterType), "Description": expect.Any}),
	},
	Reads: []string{clusterParametersType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for g := range e.All(clusterParametersType) {
			for name, safe := range transport {
				if is := g.Get("Parameters", name); !slices.Contains(safe, is.Text()) {
					f.Fail(g, "%s is %s, must be one of %v", name, is, safe)
				}
			}
		}
	},
}

var databaseLiesInData = policies.Policy{
	ID: "DB-10", Title: "Every cluster lies in its region's data tier, in Aurora's security group only",
	Source:    policies.Answer(databaseAtRest, "Access to the database is restricted to application services within the VPC."),
	Component: policies.Database, STRIDE: "SIE", Severity: policies.High,
	Fix: "give database.New the data tier's subnets and the group that segment.New made for it",
	Expect: expect.Shapes{
		intent.ClusterType: {
			"DBSubnetGroupName": expect.Own(dbSubnetsType), "VpcSecurityGroupIds": groupOf("aurora"), "Port": expect.Is(flowPort("aurora")),
		},
		dbSubnetsType: retained(expect.Shape{"SubnetIds": dataSubnets, "DBSubnetGroupDescription": expect.Any}),
		instanceType:  {"PubliclyAccessible": expect.False},
	},
}
