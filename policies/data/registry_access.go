package data

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// The actions on items, by who may do them. None of them manages the table: who would mend it must not be locked out.
var (
	itemReads  = []string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
	itemWrites = []string{"dynamodb:DeleteItem", "dynamodb:PutItem"}
	itemOthers = []string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert",
		"dynamodb:PartiQLSelect", "dynamodb:PartiQLUpdate", "dynamodb:Scan", "dynamodb:UpdateItem"}
)

// registryReaders are the services that read the registry in every region, by the end of the role's name. Worker reads the
// primary's.
var registryReaders = []string{"gate", "authorizer", "dashboard"}

// replicator is the role by which DynamoDB replicates. If it is denied, the replica becomes a table of its own after 20 hours
// ("DynamoDB global tables security").
const replicator = "role/aws-service-role/replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication"

// tablePolicyShape is that of a replica's policy, which allows nothing. Both resources of a replica go on to exist without the stack.
var tablePolicyShape = expect.Shapes{intent.TablePolicyType: retained(expect.Shape{
	"Policy": expect.Document("what closes a replica", closings, intent.FunctionType, intent.RoleType),
})}

var replicasAreClosed = policies.Policy{
	ID: "REG-04", Title: "Only its region's services read a replica of the registry, only the registrar writes it",
	Source:    policies.Answer("How are we ensuring that in case of API key compromise of any partner", "Access is scoped per partner, and keys cannot be used to access other partners' data or services."),
	Component: policies.Gateway, STRIDE: "STIE", Severity: policies.High,
	Fix:   "let registry.New ask for a Custom::TablePolicy in every region; who reads is stated in stacks/registry.go and policies/data/registry_access.go",
	Reads: []string{globalTableType, intent.TablePolicyType, intent.FunctionType, intent.RoleType},
	Check: func(e *template.Estate, f *policies.Findings) {
		policiesOf := map[string]int{}
		for p := range e.All(intent.TablePolicyType) {
			f.Examined(p)
			policiesOf[p.Get("Table").Text()]++
			if replicaRegion(p) == "" {
				f.Fail(p, "Table is %s, must be a replica of the registry", p.Get("Table"))
			}
			if !waitsFor(e, p, func(r *template.Resource) bool { return r.Type == globalTableType }) {
				f.Fail(p, "DependsOn is %v, must have the table", p.DependsOn())
			}
		}
		tablePolicyShape.Judge(e, e.All(intent.TablePolicyType), func(x expect.Fault) { f.Fail(x.Resource, "%s", x.Message) })
		for t := range e.All(globalTableType) {
			f.Examined(t)
			for _, region := range intent.RegionsOf(t.Stack) {
				if n := policiesOf[intent.RegistryARN(t.Stack, region)]; n != 1 {
					f.Fail(t, "has %d policies for its replica in %s, must have 1", n, region)
				}
			}
		}
	},
}

// replicaRegion is the region of the replica that a policy is for, "" if it is for none.
func replicaRegion(p *template.Resource) string {
	for _, region := range intent.RegionsOf(p.Stack) {
		if p.Get("Table").Is(intent.RegistryARN(p.Stack, region)) {
			return region
		}
	}
	return ""
}

// closings are the statements of a replica's policy: what they deny to all but some roles.
func closings(at expect.At) []template.Statement {
	s, region := at.Stack(), replicaRegion(at.Resource)
	mends := []string{
		intent.IAMARN(s, "role/cdk-"+intent.QualifierOf(s)+"-cfn-exec-role-"+s.Account+"-"+s.Region), // makes replicas, for which it needs rights to items
		intent.RoleARN(s, "break-glass"),
		intent.IAMARN(s, replicator),
	}
	var readers, writers []string
	for _, reader := range registryReaders {
		readers = append(readers, intent.RoleARN(s, region, reader))
	}
	if intent.IsPrimary(s, region) {
		readers = append(readers, intent.RoleARN(s, region, "worker"))
	}
	if registrar := intent.Registrar(at.Estate); registrar != nil {
		if role := at.Estate.Find(registrar.Get("Role"), intent.RoleType); role != nil {
			writers = append(writers, role.Attribute("Arn"))
		}
	}
	table := intent.RegistryARN(s, region)
	denies := func(actions []string, key string, unless ...string) template.Statement {
		return template.Statement{
			Effect: "Deny", Principals: map[string][]string{"AWS": {"*"}}, Actions: actions, Resources: []string{table, table + "/index/*"},
			Conditions: []template.Condition{
				intent.When("StringNotEquals", key, unless...), intent.When("BoolIfExists", "aws:PrincipalIsAWSService", "false"),
			},
		}
	}
	return []template.Statement{
		denies([]string{"dynamodb:*"}, "aws:PrincipalAccount", s.Account),
		denies(itemReads, "aws:PrincipalArn", slices.Concat(readers, mends)...),
		denies(itemWrites, "aws:PrincipalArn", slices.Concat(writers, mends)...),
		denies(itemOthers, "aws:PrincipalArn", mends...),
	}
}
