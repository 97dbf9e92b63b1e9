package config

import "fmt"

// Prices in USD a month, from AWS's public price lists for us-east-1; other regions are dearer by up to a third.
const (
	shieldAdvancedMonthly   = 3000 // with a commitment of one year
	privateCAMonthly        = 50   // short-lived mode, a CA
	natGatewayMonthly       = 33   // USD 0.045 an hour, a gateway
	firewallEndpointMonthly = 288  // USD 0.395 an hour, an endpoint
	endpointMonthly         = 7    // USD 0.01 an hour, an interface endpoint and zone
)

// interfaceEndpoints is how many of them a region has (constructs/endpoint).
const interfaceEndpoints = 8

// switchNotes say what it means to switch something on: it is said to whoever leaves the switch out.
var switchNotes = map[string]string{
	"people.signIn":                 "identityCenter or iamUsers: how people come to the account",
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
	if note, ok := switchNotes[path]; ok {
		return "; write " + note
	}
	return ""
}

// Costs says, a line each, what is switched on that costs money beyond what is used. Synth prints it, so that nobody
// finds it on a bill. Amounts are USD a month (DEPLOY-TRAPS §16), before data and requests.
func (e Environment) Costs() []string {
	regions, zones := len(e.Regions), 0
	for _, r := range e.Regions {
		zones += len(r.Zones)
	}
	s := e.Switches
	lines := []string{
		fixed("Interface endpoints", interfaceEndpoints*zones, "network interface", endpointMonthly, ", and data"),
		metered("Aurora global database", regions, fmt.Sprintf("the hours of %d instances, stored and replicated data, and 35 days of backups", zones)),
	}
	add := func(on bool, line string) {
		if on {
			lines = append(lines, line)
		}
	}
	add(s.NATGateways, fixed("Network Firewall and NAT gateways", zones, "zone", firewallEndpointMonthly+natGatewayMonthly, ", and data"))
	add(s.ServiceConnectTLS, fixed("Service Connect TLS", regions, "Private CA", privateCAMonthly, ", and certificates"))
	add(s.ShieldAdvanced, fixed("Shield Advanced", 1, "subscription", shieldAdvancedMonthly, ", committed for a year"))
	add(s.GuardDuty == Create, metered("GuardDuty", regions, "events, logs and objects analyzed, and runtime monitoring of tasks"))
	add(s.SecurityHub == Create, metered("Security Hub", regions, "checks and findings"))
	add(s.Config == Create, metered("AWS Config", regions, "recorded changes and rule evaluations"))
	add(s.Inspector == Create, metered("Inspector", regions, "scanned images"))
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
