package config

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pems are the certificate files that test configurations name. They are made anew in each run, so that no private key
// is ever committed, not even a test's.
var pems = sync.OnceValue(func() map[string][]byte {
	p256 := func() crypto.Signer { return must(newKey()) }
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	shared := p256()
	forged := bytes.Clone(must(x509.CreateCertificateRequest(rand.Reader, request("acme"), p256())))
	forged[len(forged)-1] ^= 1
	return map[string][]byte{
		"acme.csr.pem":          csr("acme", p256()),
		"bakery.ca.pem":         ca(validCA(), shared),
		"rsa2048.csr.pem":       csr("acme", must(rsa.GenerateKey(rand.Reader, 2048))),
		"p521.csr.pem":          csr("acme", must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))),
		"ed25519.csr.pem":       csr("acme", must(ed, err)),
		"shared.csr.pem":        csr("acme", shared),
		"weak-rsa.csr.pem":      csr("acme", must(rsa.GenerateKey(rand.Reader, 1024))),
		"weak-curve.csr.pem":    csr("acme", must(ecdsa.GenerateKey(elliptic.P224(), rand.Reader))),
		"impostor.csr.pem":      csr("bakery", p256()),
		"forged.csr.pem":        block("CERTIFICATE REQUEST", forged),
		"garbage.csr.pem":       block("CERTIFICATE REQUEST", []byte("garbage")),
		"two.csr.pem":           append(csr("acme", p256()), csr("acme", p256())...),
		"text.csr.pem":          []byte("to be sent\n"),
		"secret.csr.pem":        append(csr("acme", p256()), block("PRIVATE KEY", []byte("not really"))...),
		"expired.ca.pem":        ca(with(validCA(), func(c *x509.Certificate) { c.NotAfter = today.AddDate(0, 0, -1) }), p256()),
		"future.ca.pem":         ca(with(validCA(), func(c *x509.Certificate) { c.NotBefore = today.AddDate(0, 1, 0) }), p256()),
		"leaf.ca.pem":           ca(with(validCA(), func(c *x509.Certificate) { c.IsCA = false }), p256()),
		"cannot-sign.ca.pem":    ca(with(validCA(), func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }), p256()),
		"weak-rsa.ca.pem":       ca(validCA(), must(rsa.GenerateKey(rand.Reader, 1024))),
		"request-in-its.ca.pem": csr("bakery", p256()),
		"garbage.ca.pem":        block("CERTIFICATE", []byte("garbage")),
	}
})

func csr(commonName string, key crypto.Signer) []byte {
	return block("CERTIFICATE REQUEST", must(x509.CreateCertificateRequest(rand.Reader, request(commonName), key)))
}

func request(commonName string) *x509.CertificateRequest {
	return &x509.CertificateRequest{Subject: pkix.Name{CommonName: commonName}}
}

func validCA() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Bakery CA"},
		NotBefore: today.AddDate(-1, 0, 0), NotAfter: today.AddDate(5, 0, 0).Truncate(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
}

func with(c *x509.Certificate, change func(*x509.Certificate)) *x509.Certificate {
	change(c)
	return c
}

func ca(c *x509.Certificate, key crypto.Signer) []byte {
	return block("CERTIFICATE", must(x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)))
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestStrongKeysOfEveryKindAreAccepted(t *testing.T) {
	for _, name := range []string{"acme.csr.pem", "p521.csr.pem", "rsa2048.csr.pem"} {
		files := base(t)
		delete(files, "test/partners/acme.csr.pem")
		replace(t, files, "partners/acme.yaml", "acme.csr.pem", name)
		put(files, "partners/"+name, pems()[name])
		_, err := load(files, "envs", "test", DateOf(today))
		require.NoError(t, err, name)
	}
}

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }
