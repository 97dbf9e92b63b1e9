package services

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var taskPolicies = []policies.Policy{tasksHaveTheirRoles, tasksDoTheirWorkOnly}

// A service has its role in every region, but for migrate, which runs in the primary.
var tasksHaveTheirRoles = policies.Policy{
	ID: "TASK-01", Title: "Every service has one role in its region, which only ECS assumes for this account",
	Source:    policies.Table("ECS/EKS (App Services)", "Network segmentation, IAM roles, container hardening, logging, multi-tenancy isolation"),
	Component: policies.Services, STRIDE: "SE", Severity: policies.High,
	Fix:   "make the role with role.NewTask in stacks.NewServices",
	Reads: []string{intent.RoleType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[string]int{}
		for r := range e.All(intent.RoleType) {
			f.Examined(r)
			switch service := intent.ServiceOfRole(r); {
			case service != "":
				has[r.Get("RoleName").Text()]++
				s := r.Stack
				checkRole(f, r, intent.TasksPrincipal, "arn:"+s.Partition()+":ecs:"+s.Region+":"+s.Account+":*")
			case trustsTasks(r):
				f.Fail(r, "RoleName is %s, must be that of a service: ECS's tasks assume it", r.Get("RoleName"))
			}
		}
		for _, s := range e.Stacks() {
			if s.Layer != "services" {
				continue
			}
			for _, service := range intent.ServicesOf(s) {
				if name := intent.ServiceRole(s, s.Region, service); has[name] != 1 {
					f.FailStack(s, "has %d roles %s, must have 1", has[name], name)
				}
			}
		}
	},
}

// trustsTasks reports whether a role names ECS's tasks in its trust.
func trustsTasks(r *template.Resource) bool {
	return slices.ContainsFunc(r.Statements(), func(s template.Statement) bool {
		return s.Kind.Has(template.Trust) && s.Effect != "Deny" && slices.Contains(s.Principals["Service"], intent.TasksPrincipal)
	})
}

var tasksDoTheirWorkOnly = policies.Policy{
	ID: "TASK-02", Title: "A service's role gives what its code does to the stores, secrets and keys of its region",
	Source:    policies.Table("LLM Context Service", "IAM, input validation, output filtering, least privilege"),
	Component: policies.Services, STRIDE: "TIE", Severity: policies.High,
	Fix:   "give it no more than taskStores in policies/services/task_roles.go states",
	Reads: slices.Concat([]string{intent.ClusterType, intent.KeyType, intent.AliasType}, intent.GrantTypes),
	Check: func(e *template.Estate, f *policies.Findings) {
		given := intent.GrantsByRole(e)
		for r := range e.All(intent.RoleType) {
			if service := intent.ServiceOfRole(r); service != "" {
				f.Examined(r)
				checkGrants(f, r, r, given[r], taskGrants(e, r.Stack, service))
			}
		}
	},
}

// taskStores are what a service has to do with of what is stored: the database and the cache as a user of its own name.
var taskStores = map[string]struct {
	database, cache, registry, knowledge, uploads bool
	partners                                      bool   // the registry's index of partners
	secrets                                       string // what their names are after the environment's prefix
}{
	"gate":      {cache: true, registry: true, secrets: "/partner/*/signing"},
	"chat":      {database: true, cache: true},
	"dashboard": {database: true, registry: true, secrets: "/partner/*/signing", uploads: true},
	"llm":       {database: true, knowledge: true, secrets: "/llm/*"},
	"worker":    {database: true, partners: true},
	"migrate":   {secrets: "/database/master"},
}

// taskGrants is what a service has to be allowed in the region of a stack. It is a second reading of stacks.NewServices, on purpose.
func taskGrants(e *template.Estate, s *template.Stack, service string) grants {
	g, prefix := grants{}, intent.EstateName(s)
	arn := func(of, what string) string {
		return "arn:" + s.Partition() + ":" + of + ":" + s.Region + ":" + s.Account + ":" + what
	}
	decrypts := func(class string) {
		on := "the " + class + " key of " + s.Region + ", which is missing"
		if k := intent.ClassKey(e, s.Region, class); k != nil {
			on = k.Attribute("Arn")
		}
		g.add(on, "kms:Decrypt")
	}
	its := taskStores[service]
	if its.database {
		for c := range e.All(intent.ClusterType) {
			if c.Stack.Region == s.Region {
				g.add(arn("rds-db", "dbuser:"+c.Attribute("DBClusterResourceId")+"/"+service), "rds-db:connect")
			}
		}
	}
	if its.cache {
		g.add(arn("elasticache", "replicationgroup:"+prefix+"-cache"), "elasticache:Connect")
		g.add(arn("elasticache", "user:"+prefix+"-"+service), "elasticache:Connect")
	}
	if its.registry {
		g.add(intent.RegistryARN(s, s.Region), "dynamodb:GetItem", "dynamodb:Query")
		decrypts("registry")
	}
	if its.partners {
		g.add(intent.RegistryARN(s, s.Region)+"/index/partners", "dynamodb:Query")
		decrypts("registry")
	}
	if its.secrets != "" {
		g.add(intent.SecretARN(s, prefix+its.secrets), "secretsmanager:GetSecretValue")
		decrypts("secrets")
	}
	if its.knowledge {
		bucket := "arn:" + s.Partition() + ":s3:::" + prefix + "-" + s.Account + "-" + s.Region + "-knowledge"
		g.add(bucket, "s3:ListBucket")
		g.add(bucket+"/*", "s3:GetObject")
		decrypts("knowledge")
	}
	if its.uploads {
		g.add(intent.IAMARN(s, "role/"+prefix+"-upload"), "sts:AssumeRole", "sts:TagSession")
	}
	return g
}
