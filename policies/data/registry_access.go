package data

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// What is done with items, by who may do it: a second reading of constructs/registry. What manages the table is in none of these: a
// table's policy that denies it locks out who would mend it.
var (
	itemReads  = []string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
	itemWrites = []string{"dynamodb:DeleteItem", "dynamodb:PutItem"}
	itemOthers = []string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert",
		"dynamodb:PartiQLSelect", "dynamodb:PartiQLUpdate", "dynamodb:Scan", "dynamodb:UpdateItem"}
)

// registryReaders are who reads the registry in every region, by the end of the role's name.
var registryReaders = []string{"gate", "authorizer", "dashboard", "worker"}

// replicator is the role by which DynamoDB replicates. Denied, it stops, and after 20 hours the replica is a table of its own ("DynamoDB
// global tables security").
const replicator = "role/aws-service-role/replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication"

var replicasAreClosed = policies.Policy{
	ID: "REG-04", Title: "Nobody reads a replica of the registry but the services of its region that judge by it, nobody writes but the registrar, nobody scans, and no other account does anything, whatever their own policies allow",
	Source:    policies.Answer("How are we ensuring that in case of API key compromise of any partner", "Access is scoped per partner, and keys cannot be used to access other partners' data or services."),
	Component: policies.Gateway, STRIDE: "STIE", Severity: policies.High,
	Fix:   "let registry.New ask for a Custom::TablePolicy in every region; who reads is stated in stacks/registry.go and policies/data/registry_access.go",
	Reads: []string{globalTableType, intent.TablePolicyType, intent.FunctionType, intent.RoleType},
	Check: func(e *template.Estate, f *policies.Findings) {
		given := map[string]int{}
		for p := range e.All(intent.TablePolicyType) {
			f.Examined(p)
			given[p.Get("Table").Text()]++
			checkTablePolicy(e, f, p)
		}
		for t := range e.All(globalTableType) {
			f.Examined(t)
			for _, region := range intent.RegionsOf(t.Stack) {
				if n := given[intent.RegistryARN(t.Stack, region)]; n != 1 {
					f.Fail(t, "its replica in %s has %d policies, not one", region, n)
				}
			}
		}
	},
}

// closing is a statement that a replica's policy must have.
type closing struct {
	sid     string
	actions []string
	unless  template.Condition
}

// checkTablePolicy holds a replica's policy to exactly what closes it: it allows nothing, and denies nobody more.
func checkTablePolicy(e *template.Estate, f *policies.Findings, p *template.Resource) {
	region := slices.IndexFunc(intent.RegionsOf(p.Stack), func(r string) bool { return p.Get("Table").Is(intent.RegistryARN(p.Stack, r)) })
	if region < 0 {
		f.Fail(p, "is of %s, which is no replica of the registry", intent.OrElse(p.Get("Table").String(), "no table"))
		return
	}
	if table := registryIn(p.Stack); table == nil || !slices.Contains(p.DependsOn(), table.ID) {
		f.Fail(p, "does not wait for the table")
	}
	if !intent.Retained(p) {
		f.Fail(p, "goes before its table does")
	}
	if more := intent.UnexpectedKeys(p.Get("Policy"), "Version", "Statement"); len(more) > 0 {
		f.Fail(p, "its policy says %v, which none of a table says", more)
	}
	table, found := p.Get("Table").Text(), map[string]bool{}
	wanted := closingsOf(e, p.Stack, intent.RegionsOf(p.Stack)[region])
	for _, s := range p.Statements() {
		i := slices.IndexFunc(wanted, func(c closing) bool {
			return s.Effect == "Deny" && intent.IsReadable(s) && intent.IsForEverybody(s) && intent.SameList(s.Actions, c.actions) && intent.SameList(s.Resources, []string{table, table + "/index/*"}) &&
				intent.HasExactlyConditions(s, c.unless, intent.When("BoolIfExists", "aws:PrincipalIsAWSService", "false"))
		})
		if i < 0 || found[wanted[i].sid] {
			f.Fail(p, "%s: closes nothing that is to be closed, or lets somebody in: %s %v", intent.StatementName(s), s.Effect, s.Actions)
			continue
		}
		found[wanted[i].sid] = true
	}
	for _, c := range wanted {
		if !found[c.sid] {
			f.Fail(p, "does not deny %v to all but %v", c.actions, c.unless.Values)
		}
	}
}

// registryIn is the table of a stack, nil if it has none.
func registryIn(s *template.Stack) *template.Resource {
	for _, r := range s.Resources() {
		if r.Type == globalTableType {
			return r
		}
	}
	return nil
}

func closingsOf(e *template.Estate, s *template.Stack, region string) []closing {
	mends := []string{
		intent.IAMARN(s, "role/cdk-"+intent.QualifierOf(s)+"-cfn-exec-role-"+s.Account+"-"+s.Region), // makes replicas, for which it needs rights to items
		intent.IAMARN(s, "role/livechat-"+s.Environment+"-break-glass"),
		intent.IAMARN(s, replicator),
	}
	var readers []string
	for _, reader := range registryReaders {
		readers = append(readers, intent.IAMARN(s, "role/livechat-"+s.Environment+"-"+region+"-"+reader))
	}
	var writers []string
	if registrar := intent.Registrar(e); registrar != nil {
		if role := e.Find(registrar.Get("Role"), intent.RoleType); role != nil {
			writers = append(writers, role.Attribute("Arn"))
		}
	}
	unless := func(roles []string) template.Condition {
		return intent.When("StringNotEquals", "aws:PrincipalArn", slices.Concat(roles, mends)...)
	}
	return []closing{
		{"accounts", []string{"dynamodb:*"}, intent.When("StringNotEquals", "aws:PrincipalAccount", s.Account)},
		{"reads", itemReads, unless(readers)},
		{"writes", itemWrites, unless(writers)},
		{"others", itemOthers, unless(nil)},
	}
}
