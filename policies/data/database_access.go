package data

import (
	"maps"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// Who the primary's first database is made for (docs/database.md).
const (
	masterName     = "livechat_admin"
	masterDatabase = "livechat"
)

// masterReference is the one way in which a template may name a password: CloudFormation reads the secret and hands its value to RDS.
func masterReference(s *template.Stack) string {
	return "{{resolve:secretsmanager:" + globalID(s) + "/database/master:SecretString:password}}"
}

// credentials are the properties by which a cluster or an instance gets a user, and what RDS refuses of a secondary.
var credentials = []string{"MasterUsername", "MasterUserPassword", "DatabaseName", "DBName", "ManageMasterUserPassword",
	"MasterUserSecret", "MasterUserAuthenticationType", "TdeCredentialArn", "TdeCredentialPassword"}

var masterIsSecret = policies.Policy{
	ID: "DB-03", Title: "The primary's master has the password of his secret, which RDS does not manage; a secondary and an instance bring no user, password or database along",
	Source:    policies.Risk(policies.Vaults, "Use a centralized secrets management solution (e.g., AWS Secrets Manager, HashiCorp Vault) for all mTLS certificates, API keys, and sensitive configs."),
	Component: policies.Database, STRIDE: "SIE", Severity: policies.High,
	Fix:   "give database.New a Master in the primary region alone; RDS manages no password of a global database",
	Reads: []string{intent.ClusterType, instanceType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All(intent.ClusterType, instanceType) {
			f.Examined(r)
			meant := map[string]string{}
			if r.Type == intent.ClusterType && inPrimary(r.Stack) {
				meant = map[string]string{"MasterUsername": masterName, "DatabaseName": masterDatabase, "MasterUserPassword": masterReference(r.Stack)}
			}
			for _, property := range credentials {
				switch is := r.Get(property); {
				case meant[property] != "" && !is.Is(meant[property]):
					f.Fail(r, "%s is not %s", property, meant[property])
				case meant[property] == "" && !is.Missing():
					f.Fail(r, "has %s, which no member but the primary's cluster has, or which RDS would manage", property)
				}
			}
		}
	},
}

var servicesLogInByIAM = policies.Policy{
	ID: "DB-04", Title: "Every cluster lets services in by IAM",
	Source:    policies.Answer(databaseAtRest, "Enforce IAM-based access."),
	Component: policies.Database, STRIDE: "SE", Severity: policies.High,
	Fix:   "build the region's cluster with database.New",
	Reads: []string{intent.ClusterType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			if !c.Get("EnableIAMDatabaseAuthentication").True() {
				f.Fail(c, "lets nobody in by IAM, but by a password that does not end")
			}
		}
	},
}

// transport are the parameters by which nobody listens, and no password is worth stealing from the catalog.
var transport = map[string]string{
	"rds.force_ssl":                     "1",
	"ssl_min_protocol_version":          "TLSv1.2",
	"password_encryption":               "scram-sha-256",
	"rds.accepted_password_auth_method": "scram",
}

var databaseSpeaksTLS = policies.Policy{
	ID: "DB-05", Title: "Every cluster answers by TLS 1.2 or later alone, and takes passwords by SCRAM alone",
	Source:    policies.Answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: policies.Database, STRIDE: "STI", Severity: policies.High,
	Fix:   "let database.New make the cluster's parameter group",
	Reads: []string{intent.ClusterType, clusterParametersType},
	Check: func(e *template.Estate, f *policies.Findings) {
		used := map[*template.Resource]int{}
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			group := parametersOf(e, c)
			if group == nil {
				f.Fail(c, "takes its parameters from %s, which is no group of its stack: it answers as its group says", c.Get("DBClusterParameterGroupName"))
				continue
			}
			used[group]++
			checkParameters(f, group, transport)
		}
		for g := range e.All(clusterParametersType) {
			f.Examined(g)
			if !g.Get("Family").Is(databaseFamily) {
				f.Fail(g, "is of %s, and the clusters are of %s", g.Get("Family"), databaseFamily)
			}
			if used[g] != 1 || !intent.Retained(g) {
				f.Fail(g, "is the parameters of %d clusters, not of one for as long as that is there", used[g])
			}
		}
	},
}

