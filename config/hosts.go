package config

import (
	"net/netip"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

var label = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// hostProblem says why a word is not the exact name of a host, and the way to write it; "" if it is one. Names are
// compared byte by byte by firewalls, certificates and browsers, so there is one way to write each.
func hostProblem(host string) string {
	switch {
	case host == "":
		return "is empty; write a host name"
	case strings.Contains(host, "*"):
		return "has a wildcard; list each host by its exact name"
	case strings.ContainsAny(host, ":/@?# "):
		return "is not a host name alone; leave out scheme, port and path"
	case strings.HasPrefix(host, "."):
		return "begins with a dot, which would match every name below it; write the exact name"
	case strings.HasSuffix(host, "."):
		return "ends with a dot; leave it out"
	case host != strings.ToLower(host):
		return "is not in lower case; write " + strings.ToLower(host)
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return "is an address; write a host name"
	}
	return nameProblem(host)
}

func nameProblem(host string) string {
	ascii, err := idna.Lookup.ToASCII(host)
	switch {
	case err == nil && ascii != host:
		return "is not in ASCII; write " + ascii
	case err != nil || len(host) > 253:
		return "is not a valid host name"
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if !label.MatchString(l) {
			return "is not a valid host name"
		}
	}
	if suffix, _ := publicsuffix.PublicSuffix(host); suffix == host {
		return "is a suffix that anybody may register names under; write a whole host name"
	}
	return ""
}

// checkHost reports the host at path if it is not the exact name of one.
func (d *document) checkHost(path, host string) bool {
	problem := hostProblem(host)
	if problem != "" {
		d.fault(path, "%q %s", host, problem)
	}
	return problem == ""
}
