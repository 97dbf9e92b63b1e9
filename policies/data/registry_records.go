package data

import (
	"net/netip"
	"regexp"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const noPartner = "an environment may have no partner yet"

var everyPartnerHasARecord = policies.Policy{
	ID: "REG-05", Title: "Every partner has exactly one record in the registry, for as long as it is a partner",
	Source:    policies.Answer("How are we ensuring that in case of API key compromise of any partner", "Each partner has unique API and secret keys. Access is scoped per partner, and keys cannot be used to access other partners' data or services."),
	Component: policies.Gateway, STRIDE: "SDE", Severity: policies.High,
	Fix:         "let stacks.NewPartners ask for it, once for each file in partners/",
	MayBeAbsent: noPartner,
	Reads:       []string{intent.PartnerType, intent.FunctionType},
	Check: func(e *template.Estate, f *policies.Findings) {
		records := map[string]int{}
		for r := range e.All(intent.PartnerType) {
			f.Examined(r)
			id := r.Get("Partner").Text()
			if partners := intent.Texts(r.Stack.Intent().Get("partners")); id == "" || !slices.Contains(partners, id) {
				f.Fail(r, "Partner is %q, must be one of the stack's partners %v", id, partners)
			} else if records[id]++; records[id] > 1 {
				f.Fail(r, "is another record of %s, must be the only one", id)
			}
			if !r.Get("Table").Is(intent.RegistryName(r.Stack)) {
				f.Fail(r, "Table is %s, must be %s", r.Get("Table"), intent.RegistryName(r.Stack))
			}
			if e.Find(r.Get("ServiceToken"), intent.FunctionType) != intent.Registrar(e) {
				f.Fail(r, "ServiceToken is %s, must be the registrar", r.Get("ServiceToken"))
			}
			if policy := r.DeletionPolicy(); policy != "" && policy != "Delete" {
				f.Fail(r, "DeletionPolicy is %s, must be Delete: the record ends with the partner", policy)
			}
		}
		for _, s := range e.Stacks() {
			for _, p := range s.Intent().Get("partners").List() {
				if records[p.Text()] == 0 {
					f.FailStack(s, "has no record of its partner %s, must have one", p)
				}
			}
		}
	},
}

// meantOf is the name in the intent of each property that a record copies from config.
var meantOf = map[string]string{
	"Name": "name", "Tier": "tier", "Residency": "residency", "Contact": "contact", "AllowedAddresses": "allowedAddresses",
	"SDKDomains": "sdkDomains", "RequestsPerSecond": "requestsPerSecond", "Burst": "burst", "RequestsPerMonth": "requestsPerMonth",
	"RetentionDays": "retentionDays", "ReviewedOn": "reviewedOn",
}

// mostOf is the most that any partner may be given ("Amazon API Gateway quotas and important notes": an account has 10,000 requests a
// second in a region).
var mostOf = map[string]int{"RequestsPerSecond": 1000, "Burst": 2000, "RequestsPerMonth": 500_000_000}

// retentionDays are the periods that a partner's data may be retained for.
var retentionDays = []int{30, 90, 180, 365, 730, 2555}

var (
	sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)
	dayForm    = regexp.MustCompile(`^20[0-9]{2}-[01][0-9]-[0-3][0-9]$`)
	pageHost   = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
)

var recordsSayWhatIsMeant = policies.Policy{
	ID: "REG-06", Title: "Every record says of its partner what config says, within what any partner may have",
	Source:    policies.Answer("Apart from mTLS, do we also allow trusted IP whitelisting", "Only traffic from registered IPs is allowed at the firewall and load balancer."),
	Component: policies.Gateway, STRIDE: "STDE", Severity: policies.High,
	Fix:         "let stacks.NewPartners write the record; what it must say is stated in policies/data/registry_records.go",
	MayBeAbsent: noPartner,
	Reads:       []string{intent.PartnerType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All(intent.PartnerType) {
			f.Examined(r)
			known := []string{"CommonName", "AuthoritySubject", "AuthoritySHA256", "SigningSecretName"}
			for property, name := range meantOf {
				known = append(known, property)
				is, want := r.Get("Record", property), meantRecord(r).Get(name)
				if !slices.Equal(intent.Texts(is), intent.Texts(want)) {
					f.Fail(r, "%s is %s, must be %s as in config", property, is, want)
				}
			}
			for _, property := range intent.UnexpectedKeys(r.Get("Record"), known...) {
				f.Fail(r, "%s is set, must be absent: no record has it", property)
			}
			checkPin(f, r)
			checkReach(f, r)
			checkLimits(f, r)
		}
	},
}

// meantRecord is what config says of a record's partner.
func meantRecord(r *template.Resource) template.Value {
	return r.Stack.Intent().Get("records", r.Get("Partner").Text())
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
		f.Fail(r, "pins name %s and CA %s %s, must pin the partner's own name, or its own CA if config has one", name, subject, sum)
	}
	if secret := intent.EstateName(r.Stack) + "/partner/" + id + "/signing"; !record.Get("SigningSecretName").Is(secret) {
		f.Fail(r, "SigningSecretName is %s, must be %s", record.Get("SigningSecretName"), secret)
	}
}

// checkReach reports addresses and pages that are wider than a list may be.
func checkReach(f *policies.Findings, r *template.Resource) {
	for _, cidr := range intent.Texts(r.Get("Record", "AllowedAddresses")) {
		block, err := netip.ParsePrefix(cidr)
		if err != nil || block.Bits() < 24 || block.Addr().Is6() && block.Bits() < 48 {
			f.Fail(r, "AllowedAddresses has %q, must have at most a /24, of IPv6 a /48", cidr)
		}
	}
	hosts := intent.Texts(r.Get("Record", "SDKDomains"))
	if len(hosts) == 0 || slices.ContainsFunc(hosts, func(h string) bool { return !pageHost.MatchString(h) }) {
		f.Fail(r, "SDKDomains is %v, must be exact hosts of pages", hosts)
	}
}

// checkLimits reports a rate or a period that no partner is given.
func checkLimits(f *policies.Findings, r *template.Resource) {
	for property, most := range mostOf {
		if n, ok := r.Get("Record", property).Int(); !ok || n < 1 || n > most {
			f.Fail(r, "%s is %s, must be between 1 and %d", property, r.Get("Record", property), most)
		}
	}
	if days, ok := r.Get("Record", "RetentionDays").Int(); !ok || !slices.Contains(retentionDays, days) {
		f.Fail(r, "RetentionDays is %s, must be one of %v", r.Get("Record", "RetentionDays"), retentionDays)
	}
	if day := r.Get("Record", "ReviewedOn"); !dayForm.MatchString(day.Text()) {
		f.Fail(r, "ReviewedOn is %s, must be a day", day)
	}
}
