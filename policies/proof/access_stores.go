package proof

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var databaseIsFor = policies.Policy{
	ID: "ACC-05", Title: "The database lets each service in as its own user and nobody as any other, so that transcripts are read as far as each user's rights go",
	Source:    policies.Table("RDS/Database", "Encryption at rest, VPC-only access, IAM, audit logs"),
	Component: policies.Database, STRIDE: "SIE", Severity: policies.High,
	Fix:   followStatements,
	Reads: accessTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		a, is := about(f, e)
		for c := range e.All(intent.ClusterType) {
			for _, user := range append(slices.Clone(databaseUsers), "any") {
				if is {
					holds(f, a, databaseUser(e, c, user), loginUses(user))
				}
			}
		}
	},
}

// databaseUser is a user of a region's database, as rds-db:connect names it ("Creating and using an IAM policy for IAM database
// access").
func databaseUser(e *template.Estate, c *template.Resource, user string) resource {
	s := c.Stack
	arn := "arn:" + s.Partition() + ":rds-db:" + s.Region + ":" + s.Account + ":dbuser:" + c.Attribute("DBClusterResourceId") + "/" + user
	return resource{Place: access.Place{ARN: arn}, e: e, at: s.Region, anchor: c}
}

// loginUses are of a database's user: the service of that name, or nobody. The worker logs in to the primary's.
func loginUses(user string) []permission {
	by := nobody
	if slices.Contains(databaseUsers, user) {
		by = services(user)
	}
	if user == "worker" {
		by = purges
	}
	return []permission{{"log in as " + user, []string{"rds-db:connect"}, by}}
}

var cacheIsFor = policies.Policy{
	ID: "ACC-06", Title: "The cache lets gate and chat in, each as its own user, and nobody else",
	Source:    policies.LateralMovement,
	Component: policies.Database, STRIDE: "SIE", Severity: policies.High,
	Fix:   followStatements,
	Reads: accessTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		a, is := about(f, e)
		for c := range e.All("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::User") {
			t, by := cacheThing(e, c)
			if is {
				holds(f, a, t, []permission{{"connect to it", []string{"elasticache:Connect"}, by}})
			}
		}
	},
}

// cacheThing is a replication group, which everybody of its users connects to, or a user, as elasticache:Connect names both
// ("Authenticating with IAM").
func cacheThing(e *template.Estate, c *template.Resource) (resource, principals) {
	s, prefix := c.Stack, "livechat-"+c.Stack.Environment+"-"
	what, by := "replicationgroup:"+c.Get("ReplicationGroupId").Text(), services(cacheUsers...)
	if c.Type == "AWS::ElastiCache::User" {
		what, by = "user:"+c.Get("UserId").Text(), nobody
		if user := strings.TrimPrefix(c.Get("UserId").Text(), prefix); slices.Contains(cacheUsers, user) {
			by = services(user)
		}
	}
	arn := "arn:" + s.Partition() + ":elasticache:" + s.Region + ":" + s.Account + ":" + what
	return resource{Place: access.Place{ARN: arn}, e: e, at: s.Region, anchor: c}, by
}

var registryIsFor = policies.Policy{
	ID: "ACC-07", Title: "The registry's records and revocations are read by gate and dashboard, in their own region, its index of partners by worker in the primary, and changed and administered by nobody else than who is named",
	Source:    policies.Table("API Gateway", "AuthN/Z, input validation, rate limiting, audit logs, single entry point for all public/partner/admin access"),
	Component: policies.Database, STRIDE: "TIE", Severity: policies.High,
	Fix:   followStatements,
	Reads: accessTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		a, is := about(f, e)
		for r := range e.All("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table") {
			if !r.Get("TableName").Is("livechat-" + r.Stack.Environment + "-registry") {
				f.Fail(r, "nothing says who may use it")
			}
			for _, region := range copiesOf(r, "Replicas") {
				if is {
					holds(f, a, resource{Place: access.Place{Resource: r, Region: region}, e: e, at: region, anchor: r}, tableUses)
					holds(f, a, resource{Place: access.Place{ARN: partnersIndex(r, region)}, e: e, at: region, anchor: r}, indexUses)
				}
			}
		}
	},
}

// partnersIndex is the index of a table in a region.
func partnersIndex(r *template.Resource, region string) string {
	return "arn:" + r.Stack.Partition() + ":dynamodb:" + region + ":" + r.Stack.Account + ":table/" + r.Get("TableName").Text() + "/index/partners"
}

// copiesOf are the regions that a resource is in: its stack's, and those that a list of its own names.
func copiesOf(r *template.Resource, property string) []string {
	regions := []string{r.Stack.Region}
	for _, v := range r.Get(property).List() {
		if region := v.Get("Region").Text(); region != "" && !slices.Contains(regions, region) {
			regions = append(regions, region)
		}
	}
	return regions
}

var secretsAreFor = policies.Policy{
	ID: "ACC-08", Title: "A secret is read by the services that it is for, in their own region, and by nobody else, and nobody changes or administers it but who is named",
	Source:    policies.Risk(policies.Vaults, "Restrict vault access to least-privilege roles and require MFA for sensitive operations."),
	Component: policies.Management, STRIDE: "SIE", Severity: policies.High,
	Fix:   followStatements,
	Reads: accessTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		a, is := about(f, e)
		for r := range e.All("AWS::SecretsManager::Secret") {
			uses := secretUsesOf(r)
			if uses == nil {
				f.Fail(r, "nothing says who may use it")
			}
			for _, region := range copiesOf(r, "ReplicaRegions") {
				if is {
					holds(f, a, resource{Place: access.Place{Resource: r, Region: region}, e: e, at: region, anchor: r}, uses)
				}
			}
		}
	},
}

func secretUsesOf(r *template.Resource) []permission {
	name, own := strings.CutPrefix(r.Get("Name").Text(), "livechat-"+r.Stack.Environment)
	for _, kind := range secretKinds {
		if own && strings.HasPrefix(name, kind.begins) && strings.HasSuffix(name, kind.ends) {
			return kind.uses
		}
	}
	return nil
}
