// Package secrets holds the KMS keys, and the secrets in Secrets Manager.
package secrets

import (
	"encoding/json"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// Policies are all of this room.
var Policies = slices.Concat(keyPolicies, secretPolicies)

var secretPolicies = []policies.Policy{secretsAreMeant, secretsAreEncryptedAndCopied, secretsAreGenerated, secretsHaveNoOtherWay, secretsAdmitTheirReaders,
	secretsRotate, agesAlarm, agesAreTold}

// meantBy is what a secret was meant as; nil if no stack that it is in meant it.
func meantBy(meant map[string]intent.MeantSecret, r *template.Resource) *intent.MeantSecret {
	m, is := meant[r.Get("Name").Text()]
	if !is || m.In != r.Stack {
		return nil
	}
	return &m
}

var secretsAreMeant = policies.Policy{
	ID: "SECRET-01", Title: "The secrets are the master's password, a key of each LLM provider and of each partner, in the primary, and no others; a partner's goes with the partner, the others stay",
	Source:    policies.Answer("How are we ensuring that in case of API key compromise of any partner", "Use unique credentials per partner."),
	Component: policies.Management, STRIDE: "SID", Severity: policies.High,
	Fix:   "make the secret with secret.NewMaster, NewSigning or NewProvider, by the name that stacks/names.go gives it",
	Reads: []string{intent.SecretType},
	Check: func(e *template.Estate, f *policies.Findings) {
		meant, there := intent.MeantSecrets(e), map[string]int{}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.SecretType) {
			f.AllowOnly(r, "Description", "GenerateSecretString", "KmsKeyId", "Name", "ReplicaRegions", "Tags")
			m := meantBy(meant, r)
			if m == nil {
				f.Fail(r, "is %s, which nobody meant here", r.Get("Name"))
				continue
			}
			there[r.Get("Name").Text()]++
			if gone := r.DeletionPolicy() == "Delete" && r.UpdateReplacePolicy() == "Delete"; m.Leaves && !gone {
				f.Fail(r, "stays when the partner has left: its policies are %q and %q", r.DeletionPolicy(), r.UpdateReplacePolicy())
			} else if !m.Leaves && !intent.Retained(r) {
				f.Fail(r, "goes with its template: its policies are %q and %q", r.DeletionPolicy(), r.UpdateReplacePolicy())
			}
		}
		for name, m := range meant {
			if there[name] != 1 {
				f.FailStack(m.In, "has %s %d times, not once", name, there[name])
			}
		}
	},
}

var secretsAreEncryptedAndCopied = policies.Policy{
	ID: "SECRET-02", Title: "Every secret is encrypted under its region's key for secrets, and has one replica in every other region, under that region's",
	Source:    policies.Risk(policies.Vaults, "Encrypt secrets at rest and in transit."),
	Component: policies.Management, STRIDE: "ID", Severity: policies.High,
	Fix:   "let constructs/secret write it, with the regions and alias that stacks/secrets.go gives",
	Reads: []string{intent.SecretType, "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.SecretType) {
			if k := e.Find(r.Get("KmsKeyId"), "AWS::KMS::Key"); k == nil || k != intent.ClassKey(e, r.Stack.Region, "secrets") {
				f.Fail(r, "is encrypted under %s, not under its region's key for secrets", r.Get("KmsKeyId"))
			}
			missing := slices.DeleteFunc(intent.RegionsOf(r.Stack), func(region string) bool { return region == r.Stack.Region })
			for _, replica := range r.Get("ReplicaRegions").List() {
				region := replica.Get("Region").Text()
				alias := e.Find(replica.Get("KmsKeyId"), "AWS::KMS::Alias")
				if alias == nil || alias.Stack.Region != region || intent.AliasClass(alias) != "secrets" || intent.ClassKey(e, region, "secrets") == nil || replica.Len() != 2 {
					f.Fail(r, "its replica %s is not under that region's key for secrets", replica)
				}
				if !slices.Contains(missing, region) {
					f.Fail(r, "has a replica in %q too", region)
				}
				missing = slices.DeleteFunc(missing, func(m string) bool { return m == region })
			}
			if len(missing) > 0 {
				f.Fail(r, "has no replica in %v", missing)
			}
		}
	},
}

var secretsAreGenerated = policies.Policy{
	ID: "SECRET-03", Title: "Secrets Manager makes every value itself, of as many letters and digits as its kind takes; no template has one",
	Source:    policies.Risk(policies.Vaults, "Use a centralized secrets management solution (e.g., AWS Secrets Manager, HashiCorp Vault) for all mTLS certificates, API keys, and sensitive configs."),
	Component: policies.Management, STRIDE: "ID", Severity: policies.High,
	Fix:   "let constructs/secret have it generated; a person puts a provider's key in its place by Secrets Manager (docs/runbooks/provider-key.md)",
	Reads: []string{intent.SecretType},
	Check: func(e *template.Estate, f *policies.Findings) {
		meant := intent.MeantSecrets(e)
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.SecretType) {
			made, m := r.Get("GenerateSecretString"), meantBy(meant, r)
			if !r.Get("SecretString").Missing() {
				f.Fail(r, "has a value in the template")
			}
			if m == nil {
				continue // SECRET-01
			}
			if length, ok := made.Get("PasswordLength").Int(); !ok || length != m.Length || !made.Get("ExcludePunctuation").True() {
				f.Fail(r, "is not %d letters and digits", m.Length)
			}
			known := []string{"ExcludePunctuation", "PasswordLength"}
			if r.Get("Name").Is(intent.MasterSecretName(r.Stack)) {
				known = append(known, "GenerateStringKey", "SecretStringTemplate")
				if !made.Get("GenerateStringKey").Is("password") || !leadsToTheDatabase(r) {
					f.Fail(r, "is not the master's password beside where the database is")
				}
			}
			for _, property := range intent.UnexpectedKeys(made, known...) {
				f.Fail(r, "is generated otherwise than from all letters and digits: %s", property)
			}
		}
	},
}

// leadsToTheDatabase says that the master's secret says who the master is and where the database is, and nothing else: the rotator gives the
// password to whoever is there.
func leadsToTheDatabase(r *template.Resource) bool {
	var says map[string]any
	text := json.NewDecoder(strings.NewReader(r.Get("GenerateSecretString", "SecretStringTemplate").Text()))
	return text.Decode(&says) == nil && len(says) == 4 && says["username"] == "livechat_admin" && says["port"] == 5432.0 &&
		says["dbname"] == "livechat" && says["host"] == "database."+intent.EstateName(r.Stack)+".internal"
}

var secretsHaveNoOtherWay = policies.Policy{
	ID: "SECRET-04", Title: "Secrets Manager has no resource but secrets, their policies and their schedules",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TIE", Severity: policies.High,
	Fix:   "take the resource out, or add a policy that judges it; the database's address stands in the secret already",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.Each(e) {
			if strings.HasPrefix(r.Type, "AWS::SecretsManager::") && !slices.Contains([]string{intent.SecretType, intent.SecretPolicyType, intent.ScheduleType}, r.Type) {
				f.Fail(r, "an %s is a way to a secret that no policy judges", r.Type)
			}
		}
	},
}
