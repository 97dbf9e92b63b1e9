package registry

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"
)

// Partner is a partner's record: all of his file that is needed to judge a request of his.
type Partner struct {
	ID        string
	Name      string
	Tier      string
	Residency string
	Contact   string // an e-mail address
	// CommonName is the subject's of the certificates that the environment's client CA signs for him; "" if he has a CA of his own.
	CommonName string
	// AuthoritySubject (RFC 2253) and AuthoritySHA256 (of its certificate, in hexadecimal) are those of his own CA; "" if he has none.
	AuthoritySubject, AuthoritySHA256 string
	AllowedAddresses                  []string // CIDR blocks; none: any address
	SDKDomains                        []string
	RequestsPerSecond                 int
	Burst                             int // requests at once
	RequestsPerMonth                  int
	RetentionDays                     int
	ReviewedOn                        string // 2026-10-01
	SigningSecretName                 string // of the secret that he signs tokens with, in Secrets Manager
}

var (
	idForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}[a-z0-9]$`)
	hexForm  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	hostForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
)

// The widest blocks that a partner may register, and the longest retention in days (config knows the classes).
const (
	widestIPv4  = 24
	widestIPv6  = 48
	longestDays = 2555
)

// Check says what of a record could not be meant. What wrote the request was checked by config already; whoever else may call the
// function was not.
func (p Partner) Check() error {
	switch {
	case !idForm.MatchString(p.ID):
		return fmt.Errorf("%q is no partner's id", p.ID)
	case p.Name == "" || p.Tier == "" || p.Residency == "" || !strings.Contains(p.Contact, "@"):
		return fmt.Errorf("%s: name, tier, residency and an e-mail address as contact are needed", p.ID)
	case !strings.HasSuffix(p.SigningSecretName, "/partner/"+p.ID+"/signing"):
		return fmt.Errorf("%s: the signing secret %q is another's", p.ID, p.SigningSecretName)
	case p.RequestsPerSecond < 1 || p.Burst < p.RequestsPerSecond || p.RequestsPerMonth < 1:
		return fmt.Errorf("%s: the rate of %d a second, %d at once and %d a month is none", p.ID, p.RequestsPerSecond, p.Burst, p.RequestsPerMonth)
	case p.RetentionDays < 1 || p.RetentionDays > longestDays:
		return fmt.Errorf("%s: a retention of %d days is none", p.ID, p.RetentionDays)
	}
	if _, err := time.Parse(time.DateOnly, p.ReviewedOn); err != nil {
		return fmt.Errorf("%s: reviewed on %q, which is no day", p.ID, p.ReviewedOn)
	}
	if err := p.checkCertificate(); err != nil {
		return err
	}
	return p.checkLists()
}

func (p Partner) checkCertificate() error {
	own := p.AuthoritySubject != "" && hexForm.MatchString(p.AuthoritySHA256)
	none := p.AuthoritySubject == "" && p.AuthoritySHA256 == ""
	if !(p.CommonName == p.ID && none) && !(p.CommonName == "" && own) {
		return fmt.Errorf("%s: pins neither his own name under the environment's CA nor a CA of his own alone", p.ID)
	}
	return nil
}

func (p Partner) checkLists() error {
	for _, cidr := range p.AllowedAddresses {
		block, err := netip.ParsePrefix(cidr)
		if err != nil || block.Masked() != block || block.Bits() < widestIPv4 || block.Addr().Is6() && block.Bits() < widestIPv6 {
			return fmt.Errorf("%s: %q is no block of addresses that may be allowed", p.ID, cidr)
		}
	}
	if len(p.SDKDomains) == 0 {
		return fmt.Errorf("%s: no domain embeds the SDK", p.ID)
	}
	for _, host := range p.SDKDomains {
		if !hostForm.MatchString(host) {
			return fmt.Errorf("%s: %q is no host's exact name", p.ID, host)
		}
	}
	return nil
}