// parametersOf is the parameter group of a cluster, nil if it is not one of the cluster's own stack.
func parametersOf(e *template.Estate, c *template.Resource) *template.Resource {
	g := e.Find(c.Get("DBClusterParameterGroupName"), clusterParametersType)
	if g == nil || g.Stack != c.Stack {
		return nil
	}
	return g
}

func checkParameters(f *policies.Findings, group *template.Resource, meant map[string]string) {
	says := maps.Collect(group.Get("Parameters").Map())
	for _, name := range slices.Sorted(maps.Keys(meant)) {
		if is := says[name]; !is.Is(meant[name]) {
			f.Fail(group, "%s is %s, not %s", name, is, meant[name])
		}
	}
}

var databaseLiesInData = policies.Policy{
	ID: "DB-10", Title: "Every cluster lies in all subnets of its region's data tier and in no other, in the group of Aurora alone, and no instance has a public address",
	Source:    policies.Answer(databaseAtRest, "Access to the database is restricted to application services within the VPC."),
	Component: policies.Database, STRIDE: "SIE", Severity: policies.High,
	Fix:   "give database.New the data tier's subnets and the group that segment.New made for it",
	Reads: []string{intent.ClusterType, instanceType, dbSubnetsType, intent.GroupType, intent.SubnetType, intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		groups, used := intent.GroupsByID(e), map[*template.Resource]int{}
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			named := intent.Texts(c.Get("VpcSecurityGroupIds"))
			if len(named) != 1 || groups[named[0]] == nil || intent.PartyOf(groups[named[0]]) != "aurora" || groups[named[0]].Stack.Region != c.Stack.Region {
				f.Fail(c, "is in %v, not in the group of aurora in %s alone", named, c.Stack.Region)
			}
			if !c.Get("Port").Is(databasePort) {
				f.Fail(c, "listens on %s, and the flows are to %s", c.Get("Port"), databasePort)
			}
			s := e.Find(c.Get("DBSubnetGroupName"), dbSubnetsType)
			if s == nil || s.Stack != c.Stack {
				f.Fail(c, "lies in %s, which are no subnets of its stack", c.Get("DBSubnetGroupName"))
				continue
			}
			used[s]++
		}
		for s := range e.All(dbSubnetsType) {
			f.Examined(s)
			checkDataSubnets(e, f, s)
			if used[s] != 1 || !intent.Retained(s) {
				f.Fail(s, "is the subnets of %d clusters, not of one for as long as that is there", used[s])
			}
		}
		for i := range e.All(instanceType) {
			f.Examined(i)
			if !i.Get("PubliclyAccessible").False() {
				f.Fail(i, "it is not stated that it has no public address")
			}
		}
	},
}

// checkDataSubnets holds a group of subnets to those of the data tier of its region's VPC.
func checkDataSubnets(e *template.Estate, f *policies.Findings, s *template.Resource) {
	meant := intent.SubnetsOf(e, s.Stack.Region, "data")
	has := map[*template.Resource]bool{}
	for _, v := range s.Get("SubnetIds").List() {
		subnet := e.Find(v, intent.SubnetType)
		if subnet == nil || !slices.Contains(meant, subnet) {
			f.Fail(s, "%s is no subnet of the data tier in %s", v, s.Stack.Region)
		}
		has[subnet] = true
	}
	for _, subnet := range meant {
		if !has[subnet] {
			f.Fail(s, "leaves out %s of the data tier", subnet)
		}
	}
	if len(meant) < 2 {
		f.Fail(s, "the data tier of %s has %d subnets, and two were needed", s.Stack.Region, len(meant))
	}
}
