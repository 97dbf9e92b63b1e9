package test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

// withPartner is the estate of a copy of dev's configuration to which the file of one more partner was added.
func withPartner(t *testing.T, id string) *template.Estate {
	t.Helper()
	configuration := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(configuration, "dev"), os.DirFS(filepath.Join(root, "config", "environments", "dev"))))
	folder := filepath.Join(configuration, "dev", "partners")
	request := newRequest(t, id)
	require.NoError(t, os.WriteFile(filepath.Join(folder, id+".csr.pem"), request, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(folder, id+".yaml"), []byte(`id: `+id+`
name: One more
tier: standard
residency: global
contact: security@`+id+`.example
certificate:
  request: `+id+`.csr.pem
sdkDomains:
- www.`+id+`.example
rate:
  requestsPerSecond: 1
  burst: 1
  requestsPerMonth: 1000
retentionDays: 30
reviewedOn: 2026-10-20
`), 0o644))
	out := filepath.Join(t.TempDir(), "dev")
	synthesize(t, "dev", out, "-config", configuration)
	e, err := template.Read(out)
	require.NoError(t, err)
	return e
}

func TestOnePartnerMoreChangesNothingOfAnother(t *testing.T) {
	const id = "one-more"
	before, after := estate(t, "dev"), withPartner(t, id)
	var more []string
	for _, s := range after.Stacks() {
		was := before.Stack(s.Name)
		require.NotNil(t, was, s.Name)
		for _, r := range was.Resources() {
			is := s.Resource(r.ID)
			if assert.NotNil(t, is, "%s is gone", r) {
				assert.True(t, reflect.DeepEqual(r.Raw(), is.Raw()), "%s is another", r)
			}
		}
		for _, r := range s.Resources() {
			if was.Resource(r.ID) == nil {
				more = append(more, s.Name)
				assert.Contains(t, r.Path, "/"+id+"/", "%s is nothing of the partner's", r)
			}
		}
		if same := reflect.DeepEqual(was.Template(), s.Template()); !same {
			assert.Contains(t, more, s.Name, "%s is another, and has nothing of the partner's", s.Name)
			assert.Equal(t, was.Intent().Get("regions").Any(), s.Intent().Get("regions").Any())
		}
	}
	require.NotEmpty(t, more)
	for _, name := range more {
		assert.Equal(t, more[0], name, "a partner is in one stack")
	}
}

// What is left of a partner whose file was removed is what there was before it came.
func TestTheFileOfAPartnerIsAllThatKeepsHisRecord(t *testing.T) {
	records := func(e *template.Estate) (all []string) {
		for r := range e.All(aPartner) {
			assert.Empty(t, r.DeletionPolicy(), "%s stays when its file has gone", r)
			all = append(all, r.Get("Partner").Text())
		}
		return all
	}
	assert.ElementsMatch(t, append(records(estate(t, "dev")), "one-more"), records(withPartner(t, "one-more")))
}

// newRequest is a certificate request in a partner's name, by a key that nobody keeps.
func newRequest(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request})
}
