package policies

import (
	"slices"

	"livechat.example/cloud/policies/template"
)

var taskPolicies = []Policy{tasksHaveTheirRoles, tasksDoTheirJobOnly}

// taskServices are the services that run as ECS tasks in every region, so that any can take over, and last the one that the primary
// alone runs, whose database alone can be migrated.
var taskServices = []string{"gate", "chat", "dashboard", "llm", "worker", "migrate"}

// tasksOf are those of a stack's region.
func tasksOf(s *template.Stack) []string {
	if regions := regionsOf(s); len(regions) > 0 && regions[0] == s.Region {
		return taskServices
	}
	return taskServices[:len(taskServices)-1]
}

// taskRole is the name of a service's role in a region, of a stack's environment.
func taskRole(s *template.Stack, region, service string) string {
	return "livechat-" + s.Environment + "-" + region + "-" + service
}

// taskOf is the service whose role it is, in the region of its stack; "" if it is none's.
func taskOf(role *template.Resource) string {
	for _, service := range tasksOf(role.Stack) {
		if role.Get("RoleName").Is(taskRole(role.Stack, role.Stack.Region, service)) {
			return service
		}
	}
	return ""
}

const tasksPrincipal = "ecs-tasks.amazonaws.com"

var tasksHaveTheirRoles = Policy{
	ID: "TASK-01", Title: "Every service has one role in every region, migrate in the primary, which ECS alone takes up, for the tasks of this account and region",
	Source:    table("ECS/EKS (App Services)", "Network segmentation, IAM roles, container hardening, logging, multi-tenancy isolation"),
	Component: Services, STRIDE: "SE", Severity: High,
	Fix:   "make the role with role.NewTask in stacks.NewServices",
	Reads: []string{roleType},
	Check: func(e *template.Estate, f *Findings) {
		has := map[string]int{}
		for r := range e.All(roleType) {
			f.Saw(r)
			service, ofTasks := taskOf(r), trustsTasks(r)
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
			for _, service := range tasksOf(s) {
				if name := taskRole(s, s.Region, service); has[name] != 1 {
					f.FailStack(s, "there are %d roles %s, and one was meant", has[name], name)
				}
			}
		}
	},
}

// trustsTasks says that a role names ECS's tasks in its trust.
func trustsTasks(r *template.Resource) bool {
	return slices.ContainsFunc(r.Statements(), func(s template.Statement) bool {
		return s.Kind.Has(template.Trust) && s.Effect != "Deny" && slices.Contains(s.Principals["Service"], tasksPrincipal)
	})
}

// trustsOnlyTasks reports what in a role's trust is not ECS, for a task of its account and region ("Amazon ECS task IAM role"), and
// what the role has beside its one document of grants.
func trustsOnlyTasks(f *Findings, role *template.Resource) {
	s := role.Stack
	tasks := "arn:" + s.Partition() + ":ecs:" + s.Region + ":" + s.Account + ":*"
	for _, t := range trustOf(f, role, "sts:AssumeRole") {
		if !slices.Equal(lone(t, "Service"), []string{tasksPrincipal}) || !slices.Equal(t.Actions, []string{"sts:AssumeRole"}) ||
			!under(t, when("StringEquals", "aws:SourceAccount", s.Account), when("ArnLike", "aws:SourceArn", tasks)) {
			f.Fail(role, "%s: trusts more, or less, than ECS for the tasks of its account and region", place(t))
		}
	}
	if role.Get("Policies").Len() != 1 || !role.Get("ManagedPolicyArns").Missing() {
		f.Fail(role, "has more policies than its own, or none")
	}
	allowOnly(f, role, "AssumeRolePolicyDocument", "Description", "PermissionsBoundary", "Policies", "RoleName", "ManagedPolicyArns", "Tags")
}

var tasksDoTheirJobOnly = Policy{
	ID: "TASK-02", Title: "A service's role gives what its code does to the stores, secrets and keys of its region, and nothing else",
	Source:    table("LLM Context Service", "IAM, input validation, output filtering, least privilege"),
	Component: Services, STRIDE: "TIE", Severity: High,
	Fix:   "give it no more than taskStores in policies/task_roles.go states",
	Reads: slices.Concat([]string{clusterType, "AWS::KMS::Key", "AWS::KMS::Alias"}, grantTypes),
	Check: func(e *template.Estate, f *Findings) {
		given := grants(e)
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
		for r := range e.All(roleType) {
			service := taskOf(r)
			if service == "" {
				continue // TASK-01
			}
			f.Saw(r)
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
func taskJob(e *template.Estate, s *template.Stack, service string) job {
	j, prefix := job{}, "livechat-"+s.Environment
	add := func(action string, on ...string) { j[action] = append(j[action], on...) }
	arn := func(of, what string) string {
		return "arn:" + s.Partition() + ":" + of + ":" + s.Region + ":" + s.Account + ":" + what
	}
	decrypts := func(class string) {
		on := "the key of " + class + " in " + s.Region + ", which there is not"
		if k := classKey(e, s.Region, class); k != nil {
			on = k.Attribute("Arn")
		}
		add("kms:Decrypt", on)
	}
	its := taskStores[service]
	if its.database {
		for c := range e.All(clusterType) {
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
		add("sts:AssumeRole", ofIAM(s, "role/"+prefix+"-upload"))
		add("sts:TagSession", ofIAM(s, "role/"+prefix+"-upload"))
	}
	return j
}
