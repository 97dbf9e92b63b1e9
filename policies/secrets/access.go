package secrets

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// What a secret's policy denies: reading the value, and giving one or opening the secret to somebody.
var (
	secretReading  = []string{"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"}
	secretChanging = []string{"secretsmanager:CancelRotateSecret", "secretsmanager:DeleteResourcePolicy", "secretsmanager:DeleteSecret",
		"secretsmanager:PutResourcePolicy", "secretsmanager:PutSecretValue", "secretsmanager:RemoveRegionsFromReplication",
		"secretsmanager:ReplicateSecretToRegions", "secretsmanager:StopReplicationToReplica", "secretsmanager:UpdateSecret",
		"secretsmanager:UpdateSecretVersionStage"}
	secretAnything = []string{"secretsmanager:*"}
)

// secretRefusal is a Deny to everybody that a secret's policy has: of exactly these actions, under exactly these conditions.
type secretRefusal struct {
	what    string
	actions []string
	when    []template.Condition
}

func (r secretRefusal) is(s template.Statement) bool {
	return intent.SameSet(s.Actions, r.actions) && intent.SameSet(s.Resources, []string{"*"}) && intent.Forbids(s, r.actions[0], nil, r.when...)
}

// refusals are all that the policy of a secret says.
func refusals(s *template.Stack, k intent.SecretKind) []secretRefusal {
	notService := intent.When("BoolIfExists", "aws:PrincipalIsAWSService", "false")
	role := func(name string) string { return intent.IAMARN(s, "role/"+name) }
	var readers, rotator, people []string
	for i, region := range intent.RegionsOf(s) {
		for _, service := range k.Readers {
			if i == 0 || !k.Primary {
				readers = append(readers, role(intent.EstateName(s)+"-"+region+"-"+service))
			}
		}
	}
	if k.Rotates > 0 {
		rotator = []string{role(intent.EstateName(s) + "-" + s.Region + "-rotator")}
	}
	for _, person := range []string{"reader", "security", "operator", "break-glass"} {
		people = append(people, role(intent.EstateName(s)+"-"+person))
	}
	keepers := []string{role("cdk-" + intent.QualifierOf(s) + "-cfn-exec-role-" + s.Account + "-" + s.Region), role(intent.EstateName(s) + "-break-glass")}
	return []secretRefusal{
		{"other accounts", secretAnything, []template.Condition{intent.When("StringNotEquals", "aws:PrincipalAccount", s.Account), notService}},
		{"all but its readers", secretReading,
			[]template.Condition{intent.When("ArnNotEquals", "aws:PrincipalArn", slices.Concat(readers, rotator, keepers)...), notService}},
		{"changes by all but CloudFormation, its rotator and the broken glass", secretChanging,
			[]template.Condition{intent.When("ArnNotEquals", "aws:PrincipalArn", slices.Concat(rotator, keepers)...), notService}},
		{"people without a second factor", secretAnything,
			[]template.Condition{intent.When("ArnEquals", "aws:PrincipalArn", people...), intent.When("BoolIfExists", "aws:MultiFactorAuthPresent", "false")}},
	}
}

var secretsAdmitTheirReaders = policies.Policy{
	ID: "SECRET-05", Title: "Every secret has one policy, as long as it lives, by which only the roles that it is for read it, CloudFormation and its rotator change it, and people need a second factor for anything",
	Source:    policies.Risk(policies.Vaults, "Restrict vault access to least-privilege roles and require MFA for sensitive operations."),
	Component: policies.Management, STRIDE: "SIE", Severity: policies.High,
	Fix:   "let constructs/secret write it; a reader more is stated in policies/intent/secrets.go too",
	Reads: []string{intent.SecretType, intent.SecretPolicyType},
	Check: func(e *template.Estate, f *policies.Findings) {
		meant := intent.MeantSecrets(e)
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for p := range e.All(intent.SecretPolicyType) {
			f.AllowOnly(p, "BlockPublicPolicy", "ResourcePolicy", "SecretId")
			if r := e.Find(p.Get("SecretId"), intent.SecretType); r == nil || r.Stack != p.Stack {
				f.Fail(p, "is of no secret of its stack")
			}
			if !p.Get("BlockPublicPolicy").True() {
				f.Fail(p, "is put without Secrets Manager's own look at whom it admits")
			}
		}
		for r := range e.All(intent.SecretType) {
			policies, m := e.Referrers(r, intent.SecretPolicyType, "SecretId"), meantBy(meant, r)
			if len(policies) != 1 {
				f.Fail(r, "has %d policies, not one", len(policies))
			}
			for _, p := range policies {
				if p.DeletionPolicy() != r.DeletionPolicy() || p.UpdateReplacePolicy() != r.UpdateReplacePolicy() {
					f.Fail(p, "does not last as long as its secret")
				}
				if m != nil {
					checkRefusals(f, p, refusals(r.Stack, m.SecretKind))
				}
			}
		}
	},
}

// checkRefusals holds a secret's policy against all that it must say, in both directions.
func checkRefusals(f *policies.Findings, p *template.Resource, refusals []secretRefusal) {
	for _, s := range p.Statements() {
		if !slices.ContainsFunc(refusals, func(r secretRefusal) bool { return r.is(s) }) {
			f.Fail(p, "%s: says what the policy of this secret does not", intent.StatementName(s))
		}
	}
	for _, r := range refusals {
		if !slices.ContainsFunc(p.Statements(), r.is) {
			f.Fail(p, "does not refuse %s", r.what)
		}
	}
}
