package secret

import (
	"slices"

	"livechat.example/cloud/constructs/policy"
)

// Access is who may touch a secret, by the ARNs of roles. It gives nobody anything: a role's own policy does, within this.
type Access struct {
	Readers []string // who reads the value
	// Keepers also give it a value and change what it is: CloudFormation, which makes it, and who may break the glass.
	Keepers []string
	// Rotator, if any, reads the value and gives it another.
	Rotator []string
	// People do nothing without a second factor, whatever they may.
	People []string
	// FactorElsewhere says that people sign in by a provider that asks for the second factor itself: their sessions show none.
	FactorElsewhere bool
}

var (
	reading = []string{"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"}
	// changing is to give a value, or to open the secret: to somebody, or out of the reach of its rotation and policy.
	changing = []string{"secretsmanager:CancelRotateSecret", "secretsmanager:DeleteResourcePolicy", "secretsmanager:DeleteSecret",
		"secretsmanager:PutResourcePolicy", "secretsmanager:PutSecretValue", "secretsmanager:RemoveRegionsFromReplication",
		"secretsmanager:ReplicateSecretToRegions", "secretsmanager:StopReplicationToReplica", "secretsmanager:UpdateSecret",
		"secretsmanager:UpdateSecretVersionStage"}
)

// document refuses, and admits nobody. AWS's own services, which act without an account of theirs, have nothing but what the owner of the
// secret asked of them (DEPLOY-TRAPS §12).
func (a Access) document(account string) any {
	all := []string{"secretsmanager:*"}
	statements := []policy.Statement{
		{Sid: "DenyOtherAccounts", Deny: true, Principal: policy.Anyone, Actions: all, Conditions: policy.Conditions{
			"StringNotEquals": {"aws:PrincipalAccount": account}, "BoolIfExists": notAService,
		}},
		{Sid: "DenyReading", Deny: true, Principal: policy.Anyone, Actions: reading, Conditions: policy.Conditions{
			"ArnNotEquals": {"aws:PrincipalArn": slices.Concat(a.Readers, a.Rotator, a.Keepers)}, "BoolIfExists": notAService,
		}},
		{Sid: "DenyChanging", Deny: true, Principal: policy.Anyone, Actions: changing, Conditions: policy.Conditions{
			"ArnNotEquals": {"aws:PrincipalArn": slices.Concat(a.Rotator, a.Keepers)}, "BoolIfExists": notAService,
		}},
	}
	if !a.FactorElsewhere {
		statements = append(statements, policy.Statement{Sid: "DenyPeopleWithoutMFA", Deny: true, Principal: policy.Anyone, Actions: all, Conditions: policy.Conditions{
			"ArnEquals": {"aws:PrincipalArn": a.People}, "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"},
		}})
	}
	return policy.Values(statements...)
}

var notAService = map[string]any{"aws:PrincipalIsAWSService": "false"}
