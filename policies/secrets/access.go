package secrets

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// What a secret's policy denies: to read the value, to change it or open the secret, and all.
var (
	secretReading  = []string{"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"}
	secretChanging = []string{"secretsmanager:CancelRotateSecret", "secretsmanager:DeleteResourcePolicy", "secretsmanager:DeleteSecret",
		"secretsmanager:PutResourcePolicy", "secretsmanager:PutSecretValue", "secretsmanager:RemoveRegionsFromReplication",
		"secretsmanager:ReplicateSecretToRegions", "secretsmanager:StopReplicationToReplica", "secretsmanager:UpdateSecret",
		"secretsmanager:UpdateSecretVersionStage"}
	secretAnything = []string{"secretsmanager:*"}
)

var secretsAdmitTheirReaders = policies.Policy{
	ID: "SECRET-05", Title: "Every secret has one policy: only its readers read it, and only its rotator changes it",
	Source:    policies.Risk(policies.Vaults, "Restrict vault access to least-privilege roles and require MFA for sensitive operations."),
	Component: policies.Management, STRIDE: "SIE", Severity: policies.High,
	Fix:   "let constructs/secret write it; a reader more is stated in policies/intent/secrets.go too",
	Count: []expect.Census{expect.One(intent.SecretPolicyType, "SecretId").Per(intent.SecretType)},
	Expect: expect.Shapes{intent.SecretPolicyType: {
		"SecretId":            expect.Own(intent.SecretType),
		"BlockPublicPolicy":   expect.True,
		"ResourcePolicy":      expect.Document("what its secret's kind needs", secretRefusals, intent.SecretType),
		"DeletionPolicy":      asItsSecret((*template.Resource).DeletionPolicy),
		"UpdateReplacePolicy": asItsSecret((*template.Resource).UpdateReplacePolicy),
	}},
}

func asItsSecret(attribute func(*template.Resource) string) expect.Want {
	return expect.Equals("as that of its secret", func(at expect.At) string {
		if r := secretOf(at); r != nil {
			return attribute(r)
		}
		return ""
	}, intent.SecretType)
}

// secretOf is the secret that a policy or a schedule is of, nil if there is none.
func secretOf(at expect.At) *template.Resource {
	return at.Estate.Find(at.Resource.Get("SecretId"), intent.SecretType)
}

// secretRefusals returns all that a secret's policy says: identity policies allow, it denies. People need a second factor for anything, where
// their sessions show it ("AWS global condition context keys", aws:MultiFactorAuthPresent: not those of Identity Center), and
// CloudFormation and the break-glass role may do what the rotator does.
func secretRefusals(at expect.At) []template.Statement {
	s, k := at.Stack(), kindOf(at.Estate, secretOf(at))
	roles := func(names ...string) []string {
		for i, name := range names {
			names[i] = intent.IAMARN(s, "role/"+name)
		}
		return names
	}
	estate := intent.EstateName(s)
	keepers := roles("cdk-"+intent.QualifierOf(s)+"-cfn-exec-role-"+s.Account+"-"+s.Region, estate+"-break-glass")
	if k.Rotates > 0 {
		keepers = append(keepers, roles(estate+"-"+s.Region+"-rotator")...)
	}
	readers := slices.Clone(keepers)
	for i, region := range intent.RegionsOf(s) {
		for _, service := range k.Readers {
			if i == 0 || !k.Primary {
				readers = append(readers, roles(estate+"-"+region+"-"+service)...)
			}
		}
	}
	people := roles(estate+"-reader", estate+"-security", estate+"-operator", estate+"-break-glass")
	noService := intent.When("BoolIfExists", "aws:PrincipalIsAWSService", "false")
	refusals := []template.Statement{
		denial(secretAnything, intent.When("StringNotEquals", "aws:PrincipalAccount", s.Account), noService),
		denial(secretReading, intent.When("ArnNotEquals", "aws:PrincipalArn", readers...), noService),
		denial(secretChanging, intent.When("ArnNotEquals", "aws:PrincipalArn", keepers...), noService),
	}
	if !intent.ShowsNoFactor(at.Estate, s) {
		refusals = append(refusals, denial(secretAnything, intent.When("ArnEquals", "aws:PrincipalArn", people...), intent.When("BoolIfExists", "aws:MultiFactorAuthPresent", "false")))
	}
	return refusals
}

func denial(actions []string, when ...template.Condition) template.Statement {
	return template.Statement{Effect: "Deny", Actions: actions, Resources: []string{"*"}, Conditions: when,
		Principals: map[string][]string{"AWS": {"*"}}}
}
