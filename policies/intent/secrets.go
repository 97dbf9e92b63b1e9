package intent

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// AgeNamespace is the namespace of the metrics that give the ages of secrets.
const AgeNamespace = "LiveChat/Secrets"

// SecretAges returns the names that ages are published under, each with its maximum: the master's, a provider's each,
// and the oldest of all partners'.
func SecretAges(e *template.Estate, s *template.Stack) map[string]SecretKind {
	ages := map[string]SecretKind{PartnerPrefix(s): signingKind}
	for name, m := range MeantSecrets(e) {
		if m.In == s && !m.Leaves {
			ages[name] = m.SecretKind
		}
	}
	return ages
}

// SecretARN returns that of a secret by its name, with the six characters that AWS chooses.
func SecretARN(s *template.Stack, name string) string {
	return "arn:" + s.Partition() + ":secretsmanager:" + s.Region + ":" + s.Account + ":secret:" + name + "-??????"
}

// SecretKind is a sort of secret: what is the same for all of it.
type SecretKind struct {
	Readers []string // services that read the value, by the end of their name
	Primary bool     // they do so in the primary alone
	// Rotates is the most days between two rotations; 0: only who made the value makes another, so a person replaces it.
	Rotates int
	Ages    int    // the days after which its age alarms
	Runbook string // what the alarm says to do
	Leaves  bool   // it is deleted when its owner leaves
	Length  int    // of what is generated
}

// The kinds. What rotates by itself never reaches the age that alarms; a provider's key has the alarm in the place of a
// rotation.
var (
	masterKind   = SecretKind{Readers: []string{"migrate"}, Primary: true, Rotates: 30, Ages: 30, Runbook: "docs/runbooks/rotation.md", Length: 48}
	signingKind  = SecretKind{Readers: []string{"authorizer", "dashboard", "gate"}, Rotates: 90, Ages: 90, Runbook: "docs/runbooks/rotation.md", Leaves: true, Length: 64}
	providerKind = SecretKind{Readers: []string{"llm"}, Ages: 90, Runbook: "docs/runbooks/provider-key.md", Length: 32}
)

// MeantSecret is one that there must be.
type MeantSecret struct {
	SecretKind
	In *template.Stack
}

// MeantSecrets returns all, by name: the master's in the primary's stack of secrets and a key of each provider that the
// stack names; a key of each partner that a shard names.
func MeantSecrets(e *template.Estate) map[string]MeantSecret {
	meant := map[string]MeantSecret{}
	for _, s := range e.Stacks() {
		if s.Layer == SecretsLayer {
			meant[MasterSecretName(s)] = MeantSecret{masterKind, s}
			for _, p := range s.Intent().Get("providers").List() {
				meant[EstateName(s)+"/llm/"+p.Text()] = MeantSecret{providerKind, s}
			}
		}
		if !s.Intent().Get("shard").Missing() {
			for _, p := range s.Intent().Get("partners").List() {
				meant[PartnerPrefix(s)+p.Text()+"/signing"] = MeantSecret{signingKind, s}
			}
		}
	}
	return meant
}

// MasterSecretName returns the name of the secret of the database's master.
func MasterSecretName(s *template.Stack) string { return EstateName(s) + "/database/master" }

// PartnerPrefix begins the names of all partners' secrets.
func PartnerPrefix(s *template.Stack) string { return EstateName(s) + "/partner/" }

// LeavesWithItsOwner reports whether a secret's owner may leave, so that the secret is then of no use.
func LeavesWithItsOwner(r *template.Resource) bool {
	id, is := strings.CutPrefix(strings.TrimSuffix(r.Get("Name").Text(), "/signing"), PartnerPrefix(r.Stack))
	return is && r.Type == SecretType && r.Get("Name").Is(PartnerPrefix(r.Stack)+id+"/signing") &&
		slices.Contains(Texts(r.Stack.Intent().Get("partners")), id)
}
