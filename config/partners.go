package config

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// partnerFile is a partner as read, and the document to report to.
type partnerFile struct {
	Partner
	doc  *document
	name string // the file's, without .yaml: what the id must be
	// key identifies the public key of the partner's certificate; empty if that cannot be read.
	key string
	// blocks are the allowed addresses that are well-formed.
	blocks []claim
}

// partners reads every file of an environment's partners/, by id. An environment may have no partner yet.
func (r *reader) partners(environment string) []*partnerFile {
	folder := path.Join(environment, "partners")
	if info, err := fs.Lstat(r.files, folder); err != nil || !info.IsDir() {
		return nil // what stands in its place is reported as a stray
	}
	names, _ := fs.Glob(r.files, path.Join(folder, "*.yaml"))
	var partners []*partnerFile
	certificates, unread := map[string]bool{}, false
	for _, name := range names {
		p := &partnerFile{name: strings.TrimSuffix(path.Base(name), ".yaml")}
		p.doc = r.document(name, &p.Partner)
		r.checkPartner(p, folder)
		certificates[p.Certificate.Request], certificates[p.Certificate.CA] = true, true
		unread = unread || p.doc.unreadable("certificate")
		partners = append(partners, p)
	}
	r.refuseStrays(folder, func(f fs.DirEntry) bool {
		isPartner := path.Ext(f.Name()) == ".yaml" // if it cannot be read, that is reported already
		isCertificate := certificates[f.Name()] || unread && path.Ext(f.Name()) == ".pem"
		return isPartner || isCertificate && f.Type().IsRegular()
	}, "partners/ holds partners' .yaml files and the certificate files that they name")
	slices.SortStableFunc(partners, func(a, b *partnerFile) int { return cmp.Compare(a.ID, b.ID) })
	return partners
}

// checkTogether judges what no file says alone: the partners against the environment and against each other.
func checkTogether(e Environment, d *document, partners []*partnerFile, today Date) {
	checkExceptions(e, d, partners)
	for _, p := range partners {
		p.checkResidency(e)
		p.checkReview(e.ReviewWithinDays, today)
	}
	checkKeys(partners)
	checkDomains(partners)
	checkAddresses(partners)
}

// checkExceptions holds the environment's list of partner CAs to exactly the partners that bring one.
func checkExceptions(e Environment, d *document, partners []*partnerFile) {
	names := make([]string, len(partners))
	request := map[string]bool{}
	for i, p := range partners {
		names[i], request[p.name] = p.name, p.Certificate.CA == "" && !p.doc.unreadable("certificate.ca")
		if p.Certificate.CA != "" && !slices.Contains(e.PartnerCAs, p.name) && !d.unreadable("partnerCAs") {
			p.doc.fault("certificate.ca", "partner %q may not bring a CA of its own; send a request, or list the partner in partnerCAs of environment.yaml", p.name)
		}
	}
	for i, id := range e.PartnerCAs {
		switch at := item("partnerCAs", i); {
		case !slices.Contains(names, id):
			d.fault(at, "%s", unknown("partner", id, names))
		case request[id]:
			d.fault(at, "partner %q brings no CA; take it off the list", id)
		}
	}
}

// checkResidency reports a region of the environment that the partner's data may not lie in.
func (p *partnerFile) checkResidency(e Environment) {
	if !slices.Contains(residencies, p.Residency) {
		return
	}
	for _, r := range e.Regions {
		if _, known := regions[r.Name]; known && !p.Residency.Admits(r.Name) {
			p.doc.fault("residency", "residency %q excludes region %q of environment %q; put the partner into one whose regions all lie there", p.Residency, r.Name, e.Name)
			return
		}
	}
}

// checkReview reports a partner whose addresses and domains were not looked at for too long.
func (p *partnerFile) checkReview(withinDays int, today Date) {
	if withinDays < 1 {
		return // reported in environment.yaml
	}
	if days := p.ReviewedOn.DaysUntil(today); days > withinDays {
		p.doc.fault("reviewedOn", "last reviewed %d days ago, %d at most; review allowedAddresses and sdkDomains, then write the day", days, withinDays)
	}
}
