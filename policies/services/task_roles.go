package services

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var taskPolicies = []policies.Policy{tasksHaveTheirRoles, tasksDoTheirJobOnly}

var tasksHaveTheirRoles = policies.Policy{
	ID: "TASK-01", Title: "Every service has one role in every region, migrate in the primary, which ECS alone takes up, for the tasks of this account and region",
	Source:    policies.Table("ECS/EKS (App Services)", "Network segmentation, IAM roles, container hardening, logging, multi-tenancy isolation"),
	Component: policies.Services, STRIDE: "SE", Severity: policies.High,
	Fix:   "make the role with role.NewTask in stacks.NewServices",
	Reads: []string{intent.RoleType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[string]int{}
		for r := range e.All(intent.RoleType) {
			f.Examined(r)
			service, ofTasks := intent.ServiceOfRole(r), trustsTasks(r)
			switch {
			case service == "" && ofTasks:
				f.Fail(r, "ECS's tasks may take it up, and it is no service's")
			case service != "":
				has[r.Get("RoleName").Text()]++
				trustsOnlyTasks(f, r)
			}
		}
		for _, s := range e.Stacks() {
			if s.Layer != "services" {
				continue
			}
			for _, service := range intent.ServicesOf(s) {
				if name := intent.ServiceRole(s, s.Region, service); has[name] != 1 {
					f.FailStack(s, "there are %d roles %s, and one was meant", has[name], name)
				}
			}
		}
	},
}

// trustsTasks says that a role names ECS's tasks in its trust.
func trustsTasks(r *template.Resource) bool {
	return slices.ContainsFunc(r.Statements(), func(s template.Statement) bool {
		return s.Kind.Has(template.Trust) && s.Effect != "Deny" && slices.Contains(s.Principals["Service"], intent.TasksPrincipal)
	})
}

// trustsOnlyTasks reports what in a role's trust is not ECS, for a task of its account and region ("Amazon ECS task IAM role"), and
// what the role has beside its one document of grants.
func trustsOnlyTasks(f *policies.Findings, role *template.Resource) {
	s := role.Stack
	tasks := "arn:" + s.Partition() + ":ecs:" + s.Region + ":" + s.Account + ":*"
	for _, t := range intent.TrustOf(f, role, "sts:AssumeRole") {
		if !slices.Equal(intent.SolePrincipals(t, "Service"), []string{intent.TasksPrincipal}) || !slices.Equal(t.Actions, []string{"sts:AssumeRole"}) ||
			!intent.HasExactlyConditions(t, intent.When("StringEquals", "aws:SourceAccount", s.Account), intent.When("ArnLike", "aws:SourceArn", tasks)) {
			f.Fail(role, "%s: trusts more, or less, than ECS for the tasks of its account and region", intent.StatementName(t))
		}
	}
	if role.Get("Policies").Len() != 1 || !role.Get("ManagedPolicyArns").Missing() {
		f.Fail(role, "has more policies than its own, or none")
	}
	f.AllowOnly(role, "AssumeRolePolicyDocument", "Description", "PermissionsBoundary", "Policies", "RoleName", "ManagedPolicyArns", "Tags")
}

var tasksDoTheirJobOnly = policies.Policy{
	ID: "TASK-02", Title: "A service's role gives what its code does to the stores, secrets and keys of its region, and nothing else",
	Source:    policies.Table("LLM Context Service", "IAM, input validation, output filtering, least privilege"),
	Component: policies.Services, STRIDE: "TIE", Severity: policies.High,
	Fix:   "give it no more than taskStores in policies/services/task_roles.go states",
	Reads: slices.Concat([]string{intent.ClusterType, "AWS::KMS::Key", "AWS::KMS::Alias"}, intent.GrantTypes),
	Check: func(e *template.Estate, f *policies.Findings) {
		given := intent.GrantsByRole(e)
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.RoleType) {
			service := intent.ServiceOfRole(r)
			if service == "" {
				continue // TASK-01
			}
			f.Examined(r)
			checkJob(f, r, r, given[r], taskJob(e, r.Stack, service))
		}
	},
}

// taskStores are what a service has to do with of what is stored: the database and the cache as a user of its own name.
var taskStores = map[string]struct {
	database, cache, registry, knowledge, uploads bool
	partners                                      bool   // the registry's index of them alone
	secrets                                       string // what their names are after the environment's prefix
}{
	"gate":      {cache: true, registry: true, secrets: "/partner/*/signing"},
	"chat":      {database: true, cache: true},
	"dashboard": {database: true, registry: true, secrets: "/partner/*/signing", uploads: true},
	"llm":       {database: true, knowledge: true, secrets: "/llm/*"},
	"worker":    {database: true, partners: true},
	"migrate":   {secrets: "/database/master"},
}

// taskJob is what a service has to be allowed in the region of a stack. It is a second reading of stacks.NewServices, on purpose.
func taskJob(e *template.Estate, s *template.Stack, service string) grants {
	j, prefix := grants{}, "livechat-"+s.Environment
	add := func(action string, on ...string) { j[action] = append(j[action], on...) }
	arn := func(of, what string) string {
		return "arn:" + s.Partition() + ":" + of + ":" + s.Region + ":" + s.Account + ":" + what
	}
	decrypts := func(class string) {
		on := "the key of " + class + " in " + s.Region + ", which there is not"
		if k := intent.ClassKey(e, s.Region, class); k != nil {
			on = k.Attribute("Arn")
		}
		add("kms:Decrypt", on)
	}
	its := taskStores[service]
	if its.database {
		for c := range e.All(intent.ClusterType) {
			if c.Stack.Region == s.Region {
				add("rds-db:connect", arn("rds-db", "dbuser:"+c.Attribute("DBClusterResourceId")+"/"+service))
			}
		}
	}
	if its.cache {
		add("elasticache:Connect", arn("elasticache", "replicationgroup:"+prefix+"-cache"), arn("elasticache", "user:"+prefix+"-"+service))
	}
	if its.registry {
		add("dynamodb:GetItem", arn("dynamodb", "table/"+prefix+"-registry"))
		add("dynamodb:Query", arn("dynamodb", "table/"+prefix+"-registry"))
		decrypts("registry")
	}
	if its.partners {
		add("dynamodb:Query", arn("dynamodb", "table/"+prefix+"-registry/index/partners"))
		decrypts("registry")
	}
	if its.secrets != "" {
		add("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:"+prefix+its.secrets+"-??????"))
		decrypts("secrets")
	}
	if its.knowledge {
		bucket := "arn:" + s.Partition() + ":s3:::" + prefix + "-" + s.Account + "-" + s.Region + "-knowledge"
		add("s3:ListBucket", bucket)
		add("s3:GetObject", bucket+"/*")
		decrypts("knowledge")
	}
	if its.uploads {
		add("sts:AssumeRole", intent.IAMARN(s, "role/"+prefix+"-upload"))
		add("sts:TagSession", intent.IAMARN(s, "role/"+prefix+"-upload"))
	}
	return j
}
