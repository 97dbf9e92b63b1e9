package proof

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// The other policies hold each document to what it should say. These hold what all documents together allow: they ask a model of IAM
// who can do what, and a finding names the principal, the action, the resource and the statements. Both directions are held: a
// service that cannot do its work, its key included, is a finding as well as a principal that can do what it should not.
var accessPolicies = []policies.Policy{knowledgeIsFor, bucketsAreFor, keysAreFor, rolesAreFor, databaseIsFor, cacheIsFor, registryIsFor, secretsAreFor}

const followStatements = "remove the statement that the finding names, or add the missing one; policies/proof/access_uses.go says who should"

// resourceQuestion is what a policy asks of a resource: its permissions, none if the resource is of no known kind.
type resourceQuestion struct {
	resource
	permissions []permission
}

// accessPolicy completes a policy that asks the same of every resource of some types.
func accessPolicy(p policies.Policy, types []string, questions func(*template.Estate, *template.Resource) []resourceQuestion) policies.Policy {
	p.Fix, p.Reads = followStatements, accessTypes
	p.Check = func(e *template.Estate, f *policies.Findings) {
		a, is := readAccess(f, e)
		for r := range e.All(types...) {
			for _, q := range questions(e, r) {
				if q.permissions == nil {
					f.Fail(r, "nothing says who may use it")
				}
				if is {
					holdPermissions(f, a, q.resource, q.permissions)
				}
			}
		}
	}
	return p
}

// No principal deletes what a partner uploaded, either: the bucket's lifecycle does.
var knowledgeIsFor = accessPolicy(policies.Policy{
	ID: "ACC-01", Title: "Only the region's llm reads partners' knowledge, and only uploads and replication write it",
	Source:    policies.DataLeakage,
	Component: policies.LLMContext, STRIDE: "TIE", Severity: policies.High,
}, []string{"AWS::S3::Bucket"}, func(e *template.Estate, b *template.Resource) []resourceQuestion {
	if bucketKind(b) != "knowledge" {
		return nil
	}
	t := wholeResource(e, b)
	for _, class := range b.Stack.Intent().Get("knowledge", "retention").Keys() {
		t.within = append(t.within, "/"+class+"partner/object")
	}
	return []resourceQuestion{{t, bucketUses["knowledge"]}}
})

var bucketsAreFor = accessPolicy(policies.Policy{
	ID: "ACC-02", Title: "Only log delivery writes to the other buckets, and no principal reads their objects",
	Source:    policies.BucketRow,
	Component: policies.Buckets, STRIDE: "TI", Severity: policies.High,
}, []string{"AWS::S3::Bucket"}, func(e *template.Estate, b *template.Resource) []resourceQuestion {
	kind := bucketKind(b)
	if kind == "knowledge" {
		return nil
	}
	return []resourceQuestion{{wholeResource(e, b), bucketUses[kind]}}
})

// bucketKind is the end of a bucket's name, after what the names of all buckets of a region begin with.
func bucketKind(b *template.Resource) string {
	s := b.Stack
	kind, _ := strings.CutPrefix(b.Get("BucketName").Text(), "livechat-"+s.Environment+"-"+s.Account+"-"+s.Region+"-")
	return kind
}

// No principal creates grants for a key or administers it, either.
var keysAreFor = accessPolicy(policies.Policy{
	ID: "ACC-03", Title: "A key decrypts only for the principals that read the data that it encrypts",
	Source:    policies.Risk(policies.Vaults, "Restrict vault access to least-privilege roles and require MFA for sensitive operations."),
	Component: policies.Management, STRIDE: "IE", Severity: policies.High,
}, []string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}, func(e *template.Estate, k *template.Resource) []resourceQuestion {
	class := ""
	for alias := range e.All("AWS::KMS::Alias") {
		if alias.Stack.Name == k.Stack.Name && e.Find(alias.Get("TargetKeyId"), "AWS::KMS::Key") == k {
			class = intent.AliasClass(alias)
		}
	}
	return []resourceQuestion{{wholeResource(e, k), classUses[class]}}
})

