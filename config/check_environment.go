package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// form is how a word must look, for the machine and for a person.
type form struct {
	pattern *regexp.Regexp
	say     string
}

var (
	environmentForm = form{regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`), "lower-case words joined by dashes"}
	accountForm     = form{regexp.MustCompile(`^[0-9]{12}$`), "12 digits"}
	zoneForm        = form{regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`), "a hosted zone's id: Z, then capitals and digits"}
	providerForm    = form{regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`), "lower-case letters, digits and dashes"}
	digestForm      = form{regexp.MustCompile(`^sha256:[0-9a-f]{64}$`), "a digest: sha256: and 64 hexadecimal digits"}
	repositoryForm  = form{regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$`), "a GitHub repository: owner/name"}
	versionForm     = form{regexp.MustCompile(`^[0-9]{2}\.[0-9]{1,2}$`), "an engine version, major and minor, in quotes: \"17.7\""}
	gitHubIDForm    = form{regexp.MustCompile(`^[1-9][0-9]{0,18}$`), "a number of GitHub's; " + readGitHubIDs}
	setForm         = form{regexp.MustCompile(`^[A-Za-z0-9+=,.@-]{1,32}$`), "a permission set's name: letters, digits and +=,.@-, no underscore, 32 at most"}
	qualifierForm   = form{regexp.MustCompile(`^[a-z0-9]{1,10}$`), "one to ten lower-case letters and digits"}
)

const (
	// maxDomainBytes leaves room for the estate's host names in a certificate's common name of 64 bytes (RFC 5280, ub-common-name).
	maxDomainBytes = 50
	// maxEnvironmentName keeps bucket and role names, which begin with it, inside 63 characters.
	maxEnvironmentName = 16
	// maxPartnerCAs leaves one of the 25 CAs that a trust store takes (DEPLOY-TRAPS §19) to the environment itself.
	maxPartnerCAs = 24
	maxReviewDays = 730
)

var (
	services   = []Service{Gate, Chat, Dashboard, LLM, Worker, Migrate}
	singletons = []Singleton{Create, Existing, Off}
	signIns    = []SignIn{IdentityCenter, IAMUsers}
)

// checkEnvironment judges what one environment.yaml says by itself.
func (d *document) checkEnvironment(e Environment) {
	if !environmentForm.pattern.MatchString(e.Name) || len(e.Name) > maxEnvironmentName {
		d.report(nil, "the folder's name %q is not %s, %d characters at most", e.Name, environmentForm.say, maxEnvironmentName)
	}
	d.checkForm("account", e.Account, accountForm)
	if d.checkHost("domain", e.Domain) && len(e.Domain) > maxDomainBytes {
		d.fault("domain", "%q is longer than %d characters; certificates need the rest", e.Domain, maxDomainBytes)
	}
	d.checkForm("hostedZoneId", e.HostedZoneID, zoneForm)
	d.checkWord("residency", "residency", string(e.Residency), texts(residencies))
	if e.Ephemeral && strings.HasPrefix(e.Name, "prod") {
		d.fault("ephemeral", "%s cannot be ephemeral: its stacks are protected from deletion; remove the line", e.Name)
	}
	d.checkRegions(e)
	d.checkProviders(e.LLM)
	d.checkImages(e)
	d.checkDelivery(e.Delivery)
	d.checkForm("databaseCreated", e.DatabaseCreated, versionForm)
	d.checkPeople(e.People)
	d.checkSwitches(e.Switches)
	if e.ReviewWithinDays < 1 || e.ReviewWithinDays > maxReviewDays {
		d.fault("reviewWithinDays", "reviewWithinDays is %d; write 1 to %d", e.ReviewWithinDays, maxReviewDays)
	}
	d.checkContact(e.Contact)
	d.checkPartnerCAs(e.PartnerCAs)
}

// checkForm reports a word that does not look as it must.
func (d *document) checkForm(path, word string, f form) bool {
	ok := f.pattern.MatchString(word)
	if !ok {
		d.fault(path, "%s %q is not %s", last(path), word, f.say)
	}
	return ok
}

// checkWord reports a word that is none of the few it may be.
func (d *document) checkWord(path, what, word string, allowed []string) bool {
	ok := slices.Contains(allowed, word)
	if !ok {
		d.fault(path, "%s", unknown(what, word, allowed))
	}
	return ok
}

// checkOnce reports each item that an earlier one of the same list says already; empty items are not compared.
func (d *document) checkOnce(path string, items []string) {
	first := map[string]int{}
	for i, word := range items {
		if j, ok := first[word]; ok && word != "" {
			d.fault(item(path, i), "%q is listed already, in line %d; keep one", word, d.line(item(path, j)))
			continue
		}
		first[word] = i
	}
}

func (d *document) checkProviders(providers []Provider) {
	if len(providers) == 0 {
		d.fault("llm", "no LLM provider; list one at least")
	}
	var names []string
	firstLine := map[string]int{}
	for i, p := range providers {
		at := item("llm", i)
		d.checkForm(field(at, "name"), p.Name, providerForm)
		names = append(names, p.Name)
		if len(p.Hosts) == 0 {
			d.fault(field(at, "hosts"), "provider %q has no host; list the exact names that it is called by", p.Name)
		}
		for j, host := range p.Hosts {
			d.checkProviderHost(item(field(at, "hosts"), j), host, firstLine)
		}
	}
	for i, name := range names {
		if j := slices.Index(names, name); j < i && name != "" {
			d.fault(field(item("llm", i), "name"), "provider %q is listed already, in line %d; put its hosts together", name, d.line(field(item("llm", j), "name")))
		}
	}
}

