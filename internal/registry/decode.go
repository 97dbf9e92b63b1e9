package registry

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Decode reads the record of a Custom::Partner, and checks it. It is strict: a property that is unknown, missing or of another kind is
// an error. CloudFormation hands every number on as text.
func Decode(partner string, record map[string]any) (Partner, error) {
	r := reader{said: maps.Clone(record)}
	p := Partner{
		ID:               partner,
		Name:             r.text("Name"),
		Tier:             r.text("Tier"),
		Residency:        r.text("Residency"),
		Contact:          r.text("Contact"),
		CommonName:       r.optional("CommonName"),
		AuthoritySubject: r.optional("AuthoritySubject"), AuthoritySHA256: r.optional("AuthoritySHA256"),
		AllowedAddresses:  r.texts("AllowedAddresses"),
		SDKDomains:        r.texts("SDKDomains"),
		RequestsPerSecond: r.number("RequestsPerSecond"),
		Burst:             r.number("Burst"),
		RequestsPerMonth:  r.number("RequestsPerMonth"),
		RetentionDays:     r.number("RetentionDays"),
		ReviewedOn:        r.text("ReviewedOn"),
		SigningSecretName: r.text("SigningSecretName"),
	}
	for _, name := range slices.Sorted(maps.Keys(r.said)) {
		r.fault("a record has no %s", name)
	}
	if len(r.faults) > 0 {
		return Partner{}, errors.Join(r.faults...)
	}
	return p, p.Check()
}

// reader takes out of a record what is asked for, so that what is left was not known.
type reader struct {
	said   map[string]any
	faults []error
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf(format, args...))
}

func (r *reader) take(name string) (any, bool) {
	v, said := r.said[name]
	delete(r.said, name)
	return v, said
}

func (r *reader) text(name string) string {
	v, _ := r.take(name)
	s, ok := v.(string)
	if !ok || s == "" {
		r.fault("a record needs the text %s", name)
	}
	return s
}

func (r *reader) optional(name string) string {
	if _, said := r.said[name]; !said {
		return ""
	}
	return r.text(name)
}

func (r *reader) texts(name string) []string {
	v, said := r.take(name)
	if !said {
		return nil
	}
	list, ok := v.([]any)
	var all []string
	for _, x := range list {
		s, text := x.(string)
		ok = ok && text
		all = append(all, s)
	}
	if !ok {
		r.fault("a record's %s is a list of texts", name)
	}
	return all
}

func (r *reader) number(name string) int {
	v, _ := r.take(name)
	n, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil {
		r.fault("a record needs the number %s", name)
	}
	return n
}
