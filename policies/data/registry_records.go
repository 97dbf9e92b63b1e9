package data

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var everyPartnerHasARecord = policies.Policy{
	ID: "REG-05", Title: "Every partner has exactly one record, in the registry, made by the registrar, which goes when the partner goes; and nobody else has one",
	Source:    policies.Answer("How are we ensuring that in case of API key compromise of any partner", "Each partner has unique API and secret keys. Access is scoped per partner, and keys cannot be used to access other partners' data or services."),
	Component: policies.Gateway, STRIDE: "SDE", Severity: policies.High,
	Fix:   "let stacks.NewPartners ask for it, once for each file in partners/",
	Reads: []string{intent.PartnerType, intent.FunctionType},
	Check: func(e *template.Estate, f *policies.Findings) {
		records := map[string]int{}
		for r := range e.All(intent.PartnerType) {
			f.Examined(r)
			id := r.Get("Partner").Text()
			records[id]++
			meant := r.Stack.Intent().Get("partners")
			switch {
			case id == "" || !slices.Contains(intent.Texts(meant), id):
				f.Fail(r, "is of %s, who is no partner of this shard", intent.OrElse(r.Get("Partner").String(), "nobody"))
			case records[id] > 1:
				f.Fail(r, "is another record of %s", id)
			}
			if !r.Get("Table").Is(intent.RegistryName(r.Stack)) {
				f.Fail(r, "is in %s, not in the registry", intent.OrElse(r.Get("Table").String(), "no table"))
			}
			if e.Find(r.Get("ServiceToken"), intent.FunctionType) != intent.Registrar(e) {
				f.Fail(r, "is not made by the registrar")
			}
			if policy := r.DeletionPolicy(); policy != "" && policy != "Delete" {
				f.Fail(r, "stays when its partner has gone: its policy is %q", policy)
			}
		}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
			for _, p := range s.Intent().Get("partners").List() {
				if records[p.Text()] == 0 {
					f.FailStack(s, "has no record of its partner %s", p)
				}
			}
		}
	},
}

// meantOf is by a record's property what config calls it, in the intent.
var meantOf = map[string]string{
	"Name": "name", "Tier": "tier", "Residency": "residency", "Contact": "contact", "AllowedAddresses": "allowedAddresses",
	"SDKDomains": "sdkDomains", "RequestsPerSecond": "requestsPerSecond", "Burst": "burst", "RequestsPerMonth": "requestsPerMonth",
	"RetentionDays": "retentionDays", "ReviewedOn": "reviewedOn",
}

// The most that any partner may be given ("Amazon API Gateway quotas and important notes": an account has 10,000 requests a second in a
// region), and the periods that a partner's data may be kept for.
const (
	mostRequestsPerSecond = 1000
	mostBurst             = 2000
	mostRequestsPerMonth  = 500_000_000
)

var retentionDays = []int{30, 90, 180, 365, 730, 2555}

var (
	sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)
	dayForm    = regexp.MustCompile(`^20[0-9]{2}-[01][0-9]-[0-3][0-9]$`)
	pageHost   = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
)

var recordsSayWhatIsMeant = policies.Policy{
	ID: "REG-06", Title: "Every record says what config says of the partner: which certificate speaks for him, from where, how often, for which pages, how long his data is kept, and which secret signs for him",
	Source:    policies.Answer("Apart from mTLS, do we also allow trusted IP whitelisting", "Only traffic from registered IPs is allowed at the firewall and load balancer."),
	Component: policies.Gateway, STRIDE: "STDE", Severity: policies.High,
	Fix:   "let stacks.NewPartners write the record; what it must say is stated in policies/data/registry_records.go",
	Reads: []string{intent.PartnerType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.PartnerType) {
			record, meant := r.Get("Record"), meantRecord(r)
			if more := intent.UnexpectedKeys(record, recordProperties()...); len(more) > 0 {
				f.Fail(r, "says %v, which no record says", more)
			}
			for property, name := range meantOf {
				is, want := record.Get(property), meant.Get(name)
				if !slices.Equal(intent.Texts(is), intent.Texts(want)) {
					f.Fail(r, "its %s is %s, and config says %s", property, intent.OrElse(is.String(), "not there"), intent.OrElse(want.String(), "nothing"))
				}
			}
			checkPin(f, r)
			checkReach(f, r)
			checkLimits(f, r)
		}
	},
}