// awsDomains are the suffixes that AWS's own endpoints have, and buckets and functions of strangers too.
var awsDomains = regexp.MustCompile(`(^|\.)(amazonaws\.com(\.cn)?|api\.aws|on\.aws|aws\.dev)$`)

func (d *document) checkProviderHost(path, host string, firstLine map[string]int) {
	if !d.checkHost(path, host) {
		return
	}
	switch line, listed := firstLine[host]; {
	case awsDomains.MatchString(host):
		d.fault(path, "%q belongs to AWS, where anybody can put a bucket behind it; AWS is reached by VPC endpoints", host)
	case listed:
		d.fault(path, "%q is listed already, in line %d; keep one", host, line)
	default:
		firstLine[host] = d.line(path)
	}
}

func (d *document) checkImages(e Environment) {
	misspelled := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(e.Images)) {
		at := field("images", string(name))
		if !slices.Contains(services, name) {
			d.faultAtKey(at, "%s", unknown("service", string(name), texts(services)))
			misspelled[closest(string(name), texts(services))] = true
			continue
		}
		if digest := e.Images[name]; d.checkForm(at, digest, digestForm) && !e.Ephemeral && isPlaceholder(digest) {
			d.fault(at, "%q looks made up; write the digest that the registry gave the image", digest)
		}
	}
	for _, name := range services {
		if _, ok := e.Images[name]; !ok && !misspelled[string(name)] {
			d.faultAtKey("images", "service %q has no image; write its digest", name)
		}
	}
}

// isPlaceholder says whether a digest repeats itself as no hash does: all zeroes, deadbeef, or the digits in order.
func isPlaceholder(digest string) bool {
	hex := strings.TrimPrefix(digest, "sha256:")
	return strings.Contains(hex[1:]+hex[:len(hex)-1], hex)
}

// readGitHubIDs says how to find a repository's numbers.
const readGitHubIDs = "gh api repos/OWNER/NAME --jq '[.owner.id,.id]' prints the owner's and the repository's"

func (d *document) checkDelivery(v Delivery) {
	d.checkForm("delivery.repository", v.Repository, repositoryForm)
	ids := map[string]string{"ownerId": v.OwnerID, "repositoryId": v.RepositoryID}
	for name, other := range map[string]string{"ownerId": "repositoryId", "repositoryId": "ownerId"} {
		_, written := d.places[field("delivery", name)]
		_, otherWritten := d.places[field("delivery", other)]
		switch at := field("delivery", name); {
		case written:
			d.checkForm(at, ids[name], gitHubIDForm)
		case otherWritten:
			d.faultAtKey(field("delivery", other), "%s stands without %s; write both or neither: %s", other, name, readGitHubIDs)
		}
	}
	d.checkWord("delivery.oidcProvider", "oidcProvider setting", string(v.OIDCProvider), texts([]Singleton{Create, Existing}))
	d.checkForm("delivery.qualifier", v.Qualifier, qualifierForm)
}

// checkPeople holds the permission sets to the way people sign in. Each opens one role: an underscore would let the name of one begin
// as another's role does, AWSReservedSSO_NAME_SUFFIX.
func (d *document) checkPeople(p People) {
	const at = "people.permissionSets"
	_, written := d.places[at]
	switch {
	case !d.checkWord("people.signIn", "signIn setting", string(p.SignIn), texts(signIns)) || d.unreadable(at):
	case p.SignIn == IAMUsers && written:
		d.faultAtKey(at, "IAM users have no permission sets; remove them, or write signIn: %s", IdentityCenter)
	case p.SignIn == IdentityCenter && !written:
		d.fault("people.signIn", "%s needs permissionSets: for each of reader, security, operator and breakGlass the name of the set whose bearers assume it", IdentityCenter)
	case written:
		first := map[string]string{}
		for _, s := range []struct{ role, set string }{
			{"reader", p.PermissionSets.Reader}, {"security", p.PermissionSets.Security},
			{"operator", p.PermissionSets.Operator}, {"breakGlass", p.PermissionSets.BreakGlass},
		} {
			path := field(at, s.role)
			if d.unreadable(path) || !d.checkForm(path, s.set, setForm) {
				continue
			}
			if other := first[s.set]; other != "" {
				d.fault(path, "%q opens %s already; a permission set opens one role", s.set, other)
				continue
			}
			first[s.set] = s.role
		}
	}
}

func (d *document) checkSwitches(s Switches) {
	for name, value := range map[string]Singleton{
		"guardDuty": s.GuardDuty, "securityHub": s.SecurityHub, "config": s.Config,
		"accessAnalyzer": s.AccessAnalyzer, "inspector": s.Inspector, "vpcBlockPublicAccess": s.VPCBlockPublicAccess,
	} {
		d.checkWord(field("switches", name), name+" setting", string(value), texts(singletons))
	}
}

func (d *document) checkPartnerCAs(ids []string) {
	d.checkOnce("partnerCAs", ids)
	if len(ids) > maxPartnerCAs {
		d.faultAtKey("partnerCAs", "%d partners with a CA of their own; a trust store takes %d beside the environment's", len(ids), maxPartnerCAs)
	}
}

// line is the number of the line that the value at path stands in.
func (d *document) line(path string) int {
	if p := d.nearest(path).value; p != nil {
		return p.Line
	}
	return 1
}
