// Package generate writes configuration of any size, to measure and count what becomes of it.
package generate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"livechat.example/cloud/config"
)

// Environment writes an environment of so many regions and partners into a folder, otherwise as prod is, whose file is in the folder of
// environments named.
func Environment(environments, dir string, regions, partners int) error {
	if err := os.MkdirAll(filepath.Join(dir, "partners"), 0o755); err != nil {
		return err
	}
	prod, err := os.ReadFile(filepath.Join(environments, "prod", "environment.yaml"))
	if err != nil {
		return err
	}
	before, rest, _ := strings.Cut(string(prod), "\nregions:")
	_, after, found := strings.Cut(rest, "\nllm:")
	if !found {
		return fmt.Errorf("%s: prod has no llm after regions", environments)
	}
	after, _, _ = strings.Cut(after, "\npartnerCAs:")
	var list strings.Builder
	for i, name := range config.AllowedRegions()[:regions] {
		fmt.Fprintf(&list, "- name: %s\n  cidr: 10.%d.0.0/16\n  zones: [%s]\n", name, i, strings.Join(config.ZonesOf(name)[:3], ", "))
	}
	text := before + "\nregions:\n" + list.String() + "llm:" + after + "\n"
	if err := os.WriteFile(filepath.Join(dir, "environment.yaml"), []byte(text), 0o644); err != nil {
		return err
	}
	for i := range partners {
		if err := Partner(filepath.Join(dir, "partners"), i); err != nil {
			return err
		}
	}
	return nil
}

// Partner writes the partner of a number, with a certificate, addresses and a domain of its own, into a folder of partners.
func Partner(dir string, i int) error {
	id := fmt.Sprintf("partner-%04d", i)
	request, err := certificateRequest(id)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(`id: %[1]s
name: Partner %[2]d
tier: standard
residency: global
contact: security@%[1]s.example
certificate:
  request: %[1]s.csr.pem
allowedAddresses: [8.%[3]d.%[4]d.0/24]
sdkDomains: [www.%[1]s.example]
rate: {requestsPerSecond: 10, burst: 20, requestsPerMonth: 100000}
retentionDays: %[5]d
reviewedOn: %[6]s
`, id, i, i>>8, i&255, config.RetentionClasses[i%len(config.RetentionClasses)], time.Now().AddDate(0, 0, -1).Format(time.DateOnly))
	if err := os.WriteFile(filepath.Join(dir, id+".csr.pem"), request, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, id+".yaml"), []byte(text), 0o644)
}

func certificateRequest(name string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request}), nil
}
