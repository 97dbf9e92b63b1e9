package registry

import (
	"slices"

	"livechat.example/cloud/constructs/policy"
)

// What is done with items, by who may do it. An action that is in none of these manages the table, and no policy of the table's own
// stands in its way: who could be shut out by one could not mend it.
var (
	reads  = []string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
	writes = []string{"dynamodb:DeleteItem", "dynamodb:PutItem"}
	others = []string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert",
		"dynamodb:PartiQLSelect", "dynamodb:PartiQLUpdate", "dynamodb:Scan", "dynamodb:UpdateItem"}
)

// statements are a replica's policy: nobody reads but its own region's services, nobody writes but the registrar, and nobody does
// anything else with an item, whatever his own policies allow. It allows nothing: roles have that of their own.
//
// Whoever acts for AWS or mends the table is left out everywhere. Replication is done by a service-linked role, which a policy that
// denies it stops ("DynamoDB global tables security": after 20 hours the replica is a table of its own, for good). CloudFormation needs
// rights to items to make a replica (the same page, and AWS::DynamoDB::GlobalTable), and could take the policy away anyway.
func statements(p Props, region string, registrar *string) []policy.Statement {
	table := arn(p, region)
	on := []string{table, table + "/index/*"}
	mends := slices.Concat(p.Mends, []string{
		"arn:aws:iam::" + p.Account + ":role/aws-service-role/replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication",
	})
	unless := func(sid string, actions []string, roles ...string) policy.Statement {
		return policy.Statement{
			Sid: sid, Deny: true, Principal: policy.Anyone, Actions: actions, Resources: on,
			Conditions: policy.Conditions{
				"StringNotEquals": {"aws:PrincipalArn": slices.Concat(roles, mends)},
				"BoolIfExists":    {"aws:PrincipalIsAWSService": "false"},
			},
		}
	}
	return []policy.Statement{
		{
			Sid: "OtherAccounts", Deny: true, Principal: policy.Anyone, Actions: []string{"dynamodb:*"}, Resources: on,
			Conditions: policy.Conditions{
				"StringNotEquals": {"aws:PrincipalAccount": p.Account},
				"BoolIfExists":    {"aws:PrincipalIsAWSService": "false"},
			},
		},
		unless("Readers", reads, p.Readers[region]...),
		unless("Writers", writes, *registrar),
		unless("Nobody", others),
	}
}

func arn(p Props, region string) string {
	return "arn:aws:dynamodb:" + region + ":" + p.Account + ":table/" + p.Table
}
