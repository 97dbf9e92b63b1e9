package policies

import (
	"encoding/json"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var secretPolicies = []Policy{secretsAreMeant, secretsAreEncryptedAndCopied, secretsAreGenerated, secretsHaveNoOtherWay, secretsAdmitTheirReaders,
	secretsRotate, agesAlarm, agesAreTold}

const (
	secretType       = "AWS::SecretsManager::Secret"
	secretPolicyType = "AWS::SecretsManager::ResourcePolicy"
	scheduleType     = "AWS::SecretsManager::RotationSchedule"
)

// secretKind is a sort of secret: what is the same for all of it.
type secretKind struct {
	readers []string // services that read the value, by the end of their name
	primary bool     // they do so in the primary alone
	// rotates is the most days between two rotations; 0: only who made the value makes another, so a person replaces it.
	rotates int
	ages    int    // the days after which its age alarms
	runbook string // what the alarm says to do
	leaves  bool   // it goes with whom it is for
	length  int    // of what is generated
}

// The kinds. What rotates by itself never reaches the age that alarms; a provider's key has the alarm in the place of a rotation.
var (
	masterKind   = secretKind{readers: []string{"migrate"}, primary: true, rotates: 30, ages: 30, runbook: "docs/runbooks/rotation.md", length: 48}
	signingKind  = secretKind{readers: []string{"authorizer", "dashboard", "gate"}, rotates: 90, ages: 90, runbook: "docs/runbooks/rotation.md", leaves: true, length: 64}
	providerKind = secretKind{readers: []string{"llm"}, ages: 90, runbook: "docs/runbooks/provider-key.md", length: 32}
)

// meantSecret is one that there must be.
type meantSecret struct {
	secretKind
	in *template.Stack
}

const secretsLayer = "secrets"

// meantSecrets are all, by name: the master's in the primary's stack of secrets and a key of each provider that the stack names; a key of
// each partner that a shard names.
func meantSecrets(e *template.Estate) map[string]meantSecret {
	meant := map[string]meantSecret{}
	for _, s := range e.Stacks() {
		if s.Layer == secretsLayer {
			meant[masterSecretName(s)] = meantSecret{masterKind, s}
			for _, p := range s.Intent().Get("providers").List() {
				meant[estateName(s)+"/llm/"+p.Text()] = meantSecret{providerKind, s}
			}
		}
		if !s.Intent().Get("shard").Missing() {
			for _, p := range s.Intent().Get("partners").List() {
				meant[partnerNames(s)+p.Text()+"/signing"] = meantSecret{signingKind, s}
			}
		}
	}
	return meant
}

// estateName begins every name of an environment.
func estateName(s *template.Stack) string       { return "livechat-" + s.Environment }
func masterSecretName(s *template.Stack) string { return estateName(s) + "/database/master" }
func partnerNames(s *template.Stack) string     { return estateName(s) + "/partner/" }

// meantBy is what a secret was meant as; nil if no stack that it is in meant it.
func meantBy(meant map[string]meantSecret, r *template.Resource) *meantSecret {
	m, is := meant[r.Get("Name").Text()]
	if !is || m.in != r.Stack {
		return nil
	}
	return &m
}

// leavesWithItsOwner says that a secret is for somebody who may leave, and is then of no use to anybody.
func leavesWithItsOwner(r *template.Resource) bool {
	id, is := strings.CutPrefix(strings.TrimSuffix(r.Get("Name").Text(), "/signing"), partnerNames(r.Stack))
	return is && r.Type == secretType && r.Get("Name").Is(partnerNames(r.Stack)+id+"/signing") &&
		slices.Contains(texts(r.Stack.Intent().Get("partners")), id)
}

var secretsAreMeant = Policy{
	ID: "SECRET-01", Title: "The secrets are the master's password, a key of each LLM provider and of each partner, in the primary, and no others; a partner's goes with the partner, the others stay",
	Source:    answer("How are we ensuring that in case of API key compromise of any partner", "Use unique credentials per partner."),
	Component: Management, STRIDE: "SID", Severity: High,
	Fix:   "make the secret with secret.NewMaster, NewSigning or NewProvider, by the name that stacks/names.go gives it",
	Reads: []string{secretType},
	Check: func(e *template.Estate, f *Findings) {
		meant, there := meantSecrets(e), map[string]int{}
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
		for r := range e.All(secretType) {
			allowOnly(f, r, "Description", "GenerateSecretString", "KmsKeyId", "Name", "ReplicaRegions", "Tags")
			m := meantBy(meant, r)
			if m == nil {
				f.Fail(r, "is %s, which nobody meant here", r.Get("Name"))
				continue
			}
			there[r.Get("Name").Text()]++
			if gone := r.DeletionPolicy() == "Delete" && r.UpdateReplacePolicy() == "Delete"; m.leaves && !gone {
				f.Fail(r, "stays when the partner has left: its policies are %q and %q", r.DeletionPolicy(), r.UpdateReplacePolicy())
			} else if !m.leaves && !kept(r) {
				f.Fail(r, "goes with its template: its policies are %q and %q", r.DeletionPolicy(), r.UpdateReplacePolicy())
			}
		}
		for name, m := range meant {
			if there[name] != 1 {
				f.FailStack(m.in, "has %s %d times, not once", name, there[name])
			}
		}
	},
}

var secretsAreEncryptedAndCopied = Policy{
	ID: "SECRET-02", Title: "Every secret is encrypted under its region's key for secrets, and has one replica in every other region, under that region's",
	Source:    risk(vaults, "Encrypt secrets at rest and in transit."),
	Component: Management, STRIDE: "ID", Severity: High,
	Fix:   "let constructs/secret write it, with the regions and alias that stacks/secrets.go gives",
	Reads: []string{secretType, "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *Findings) {
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
		for r := range e.All(secretType) {
			if k := e.Find(r.Get("KmsKeyId"), "AWS::KMS::Key"); k == nil || k != classKey(e, r.Stack.Region, "secrets") {
				f.Fail(r, "is encrypted under %s, not under its region's key for secrets", r.Get("KmsKeyId"))
			}
			missing := slices.DeleteFunc(regionsOf(r.Stack), func(region string) bool { return region == r.Stack.Region })
			for _, replica := range r.Get("ReplicaRegions").List() {
				region := replica.Get("Region").Text()
				alias := e.Find(replica.Get("KmsKeyId"), "AWS::KMS::Alias")
				if alias == nil || alias.Stack.Region != region || aliasClass(alias) != "secrets" || classKey(e, region, "secrets") == nil || replica.Len() != 2 {
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

var secretsAreGenerated = Policy{
	ID: "SECRET-03", Title: "Secrets Manager makes every value itself, of as many letters and digits as its kind takes; no template has one",
	Source:    risk(vaults, "Use a centralized secrets management solution (e.g., AWS Secrets Manager, HashiCorp Vault) for all mTLS certificates, API keys, and sensitive configs."),
	Component: Management, STRIDE: "ID", Severity: High,
	Fix:   "let constructs/secret have it generated; a person puts a provider's key in its place by Secrets Manager (docs/runbooks/provider-key.md)",
	Reads: []string{secretType},
	Check: func(e *template.Estate, f *Findings) {
		meant := meantSecrets(e)
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
		for r := range e.All(secretType) {
			made, m := r.Get("GenerateSecretString"), meantBy(meant, r)
			if !r.Get("SecretString").Missing() {
				f.Fail(r, "has a value in the template")
			}
			if m == nil {
				continue // SECRET-01
			}
			if length, ok := made.Get("PasswordLength").Int(); !ok || length != m.length || !made.Get("ExcludePunctuation").True() {
				f.Fail(r, "is not %d letters and digits", m.length)
			}
			known := []string{"ExcludePunctuation", "PasswordLength"}
			if r.Get("Name").Is(masterSecretName(r.Stack)) {
				known = append(known, "GenerateStringKey", "SecretStringTemplate")
				if !made.Get("GenerateStringKey").Is("password") || !leadsToTheDatabase(r) {
					f.Fail(r, "is not the master's password beside where the database is")
				}
			}
			for _, property := range beyond(made, known...) {
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
		says["dbname"] == "livechat" && says["host"] == "database."+estateName(r.Stack)+".internal"
}

var secretsHaveNoOtherWay = Policy{
	ID: "SECRET-04", Title: "Secrets Manager has no resource but secrets, their policies and their schedules",
	Source:    leastPrivilege,
	Component: Management, STRIDE: "TIE", Severity: High,
	Fix:   "take the resource out, or add a policy that judges it; the database's address stands in the secret already",
	Reads: []string{Every},
	Check: func(e *template.Estate, f *Findings) {
		for r := range f.Each(e) {
			if strings.HasPrefix(r.Type, "AWS::SecretsManager::") && !slices.Contains([]string{secretType, secretPolicyType, scheduleType}, r.Type) {
				f.Fail(r, "an %s is a way to a secret that no policy judges", r.Type)
			}
		}
	},
}
