package config

import (
	"fmt"
	"net/netip"
	"slices"
)

// The widest blocks that a partner may register: a list that admits more is no list.
const (
	widestIPv4 = 24
	widestIPv6 = 48
)

// notPublic are the special blocks that netip does not name (IANA special-purpose address registries).
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by carriers
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), // IPv4 behind a translator
}

// checkAllowed reports the allow-listed blocks that are not narrow, public ones, written in their one way, and keeps the others.
func (p *partnerFile) checkAllowed() {
	for i, cidr := range p.AllowedAddresses {
		at := item("allowedAddresses", i)
		block, problem := allowedBlock(cidr)
		if problem != "" {
			p.doc.fault(at, "%s", problem)
			continue
		}
		p.blocks = append(p.blocks, claim{block, at, p})
	}
}

func allowedBlock(cidr string) (block netip.Prefix, problem string) {
	block, err := netip.ParsePrefix(cidr)
	widest := widestIPv6
	if block.Addr().Is4() {
		widest = widestIPv4
	}
	switch {
	case err != nil:
		problem = fmt.Sprintf("%q is not an address block; write it as 203.0.113.7/32", cidr)
	case !isPublic(block.Addr()):
		problem = fmt.Sprintf("%s is not a public address; partners call from the internet", block)
	case block.Bits() < widest:
		problem = fmt.Sprintf("%s is too wide: a /%d, /%d at most; list the addresses that are really used", block, block.Bits(), widest)
	case block != block.Masked():
		problem = fmt.Sprintf("%s has host bits set; write %s", block, block.Masked())
	}
	return block, problem
}

func isPublic(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.Is4In6() &&
		!slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(a) })
}

// claim is one block or domain that a partner says is its own.
type claim struct {
	block netip.Prefix
	path  string
	owner *partnerFile
}

// checkAddresses reports blocks that overlap, within a partner or between two: an address that two partners share
// tells nothing of who calls. The claims are sorted, so that a block's overlaps are its neighbours.
func checkAddresses(partners []*partnerFile) {
	var claims []claim
	for _, p := range partners {
		claims = append(claims, p.blocks...)
	}
	slices.SortStableFunc(claims, func(a, b claim) int { return a.block.Compare(b.block) })
	var widest claim // the last block that contains, or precedes, what follows
	for _, c := range claims {
		if !widest.block.IsValid() || !widest.block.Overlaps(c.block) {
			widest = c
			continue
		}
		later, earlier := c, widest
		if later.before(earlier) {
			later, earlier = earlier, later
		}
		later.owner.doc.fault(later.path, "%s overlaps %s of partner %q, in line %d of %s", later.block, earlier.block, earlier.owner.ID, earlier.owner.doc.line(earlier.path), earlier.owner.doc.file)
	}
}

// before orders two claims as a person meets them, file by file.
func (c claim) before(o claim) bool {
	if c.owner != o.owner {
		return c.owner.doc.file < o.owner.doc.file
	}
	return c.owner.doc.line(c.path) < o.owner.doc.line(o.path)
}

// checkDomains reports a domain that two partners list: the SDK could not tell whose page it runs on.
func checkDomains(partners []*partnerFile) {
	first := map[string]claim{}
	for _, p := range partners {
		for i, host := range p.SDKDomains {
			c := claim{path: item("sdkDomains", i), owner: p}
			o, taken := first[host]
			if !taken {
				first[host] = c
			} else if o.owner != p {
				p.doc.fault(c.path, "%q is listed by partner %q already, in line %d of %s", host, o.owner.ID, o.owner.doc.line(o.path), o.owner.doc.file)
			}
		}
	}
}

func (p *partnerFile) certificatePath() string {
	if p.Certificate.CA != "" {
		return "certificate.ca"
	}
	return "certificate.request"
}

// checkKeys reports a certificate key that two partners share: each could speak for the other.
func checkKeys(partners []*partnerFile) {
	first := map[string]*partnerFile{}
	for _, p := range partners {
		if o := first[p.key]; p.key != "" && o != nil {
			p.doc.fault(p.certificatePath(), "the certificate's key is that of partner %q too; each partner needs a key of its own", o.ID)
			continue
		}
		first[p.key] = p
	}
}