// Each service has a user of its own name, so that it reads transcripts only as far as that user's rights go.
var databaseIsFor = accessPolicy(policies.Policy{
	ID: "ACC-05", Title: "Each service logs in to the database only as its own user",
	Source:    policies.Table("RDS/Database", "Encryption at rest, VPC-only access, IAM, audit logs"),
	Component: policies.Database, STRIDE: "SIE", Severity: policies.High,
}, []string{intent.ClusterType}, func(e *template.Estate, c *template.Resource) []resourceQuestion {
	var all []resourceQuestion
	for _, user := range append(slices.Clone(databaseUsers), otherUser) {
		// As rds-db:connect names it ("Creating and using an IAM policy for IAM database access").
		t := byARN(e, c, c.Stack.Region, "rds-db", "dbuser:"+c.Attribute("DBClusterResourceId")+"/"+user)
		all = append(all, resourceQuestion{t, loginUses(user)})
	}
	return all
})

// All services connect to the replication group. Elasticache:Connect names it and the user ("Authenticating with IAM").
var cacheIsFor = accessPolicy(policies.Policy{
	ID: "ACC-06", Title: "Only gate and chat connect to the cache, each as its own user",
	Source:    policies.LateralMovement,
	Component: policies.Database, STRIDE: "SIE", Severity: policies.High,
}, []string{"AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::User"}, func(e *template.Estate, c *template.Resource) []resourceQuestion {
	id, by := "replicationgroup:"+c.Get("ReplicationGroupId").Text(), taskRoles(cacheUsers...)
	if c.Type == "AWS::ElastiCache::User" {
		id, by = "user:"+c.Get("UserId").Text(), noPrincipal
		if user := strings.TrimPrefix(c.Get("UserId").Text(), "livechat-"+c.Stack.Environment+"-"); slices.Contains(cacheUsers, user) {
			by = taskRoles(user)
		}
	}
	return []resourceQuestion{{byARN(e, c, c.Stack.Region, "elasticache", id), connectUses(by)}}
})

// Gate and dashboard read records and revocations, worker the index of partners.
var registryIsFor = accessPolicy(policies.Policy{
	ID: "ACC-07", Title: "Only the principals that a permission names use the registry, in their own region",
	Source:    policies.Table("API Gateway", "AuthN/Z, input validation, rate limiting, audit logs, single entry point for all public/partner/admin access"),
	Component: policies.Database, STRIDE: "TIE", Severity: policies.High,
}, []string{"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"}, func(e *template.Estate, r *template.Resource) []resourceQuestion {
	name := r.Get("TableName").Text()
	if name != "livechat-"+r.Stack.Environment+"-registry" {
		return []resourceQuestion{{resource: wholeResource(e, r)}}
	}
	var all []resourceQuestion
	for _, region := range copiesOf(r, "Replicas") {
		all = append(all, resourceQuestion{copyIn(e, r, region), tableUses},
			resourceQuestion{byARN(e, r, region, "dynamodb", "table/"+name+"/index/partners"), indexUses})
	}
	return all
})

// copiesOf are the regions that a resource is in: its stack's, and those that one of its lists names.
func copiesOf(r *template.Resource, property string) []string {
	regions := []string{r.Stack.Region}
	for _, v := range r.Get(property).List() {
		if region := v.Get("Region").Text(); region != "" && !slices.Contains(regions, region) {
			regions = append(regions, region)
		}
	}
	return regions
}

var secretsAreFor = accessPolicy(policies.Policy{
	ID: "ACC-08", Title: "Only the principals that a secret is for read and change it, in their own region",
	Source:    policies.Risk(policies.Vaults, "Restrict vault access to least-privilege roles and require MFA for sensitive operations."),
	Component: policies.Management, STRIDE: "SIE", Severity: policies.High,
}, []string{"AWS::SecretsManager::Secret"}, func(e *template.Estate, r *template.Resource) []resourceQuestion {
	name, own := strings.CutPrefix(r.Get("Name").Text(), "livechat-"+r.Stack.Environment)
	for _, kind := range secretKinds {
		if own && strings.HasPrefix(name, kind.begins) && strings.HasSuffix(name, kind.ends) {
			var all []resourceQuestion
			for _, region := range copiesOf(r, "ReplicaRegions") {
				all = append(all, resourceQuestion{copyIn(e, r, region), kind.uses})
			}
			return all
		}
	}
	return []resourceQuestion{{resource: wholeResource(e, r)}}
})

// No principal changes a role, either, and only those who deploy assume roles that no template holds.
var rolesAreFor = policies.Policy{
	ID: "ACC-04", Title: "Only the principal that a role is for assumes it, and no principal passes it",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "SE", Severity: policies.High,
	Fix:   followStatements,
	Reads: accessTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		a, is := readAccess(f, e)
		home := intent.IdentityStack(e, f, "which roles there are")
		if !is || home == nil {
			return
		}
		for r := range e.All(intent.RoleType) {
			holdAssumers(f, a, e, r, home)
			if a.resources == nil {
				holdPermissions(f, a, wholeResource(e, r), roleUses)
			}
		}
		for _, p := range a.Principals() {
			if !f.Enough() && a.resources == nil && a.of(p.Title()) {
				assumesOnly(f, a, p, home)
			}
		}
	},
}

// holdAssumers reports which principals assume a role, and pass it, and should not, and which should assume it and cannot.
func holdAssumers(f *policies.Findings, a accessModel, e *template.Estate, r *template.Resource, home *template.Stack) {
	f.Examined(r)
	kind, by := assumedBy(e, r, home)
	if kind == "" {
		f.Fail(r, "nothing says who may assume it: the role is of no known kind")
	}
	if f.Enough() || !a.mayDiffer(r, r.Stack.Region) {
		return
	}
	breakGlass := exemptPrincipals(r.Stack)[1] // it may do everything, so it may pass every role
	of := func(title string) bool { return title != breakGlass && (a.changed(titleOf(r)) || a.changed(title)) }
	found := a.Comers(r, of)
	for _, x := range found {
		how, to, passes := strings.Cut(x.Action, " to ")
		switch {
		case passes:
			f.Fail(r, "%s %s %s to %s, and no principal should: %s", x.Title, how, r, to, x.Told())
		case !slices.Contains(by, x.Title):
			f.Fail(r, "%s %s %s, and %s should: %s", x.Title, how, r, principals{says: strings.Join(by, ", ")}, x.Told())
		default:
			if x.Anyone {
				f.Fail(r, "%s assumes %s for every account, must be for its own: %s", x.Title, r, x.Told())
			}
			if x.Allowed != access.Yes {
				f.Fail(r, "whether %s assumes %s is unknown: %s", x.Title, r, x.Told())
			}
		}
	}
	for _, title := range by {
		is := slices.ContainsFunc(found, func(x access.Access) bool { return x.Title == title })
		if !is && of(title) {
			f.Fail(r, "%s cannot assume %s, the role of %s", title, r, kind)
		}
	}
}

// assumesOnly reports each role of no template that a principal assumes, since what it may do is unknown. Those who deploy assume CDK's.
func assumesOnly(f *policies.Findings, a accessModel, p *access.Principal, home *template.Stack) {
	var to []string
	_, pipeline := intent.PipelineSubjects(home)[p.Name]
	if pipeline || len(intent.JobFunctionOf(p.Role, home).Assumes) > 0 {
		to = intent.BootstrapRoles(home, []string{"deploy", "file-publishing", "lookup"})
	}
	if intent.ServiceOfRole(p.Role) == "dashboard" {
		to = []string{intent.IAMARN(home, "role/livechat-"+home.Environment+"-upload")}
	}
	for _, hop := range a.Beyond(p) {
		if !slices.Contains(to, hop.Role) {
			f.Fail(p.Role, "%s assumes %s, which is in no template: what it may do is unknown", p.Title(), hop.Role)
		}
	}
}
