package config

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
)

// certificateName is how a certificate's file is named: in partners/ itself, so that no path can leave it.
var certificateName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*\.pem$`)

// checkCertificate judges the file that speaks for the partner. It returns what identifies its public key, or "".
func (r *reader) checkCertificate(p *partnerFile, folder string) (key string) {
	d, c := p.doc, p.Certificate
	switch {
	case c.Request != "" && c.CA != "":
		d.faultAtKey("certificate", "certificate has both a request and a ca; keep one")
	case c.Request != "":
		return r.checkPEM(d, "certificate.request", folder, c.Request, func(der []byte) (any, string) { return judgeRequest(der, p.name) })
	case c.CA != "":
		return r.checkPEM(d, "certificate.ca", folder, c.CA, func(der []byte) (any, string) {
			p.Certificate.Authority = authorityOf(der)
			return judgeCA(der, r.today)
		})
	case !d.unreadable("certificate.request") && !d.unreadable("certificate.ca"):
		d.faultAtKey("certificate", "certificate has neither a request nor a ca; name the PEM file of one")
	}
	return ""
}

// checkPEM reads the one PEM block of a certificate's file and reports what judge finds wrong with it.
func (r *reader) checkPEM(d *document, at, folder, name string, judge func(der []byte) (key any, problem string)) string {
	if !certificateName.MatchString(name) {
		d.fault(at, "%q is not the name of a .pem file in partners/; write the name alone, in lower case", name)
		return ""
	}
	content, why := r.read(path.Join(folder, name))
	if why != "" {
		d.fault(at, "%s %s%s", name, why, r.similar(folder, name))
		return ""
	}
	if bytes.Contains(content, []byte("PRIVATE KEY")) {
		d.fault(at, "%s HOLDS A PRIVATE KEY. It is known to everybody who reads this repository: remove it, take a new key, and send only the request", name)
		return ""
	}
	block, rest := pem.Decode(content)
	want := map[string]string{"certificate.request": "CERTIFICATE REQUEST", "certificate.ca": "CERTIFICATE"}[at]
	if block == nil || block.Type != want || len(bytes.TrimSpace(rest)) > 0 {
		d.fault(at, "%s is not exactly one PEM block %q", name, want)
		return ""
	}
	key, problem := judge(block.Bytes)
	if problem != "" {
		d.fault(at, "%s %s", name, problem)
		return ""
	}
	return fingerprint(key)
}

// similar suggests a certificate file of the folder, if one has a name like it.
func (r *reader) similar(folder, name string) string {
	files, _ := fs.Glob(r.files, path.Join(folder, "*.pem"))
	for i := range files {
		files[i] = path.Base(files[i])
	}
	if near := closest(name, files); near != "" && near != name {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// judgeRequest returns a certificate request's key. The subject must be the partner's id, since the subject is what the
// estate tells partners apart by.
func judgeRequest(der []byte, id string) (key any, problem string) {
	request, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, "is not a certificate request"
	}
	if weak := weakness(request.PublicKey); weak != "" {
		return nil, weak
	}
	switch {
	case request.CheckSignature() != nil:
		return nil, "is not signed by its own key, or with a broken algorithm; make the request again"
	case request.Subject.CommonName != id:
		return nil, fmt.Sprintf("asks for the common name %q; it must be the partner's id, %q", request.Subject.CommonName, id)
	}
	return request.PublicKey, ""
}

func judgeCA(der []byte, today Date) (key any, problem string) {
	ca, err := x509.ParseCertificate(der)
	switch {
	case err != nil:
		return nil, "is not a certificate"
	case !ca.IsCA || !ca.BasicConstraintsValid || ca.KeyUsage&x509.KeyUsageCertSign == 0:
		return nil, "is not a CA's certificate: it may not sign others"
	case !ca.NotAfter.After(today.Time()):
		return nil, fmt.Sprintf("expired on %s; ask the partner for its successor", DateOf(ca.NotAfter))
	case ca.NotBefore.After(today.AddDays(1).Time()):
		return nil, fmt.Sprintf("is not valid before %s", DateOf(ca.NotBefore))
	case !signedAs[ca.SignatureAlgorithm]:
		return nil, fmt.Sprintf("is signed with %s; trust stores take SHA-256, 384 or 512 with RSA or ECDSA", ca.SignatureAlgorithm)
	}
	return ca.PublicKey, weakness(ca.PublicKey)
}

// authorityOf is what identifies a CA by its certificate; nothing if it is none.
func authorityOf(der []byte) Authority {
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		return Authority{}
	}
	sum := sha256.Sum256(der)
	return Authority{Subject: ca.Subject.String(), SHA256: hex.EncodeToString(sum[:])}
}

// What an Application Load Balancer takes of certificates (Elastic Load Balancing User Guide for Application Load
// Balancers, "Mutual authentication with TLS", requirements for certificates). Ed25519 is not among it.
const leastRSABits, mostRSABits = 2048, 8192

var (
	curves   = []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()}
	signedAs = map[x509.SignatureAlgorithm]bool{
		x509.SHA256WithRSA: true, x509.SHA384WithRSA: true, x509.SHA512WithRSA: true,
		x509.SHA256WithRSAPSS: true, x509.SHA384WithRSAPSS: true, x509.SHA512WithRSAPSS: true,
		x509.ECDSAWithSHA256: true, x509.ECDSAWithSHA384: true, x509.ECDSAWithSHA512: true,
	}
)

// weakness says why a public key cannot speak for a partner, or "". It bounds what a signature is then checked with.
func weakness(key any) string {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < leastRSABits || bits > mostRSABits {
			return fmt.Sprintf("has an RSA key of %d bits; %d to %d are taken", bits, leastRSABits, mostRSABits)
		}
	case *ecdsa.PublicKey:
		if !slices.Contains(curves, key.Curve) {
			return fmt.Sprintf("has a key on curve %s; P-256, P-384 or P-521 are taken", key.Curve.Params().Name)
		}
	default:
		return "has a key that is neither RSA nor ECDSA; load balancers take no other"
	}
	return ""
}

func fingerprint(key any) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return string(sum[:])
}
