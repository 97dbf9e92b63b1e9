package registry

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// Partner is a partner's record.
type Partner struct {
	ID        string // required
	Name      string
	Tier      string
	Residency string
	Contact   string // an e-mail address
	// CommonName is whom a certificate of the environment's client CA must name. A partner with a CA of his own has AuthoritySubject and
	// AuthoritySHA256, the CA's, in its place.
	CommonName, AuthoritySubject, AuthoritySHA256 string
	AllowedAddresses                              []string // CIDR blocks; none: any address
	SDKDomains                                    []string
	RequestsPerSecond, Burst, RequestsPerMonth    int
	RetentionDays                                 int
	ReviewedOn                                    string // 2026-10-01
	SigningSecret                                 string // the name of the secret
}

// Record is a partner's record in the table for as long as it is in a template: whoever leaves config leaves nothing behind.
//
// It stands in a stack of its own beside the other partners', in the table's region, and comes after the registry's stack.
func (r Registry) Record(scope constructs.Construct, id string, p Partner) awscdk.CfnResource {
	if p.ID == "" {
		panic("registry.Partner of " + id + ": ID is required")
	}
	record := map[string]any{
		"RequestsPerSecond": p.RequestsPerSecond, "Burst": p.Burst, "RequestsPerMonth": p.RequestsPerMonth, "RetentionDays": p.RetentionDays,
	}
	for name, value := range map[string]string{
		"Name": p.Name, "Tier": p.Tier, "Residency": p.Residency, "Contact": p.Contact,
		"CommonName": p.CommonName, "AuthoritySubject": p.AuthoritySubject, "AuthoritySHA256": p.AuthoritySHA256,
		"ReviewedOn": p.ReviewedOn, "SigningSecretName": p.SigningSecret,
	} {
		if value != "" {
			record[name] = value
		}
	}
	for name, list := range map[string][]string{"AllowedAddresses": p.AllowedAddresses, "SDKDomains": p.SDKDomains} {
		if len(list) > 0 {
			record[name] = list
		}
	}
	return ask(scope, id, "Custom::Partner", r.registrar, map[string]any{"Table": r.name, "Partner": p.ID, "Record": record})
}

func tags(of map[string]string) *[]*awscdk.CfnTag {
	if len(of) == 0 {
		panic(fmt.Sprintf("registry.Props: Tags are required: %v", of))
	}
	var all []*awscdk.CfnTag
	for _, key := range slices.Sorted(maps.Keys(of)) {
		all = append(all, &awscdk.CfnTag{Key: new(key), Value: new(of[key])})
	}
	return &all
}