func meantRecord(r *template.Resource) template.Value {
	return r.Stack.Intent().Get("records", r.Get("Partner").Text())
}

func recordProperties() []string {
	known := []string{"CommonName", "AuthoritySubject", "AuthoritySHA256", "SigningSecretName"}
	for property := range meantOf {
		known = append(known, property)
	}
	return known
}

// checkPin reports a record by which another's certificate, or another's secret, could speak for the partner.
func checkPin(f *policies.Findings, r *template.Resource) {
	record, meant, id := r.Get("Record"), meantRecord(r), r.Get("Partner").Text()
	name, subject, sum := record.Get("CommonName"), record.Get("AuthoritySubject"), record.Get("AuthoritySHA256")
	switch own := meant.Get("ownCA"); {
	case own.False() && name.Is(id) && subject.Missing() && sum.Missing():
	case own.True() && name.Missing() && sha256Form.MatchString(sum.Text()) &&
		subject.Text() != "" && subject.Is(meant.Get("authority", "subject").Text()) && sum.Is(meant.Get("authority", "sha256").Text()):
	default:
		f.Fail(r, "pins the name %s and the CA %s %s, neither his own name nor his own CA alone", intent.OrElse(name.String(), "of nobody"), intent.OrElse(subject.String(), "of nobody"), sum)
	}
	if secret := "livechat-" + r.Stack.Environment + "/partner/" + id + "/signing"; !record.Get("SigningSecretName").Is(secret) {
		f.Fail(r, "is signed for by %s, not by %s", intent.OrElse(record.Get("SigningSecretName").String(), "nothing"), secret)
	}
}

// checkReach reports addresses and pages that are wider than a list may be.
func checkReach(f *policies.Findings, r *template.Resource) {
	for _, cidr := range intent.Texts(r.Get("Record", "AllowedAddresses")) {
		block, err := netip.ParsePrefix(cidr)
		if err != nil || block.Bits() < 24 || block.Addr().Is6() && block.Bits() < 48 {
			f.Fail(r, "allows %q, which is more than a /24, or a /48 of IPv6", cidr)
		}
	}
	hosts := intent.Texts(r.Get("Record", "SDKDomains"))
	if len(hosts) == 0 || slices.ContainsFunc(hosts, func(h string) bool { return !pageHost.MatchString(h) }) {
		f.Fail(r, "lets the SDK onto the pages %s, which are not hosts by their exact names", strings.Join(hosts, " "))
	}
}

// checkLimits reports a rate or a period that no partner is given.
func checkLimits(f *policies.Findings, r *template.Resource) {
	for property, most := range map[string]int{
		"RequestsPerSecond": mostRequestsPerSecond, "Burst": mostBurst, "RequestsPerMonth": mostRequestsPerMonth,
	} {
		if n, ok := r.Get("Record", property).Int(); !ok || n < 1 || n > most {
			f.Fail(r, "its %s is %s, and 1 to %d are given", property, intent.OrElse(r.Get("Record", property).String(), "not there"), most)
		}
	}
	if days, ok := r.Get("Record", "RetentionDays").Int(); !ok || !slices.Contains(retentionDays, days) {
		f.Fail(r, "keeps data for %s days, and the periods are %v", intent.OrElse(r.Get("Record", "RetentionDays").String(), "any number of"), retentionDays)
	}
	if day := r.Get("Record", "ReviewedOn"); !dayForm.MatchString(day.Text()) {
		f.Fail(r, "was reviewed on %s, which is no day", intent.OrElse(day.String(), "no day"))
	}
}
