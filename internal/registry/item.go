package registry

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is an item's attributes, by name.
type Item map[string]types.AttributeValue

// Attributes are the key as DynamoDB takes it.
func (k Key) Attributes() Item { return Item{PartitionKey: text(k.Partition), SortKey: text(k.Sort)} }

// KindPartner is the kind of a partner's record, the only one that the index has.
const KindPartner = "partner"

// Resource is the attribute that names the custom resource that made a record: another one does not remove it.
const Resource = "resource"

// Item is the record as it lies in the table, made by a custom resource.
func (p Partner) Item(resource string) Item {
	item := RecordOf(p.ID).Attributes()
	for name, value := range map[string]string{
		Kind: KindPartner, Resource: resource, "partner": p.ID, "name": p.Name, "tier": p.Tier, "residency": p.Residency, "contact": p.Contact,
		"commonName": p.CommonName, "authoritySubject": p.AuthoritySubject, "authoritySha256": p.AuthoritySHA256,
		"reviewedOn": p.ReviewedOn, "signingSecret": p.SigningSecretName,
	} {
		if value != "" {
			item[name] = text(value)
		}
	}
	for name, value := range map[string]int{
		"requestsPerSecond": p.RequestsPerSecond, "burst": p.Burst, "requestsPerMonth": p.RequestsPerMonth, "retentionDays": p.RetentionDays,
	} {
		item[name] = &types.AttributeValueMemberN{Value: strconv.Itoa(value)}
	}
	item["allowedAddresses"], item["sdkDomains"] = list(p.AllowedAddresses), list(p.SDKDomains)
	return item
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func list(all []string) types.AttributeValue {
	values := make([]types.AttributeValue, len(all))
	for i, s := range all {
		values[i] = text(s)
	}
	return &types.AttributeValueMemberL{Value: values}
}
