package config

import "fmt"

// Prices in USD a month, from AWS's public price lists for us-east-1; other regions are dearer by up to a third.
const (
	natGatewayMonthly       = 33  // USD 0.045 an hour, a gateway
	firewallEndpointMonthly = 288 // USD 0.395 an hour, an endpoint
	endpointMonthly         = 7   // USD 0.01 an hour, an interface endpoint and zone
)

// interfaceEndpoints is how many of them a region has (constructs/endpoint).
const interfaceEndpoints = 8

// switchNotes say what it means to switch something on: it is said to whoever leaves the switch out.
var switchNotes = map[string]string{
	"switches.shieldAdvanced":       "true or false: on, USD 3,000 a month for a year",
	"switches.serviceConnectTls":    "true or false: on, a Private CA of USD 50 a month in each region",
	"switches.natGateways":          "true or false: on, about USD 321 a month in each zone with the firewall before it, and data; off, no LLM provider is reached",
	"switches.guardDuty":            "create, existing or off: billed by what it analyzes",
	"switches.securityHub":          "create, existing or off: billed by check and finding",
	"switches.config":               "create, existing or off: billed by recorded change and rule evaluation",
	"switches.accessAnalyzer":       "create, existing or off: external access is free, an account has one",
	"switches.inspector":            "create, existing or off: billed by scanned image",
	"switches.vpcBlockPublicAccess": "create, existing or off: free, an account and region has one",
}

// remedy is what to write for a field that is missing, where that is not plain.
func remedy(path string) string {
	if path == "people.signIn" {
		return "; write identityCenter or iamUsers: how people come to the account"
	}
	note, ok := switchNotes[path]
	if !ok {
		return ""
	}
	for _, s := range unbuilt {
		if path == "switches."+s.name {
			note += "; not built yet, so nothing is made"
		}
	}
	return "; write " + note
}

// unbuilt are the switches that no stack reads yet: they make nothing and cost nothing.
var unbuilt = []struct {
	name string
	on   func(s Switches) bool
}{
	{"shieldAdvanced", func(s Switches) bool { return s.ShieldAdvanced }},
	{"serviceConnectTls", func(s Switches) bool { return s.ServiceConnectTLS }},
	{"guardDuty", func(s Switches) bool { return s.GuardDuty == Create }},
	{"securityHub", func(s Switches) bool { return s.SecurityHub == Create }},
	{"config", func(s Switches) bool { return s.Config == Create }},
	{"accessAnalyzer", func(s Switches) bool { return s.AccessAnalyzer == Create }},
	{"inspector", func(s Switches) bool { return s.Inspector == Create }},
}

// NotBuilt are the switches that are on though no stack makes what they are for yet.
func (e Environment) NotBuilt() []string {
	var names []string
	for _, s := range unbuilt {
		if s.on(e.Switches) {
			names = append(names, s.name)
		}
	}
	return names
}

// Costs says, a line each, what is switched on that costs money beyond what is used. Synth prints it, so that nobody
// finds it on a bill. Amounts are USD a month (DEPLOY-TRAPS §16), before data and requests.
func (e Environment) Costs() []string {
	regions, zones := len(e.Regions), 0
	for _, r := range e.Regions {
		zones += len(r.Zones)
	}
	lines := []string{
		fixed("Interface endpoints", interfaceEndpoints*zones, "network interface", endpointMonthly, ", and data"),
		metered("Aurora global database", regions, fmt.Sprintf("the hours of %d instances, stored and replicated data, and 35 days of backups", zones)),
		metered("Malware scans", regions, "objects of knowledge and their size"),
	}
	add := func(on bool, line string) {
		if on {
			lines = append(lines, line)
		}
	}
	add(e.Switches.NATGateways, fixed("Network Firewall and NAT gateways", zones, "zone", firewallEndpointMonthly+natGatewayMonthly, ", and data"))
	return lines
}

func fixed(what string, count int, unit string, each int, more string) string {
	if count != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%s: %d %s, about USD %d a month%s", what, count, unit, count*each, more)
}

func metered(what string, regions int, by string) string {
	return fmt.Sprintf("%s: in %d regions, billed by %s", what, regions, by)
}
