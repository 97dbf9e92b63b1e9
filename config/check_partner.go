package config

import (
	"cmp"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var partnerForm = form{regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}[a-z0-9]$`), "3 to 32 lower-case letters, digits and dashes, beginning with a letter"}

const maxNameLetters = 80

var tiers = []Tier{Standard, Business, Enterprise}

// ceilings bound a tier's rates, so that no partner can take what the others need: API Gateway gives an account 10,000
// requests a second and a burst of 5,000 in a region ("Amazon API Gateway quotas and important notes").
var ceilings = map[Tier]Rate{
	Standard:   {RequestsPerSecond: 50, Burst: 100, RequestsPerMonth: 5_000_000},
	Business:   {RequestsPerSecond: 250, Burst: 500, RequestsPerMonth: 50_000_000},
	Enterprise: {RequestsPerSecond: 1000, Burst: 2000, RequestsPerMonth: 500_000_000},
}

// Ceiling is the most that a partner of the tier may be given: what the tier's usage plan allows each key.
func (t Tier) Ceiling() Rate { return ceilings[t] }

// Tiers are all tiers, the smallest first.
func Tiers() []Tier { return slices.Clone(tiers) }

// checkPartner judges what one partner's file says by itself, and the certificate that it names.
func (r *reader) checkPartner(p *partnerFile, folder string) {
	d := p.doc
	if d.checkForm("id", p.ID, partnerForm) && p.ID != p.name {
		d.fault("id", "id %q is not the file's name, %q; make them equal", p.ID, p.name)
	}
	if !isPrintable(p.Name) || utf8.RuneCountInString(p.Name) > maxNameLetters {
		d.fault("name", "name %q is not 1 to %d printable letters", p.Name, maxNameLetters)
	}
	d.checkWord("residency", "residency", string(p.Residency), texts(residencies))
	d.checkContact(p.Contact)
	p.key = r.checkCertificate(p, folder)
	p.checkAllowed()
	if len(p.SDKDomains) == 0 {
		d.fault("sdkDomains", "no domain embeds the SDK; list one at least")
	}
	for i, host := range p.SDKDomains {
		d.checkHost(item("sdkDomains", i), host)
	}
	d.checkOnce("sdkDomains", p.SDKDomains)
	if d.checkWord("tier", "tier", string(p.Tier), texts(tiers)) {
		d.checkRate(p.Rate, p.Tier)
	}
	d.checkRetention(p.RetentionDays)
	if p.ReviewedOn.DaysUntil(r.today) < 0 {
		d.fault("reviewedOn", "%s is in the future; write the day of the last review", p.ReviewedOn)
	}
}

func isPrintable(s string) bool {
	return strings.TrimSpace(s) != "" && !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}

func (d *document) checkContact(contact string) {
	address, err := mail.ParseAddress(contact)
	if err != nil || address.Address != contact || hostProblem(contact[strings.LastIndex(contact, "@")+1:]) != "" {
		d.fault("contact", "contact %q is not an e-mail address; write one such as security@partner.example", contact)
	}
}

func (d *document) checkRate(rate Rate, tier Tier) {
	ceiling := tier.Ceiling()
	for _, limit := range []struct {
		name       string
		value, max int
	}{
		{"requestsPerSecond", rate.RequestsPerSecond, ceiling.RequestsPerSecond},
		{"burst", rate.Burst, ceiling.Burst},
		{"requestsPerMonth", rate.RequestsPerMonth, ceiling.RequestsPerMonth},
	} {
		if limit.value < 1 || limit.value > limit.max {
			d.fault(field("rate", limit.name), "%s is %d; tier %q takes 1 to %d", limit.name, limit.value, tier, limit.max)
		}
	}
	if rate.Burst >= 1 && rate.Burst < rate.RequestsPerSecond && !d.unreadable("rate.requestsPerSecond") {
		d.fault("rate.burst", "burst %d is less than requestsPerSecond %d, which could then never be reached; raise it", rate.Burst, rate.RequestsPerSecond)
	}
}

func (d *document) checkRetention(days int) {
	if slices.Contains(RetentionClasses, days) {
		return
	}
	nearest := slices.MinFunc(RetentionClasses, func(a, b int) int { return cmp.Compare(distance(a, days), distance(b, days)) })
	d.fault("retentionDays", "retentionDays %d is not one of %v; the nearest is %d", days, RetentionClasses, nearest)
}

func distance(a, b int) int { return max(a-b, b-a) }
