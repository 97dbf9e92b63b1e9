package config

import (
	"maps"
	"slices"
)

// The residencies: what an environment or a partner may demand of where its data lies.
const (
	Anywhere Residency = "global"
	EU       Residency = "eu" // member states only: London and Zurich are outside
	UK       Residency = "uk"
	US       Residency = "us"
	Canada   Residency = "ca"
	Brazil   Residency = "br"
	APAC     Residency = "apac"
)

var residencies = []Residency{Anywhere, EU, UK, US, Canada, Brazil, APAC}

// Admits says whether data of this residency may lie in a region.
func (r Residency) Admits(region string) bool {
	known, ok := regions[region]
	return ok && (r == Anywhere || r == known.residency)
}

// site is one AWS region that the whole design fits in.
type site struct {
	residency Residency
	zones     string // the letters of its availability zones
}

// regions is the allow-list: the commercial regions that have every CloudFormation type of the design. It is compared
// with CloudFormation's registry, as cfn-lint ships it, in testdata/registry (DEPLOY-TRAPS §15), which also names what
// the other regions lack.
var regions = map[string]site{
	"ap-northeast-1": {APAC, "abcd"}, // Tokyo
	"ap-northeast-2": {APAC, "abcd"}, // Seoul
	"ap-south-1":     {APAC, "abc"},  // Mumbai
	"ap-southeast-1": {APAC, "abc"},  // Singapore
	"ap-southeast-2": {APAC, "abc"},  // Sydney
	"ca-central-1":   {Canada, "abcd"},
	"eu-central-1":   {EU, "abc"}, // Frankfurt
	"eu-north-1":     {EU, "abc"}, // Stockholm
	"eu-south-1":     {EU, "abc"}, // Milan; an account must opt in
	"eu-west-1":      {EU, "abc"}, // Ireland
	"eu-west-2":      {UK, "abc"}, // London
	"eu-west-3":      {EU, "abc"}, // Paris
	"sa-east-1":      {Brazil, "abc"},
	"us-east-1":      {US, "abcdef"},
	"us-east-2":      {US, "abc"},
	"us-west-1":      {US, "ac"},
	"us-west-2":      {US, "abcd"},
}

// regionsLacking are the other commercial regions, each with one type of the design that CloudFormation lacks there.
var regionsLacking = map[string]string{
	"af-south-1":     "AWS::Bedrock::Guardrail",
	"ap-east-1":      "AWS::Bedrock::Guardrail",
	"ap-east-2":      "AWS::Signer::SigningProfile",
	"ap-northeast-3": "AWS::Signer::SigningProfile",
	"ap-south-2":     "AWS::Signer::SigningProfile",
	"ap-southeast-3": "AWS::Signer::SigningProfile",
	"ap-southeast-4": "AWS::Signer::SigningProfile",
	"ap-southeast-5": "AWS::Signer::SigningProfile",
	"ap-southeast-6": "AWS::Signer::SigningProfile",
	"ap-southeast-7": "AWS::Signer::SigningProfile",
	"ca-west-1":      "AWS::Signer::SigningProfile",
	"eu-central-2":   "AWS::Signer::SigningProfile",
	"eu-south-2":     "AWS::Signer::SigningProfile",
	"il-central-1":   "AWS::Signer::SigningProfile",
	"me-central-1":   "AWS::Signer::SigningProfile",
	"me-south-1":     "AWS::Bedrock::Guardrail",
	"mx-central-1":   "AWS::Signer::SigningProfile",
}

// AllowedRegions are the regions that an environment may name, in alphabetical order.
func AllowedRegions() []string { return slices.Sorted(maps.Keys(regions)) }

// ZonesOf are the availability zones of an allowed region; none for any other.
func ZonesOf(region string) []string {
	var zones []string
	for _, letter := range regions[region].zones {
		zones = append(zones, region+string(letter))
	}
	return zones
}
