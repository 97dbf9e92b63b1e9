// Package secrets holds the KMS keys, and the secrets in Secrets Manager.
package secrets

import (
	"fmt"
	"slices"
	"strconv"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// Policies are all of this room.
var Policies = slices.Concat(keyPolicies, secretPolicies)

var secretPolicies = []policies.Policy{secretsAreMeant, secretsAreEncryptedAndCopied, secretsAreGenerated, secretsAdmitTheirReaders,
	secretsRotate, agesAlarm, agesAreReported, masterLeadsToTheDatabase, signingKeysLeave}

// kindOf is what a secret is meant as; no kind if its stack does not mean it.
func kindOf(e *template.Estate, r *template.Resource) intent.SecretKind {
	if r == nil {
		return intent.SecretKind{}
	}
	if m := intent.MeantSecrets(e)[r.Get("Name").Text()]; m.In == r.Stack {
		return m.SecretKind
	}
	return intent.SecretKind{}
}

var secretsAreMeant = policies.Policy{
	ID: "SECRET-01", Title: "The secrets are the master's password, and a key of each LLM provider and each partner",
	Source:    policies.Answer("How are we ensuring that in case of API key compromise of any partner", "Use unique credentials per partner."),
	Component: policies.Management, STRIDE: "SID", Severity: policies.High,
	Fix: "make the secret with secret.NewMaster, NewSigning or NewProvider, by the name that stacks/names.go gives it",
	Expect: expect.Shapes{intent.SecretType: {
		"Name": expect.Want{Text: "a secret that its stack means", Breaks: []any{"other"},
			Holds: func(at expect.At, v template.Value) bool {
				return intent.MeantSecrets(at.Estate)[v.Text()].In == at.Stack()
			}},
		"Description": expect.Any.OrAbsent(),
	}},
	Reads: []string{intent.SecretType},
	Check: func(e *template.Estate, f *policies.Findings) {
		there := map[string]int{}
		for r := range e.All(intent.SecretType) {
			there[r.Get("Name").Text()]++
		}
		for name, m := range intent.MeantSecrets(e) {
			if n := there[name]; n != 1 {
				f.FailStack(m.In, "has %d secrets %s, must have 1", n, name)
			}
		}
	},
}

var signingKeysLeave = policies.Policy{
	ID: "SECRET-10", Title: "A partner's signing key is deleted with the partner",
	Source:    policies.Answer("How are we ensuring that in case of API key compromise of any partner", "Use unique credentials per partner."),
	Component: policies.Management, STRIDE: "SID", Severity: policies.High,
	Fix:         "make the secret with secret.NewSigning",
	MayBeAbsent: "an environment may have no partner yet",
	Where:       intent.LeavesWithItsOwner,
	Expect:      expect.Shapes{intent.SecretType: {"DeletionPolicy": expect.Is("Delete"), "UpdateReplacePolicy": expect.Is("Delete")}},
}

var secretsAreEncryptedAndCopied = policies.Policy{
	ID: "SECRET-02", Title: "Every secret has a replica in every other region, each encrypted with its region's key",
	Source:    policies.Risk(policies.Vaults, "Encrypt secrets at rest and in transit."),
	Component: policies.Management, STRIDE: "ID", Severity: policies.High,
	Fix: "let constructs/secret write it, with the regions and alias that stacks/secrets.go gives",
	Expect: expect.Shapes{intent.SecretType: {
		"KmsKeyId":       expect.KeyOf("secrets"),
		"ReplicaRegions": expect.Each(expect.Object(expect.Shape{"Region": expect.Any, "KmsKeyId": keyOfReplica})).OrAbsent(),
	}},
	Reads: []string{intent.SecretType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.Each(e, intent.SecretType) {
			var in []string
			for _, replica := range r.Get("ReplicaRegions").List() {
				in = append(in, replica.Get("Region").Text())
			}
			others := slices.DeleteFunc(intent.RegionsOf(r.Stack), func(region string) bool { return region == r.Stack.Region })
			if !intent.SameList(in, others) {
				f.Fail(r, "ReplicaRegions are %v, must be %v: what takes over reads the secret in its own region", in, others)
			}
		}
	},
}

// keyOfReplica is the alias of the secrets key in the region of the replica.
var keyOfReplica = expect.Want{Text: "the alias of the secrets key in the replica's region", Reads: []string{intent.AliasType, intent.KeyType},
	Breaks: []any{"alias/aws/secretsmanager", "arn:aws:kms:us-east-1:999999999999:alias/livechat-prod-secrets"},
	Holds: func(at expect.At, v template.Value) bool {
		region := at.Resource.Get(at.Path[0], at.Path[1], "Region").Text()
		alias := at.Estate.Find(v, intent.AliasType)
		return alias != nil && alias.Stack.Region == region && intent.AliasClass(alias) == "secrets" &&
			intent.ClassKey(at.Estate, region, "secrets") != nil
	}}

var secretsAreGenerated = policies.Policy{
	ID: "SECRET-03", Title: "Secrets Manager generates every value, of letters and digits, as long as its kind takes",
	Source:    policies.Risk(policies.Vaults, "Use a centralized secrets management solution (e.g., AWS Secrets Manager, HashiCorp Vault) for all mTLS certificates, API keys, and sensitive configs."),
	Component: policies.Management, STRIDE: "ID", Severity: policies.High,
	Fix:         "let constructs/secret have it generated; a person puts a provider's key in its place by Secrets Manager (docs/runbooks/provider-key.md)",
	MayBeAbsent: "an environment may have no provider and no partner yet; SECRET-09 judges the master's",
	Where:       func(r *template.Resource) bool { return !isMaster(r) },
	Expect: expect.Shapes{intent.SecretType: {
		"GenerateSecretString": expect.Object(expect.Shape{"ExcludePunctuation": expect.True, "PasswordLength": lengthOfKind}),
	}},
}

var masterLeadsToTheDatabase = policies.Policy{
	ID: "SECRET-09", Title: "The master's secret is a generated password with the address of the environment's database",
	Source:    policies.Risk(policies.Vaults, "Use a centralized secrets management solution (e.g., AWS Secrets Manager, HashiCorp Vault) for all mTLS certificates, API keys, and sensitive configs."),
	Component: policies.Management, STRIDE: "ID", Severity: policies.High,
	Fix:   "make the secret with secret.NewMaster",
	Where: isMaster,
	Expect: expect.Shapes{intent.SecretType: {
		"GenerateSecretString": expect.Object(expect.Shape{
			"ExcludePunctuation": expect.True, "PasswordLength": lengthOfKind, "GenerateStringKey": expect.Is("password"),
			"SecretStringTemplate": expect.Equals("the address of the database", databaseAddress).Because("the rotator sends the password there"),
		}),
	}},
}

var lengthOfKind = expect.Equals("the length of the secret's kind", func(at expect.At) string {
	return strconv.Itoa(kindOf(at.Estate, at.Resource).Length)
})

func isMaster(r *template.Resource) bool { return r.Get("Name").Is(intent.MasterSecretName(r.Stack)) }

// databaseAddress is what the master's secret says but for the password.
func databaseAddress(at expect.At) string {
	return fmt.Sprintf(`{"dbname":"livechat","host":"database.%s.internal","port":5432,"username":"livechat_admin"}`, intent.EstateName(at.Stack()))
}
