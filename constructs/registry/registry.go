package registry

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/function"
	"livechat.example/cloud/constructs/policy"
)

// Props are the table, its replicas, and who may use them.
type Props struct {
	Table    string   // required: the name, in every region
	Account  string   // required
	Regions  []string // required: the stack's own first
	KeyAlias string   // required: of the registry's key in every region, without "alias/"
	// Key is the registry's in the stack's region, LogKey that of the functions' logs.
	Key, LogKey awskms.IKey // required
	// Readers are the ARNs of the roles that read a replica, by its region.
	Readers map[string][]string // required
	// Mends are the ARNs of the roles that no replica's policy shuts out: CloudFormation's, and the one for when nothing else helps.
	Mends []string          // required
	Tags  map[string]string // required: of every replica

	Registrar, TablePolicy Function // required
	// Network is the registrar's place; the other function touches no item, and lies in no VPC since it goes to every region.
	Network function.Network // required
}

// Function is the name and code of one of the registry's functions.
type Function struct {
	Name string
	Code function.Code
}

// Registry is the table and the function that writes partners' records into it.
type Registry struct {
	Table     awsdynamodb.CfnGlobalTable
	name      string
	registrar function.Function
}

// The functions have a minute, most of it for roles whose permissions have not reached DynamoDB yet. The stack waits longer, so that
// it hears what failed; it waits no longer than that if nothing is heard.
const (
	seconds        = 60
	serviceSeconds = 300
)

// New is a registry that nobody reads but its region's services and nobody writes but the registrar, in any region.
func New(scope constructs.Construct, p Props) Registry {
	if p.Table == "" || p.Account == "" || len(p.Regions) == 0 || p.KeyAlias == "" || p.Key == nil || p.LogKey == nil || len(p.Mends) == 0 {
		panic(fmt.Sprintf("registry.Props: all are required: table %q, account %q, regions %v, key alias %q, %d who mend",
			p.Table, p.Account, p.Regions, p.KeyAlias, len(p.Mends)))
	}
	table := newTable(scope, "Table", p)
	registrar := newRegistrar(scope, "Registrar", p)
	policies := newTablePolicy(scope, "TablePolicy", p)
	for _, region := range p.Regions {
		if len(p.Readers[region]) == 0 {
			panic("registry.Props: Readers has none for " + region)
		}
		given := ask(scope, "PolicyIn"+region, "Custom::TablePolicy", policies, map[string]any{
			"Table": arn(p, region), "Policy": policy.Document(statements(p, region, registrar.Role)...),
		})
		given.AddResourceDependency(table, nil)
		given.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil) // the table outlives the stack
	}
	return Registry{Table: table, name: p.Table, registrar: registrar}
}

// newRegistrar is a function that writes partners' records and nothing else of the table, and reads nothing.
//
// A caller decrypts the table's key through DynamoDB, whatever he does ("DynamoDB encryption at rest: how it works", table key caching:
// a call of KMS in the name of each caller); who may is his own policy's to say, since the key's leaves it to that.
func newRegistrar(scope constructs.Construct, id string, p Props) function.Function {
	return function.New(scope, id, function.Props{
		Name: p.Registrar.Name, Description: "Writes partners' records into the registry, at the deploy", Code: p.Registrar.Code,
		Account: p.Account, Region: p.Regions[0], Key: p.LogKey, Seconds: seconds, MemoryMB: 128, Network: p.Network,
		Policy: []policy.Statement{
			{Actions: writes, Resources: []string{arn(p, p.Regions[0])},
				Conditions: policy.Conditions{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": []string{"partner#*"}}}},
			{Actions: []string{"kms:Decrypt"}, Resources: []string{*p.Key.KeyArn()}},
		},
	})
}

// newTablePolicy is a function that gives replicas their policies and reads none of their items.
func newTablePolicy(scope constructs.Construct, id string, p Props) function.Function {
	replicas := make([]string, len(p.Regions))
	for i, region := range p.Regions {
		replicas[i] = arn(p, region)
	}
	return function.New(scope, id, function.Props{
		Name: p.TablePolicy.Name, Description: "Gives each replica of the registry its policy, at the deploy", Code: p.TablePolicy.Code,
		Account: p.Account, Region: p.Regions[0], Key: p.LogKey, Seconds: seconds, MemoryMB: 128,
		Policy: []policy.Statement{{Actions: []string{"dynamodb:PutResourcePolicy"}, Resources: replicas}},
	})
}

// ask is a custom resource that a function makes.
func ask(scope constructs.Construct, id, kind string, f function.Function, properties map[string]any) awscdk.CfnResource {
	properties["ServiceToken"], properties["ServiceTimeout"] = f.ARN, serviceSeconds
	return awscdk.NewCfnResource(scope, new(id), &awscdk.CfnResourceProps{Type: new(kind), Properties: &properties})
}
