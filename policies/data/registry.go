package data

import (
	"maps"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var registryPolicies = []policies.Policy{registryIsOneTable, replicasHaveTheirKeys, replicasAreRecoverable, replicasAreClosed,
	everyPartnerHasARecord, recordsSayWhatIsMeant}

const globalTableType = "AWS::DynamoDB::GlobalTable"

// keys is a list of a hash key and a range key.
func keys(hash, sort string) expect.Want {
	part := func(name, kind string) expect.Want {
		return expect.Object(expect.Shape{"AttributeName": expect.Is(name), "KeyType": expect.Is(kind)})
	}
	return expect.List(part(hash, "HASH"), part(sort, "RANGE"))
}

func textAttribute(name string) expect.Want {
	return expect.Object(expect.Shape{"AttributeName": expect.Is(name), "AttributeType": expect.Is("S")})
}

// A table with another key is another table: no reader finds an item in it. Only revocations have the attribute expires.
var registryIsOneTable = policies.Policy{
	ID: "REG-01", Title: "The registry is one table, with one replica in every region, in which revocations expire",
	Source:    policies.Answer("How are we ensuring secure communication between partner and Sprinklr service?", "Only trusted certificates are accepted, and connections are restricted to whitelisted IPs where possible."),
	Component: policies.Gateway, STRIDE: "STD", Severity: policies.High,
	Fix:   "build it with registry.New, from all regions of the environment; the shape is stated in policies/data/registry.go and internal/registry",
	Count: []expect.Census{expect.One(globalTableType).Per(expect.Primary)},
	Expect: expect.Shapes{globalTableType: {
		"TableName":            named("livechat-<environment>-registry"),
		"AttributeDefinitions": expect.List(textAttribute("kind"), textAttribute("pk"), textAttribute("sk")),
		"KeySchema":            keys("pk", "sk"),
		"GlobalSecondaryIndexes": expect.List(expect.Object(expect.Shape{
			"IndexName": expect.Is("partners"), "KeySchema": keys("kind", "pk"),
			"Projection": expect.Object(expect.Shape{
				"ProjectionType":   expect.Is("INCLUDE").Because("the index's readers need no whole record"),
				"NonKeyAttributes": expect.Exactly("retentionDays"),
			}),
		})),
		"BillingMode":             expect.Is("PAY_PER_REQUEST"),
		"StreamSpecification":     expect.Object(expect.Shape{"StreamViewType": expect.Is("NEW_AND_OLD_IMAGES")}),
		"TimeToLiveSpecification": expect.Object(expect.Shape{"AttributeName": expect.Is("expires"), "Enabled": expect.True}),
	}},
	Reads: []string{globalTableType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for t := range e.All(globalTableType) {
			var replicated []string
			for _, r := range t.Get("Replicas").List() {
				region := r.Get("Region").Text()
				replicated = append(replicated, region)
				want := map[string]string{"livechat:environment": t.Stack.Environment, "livechat:layer": t.Stack.Layer}
				if tags := tagsOf(r); !maps.Equal(tags, want) {
					f.Fail(t, "Tags of the replica in %s are %v, must be %v: no stack tags a replica", region, tags, want)
				}
			}
			if regions := intent.RegionsOf(t.Stack); !intent.SameList(replicated, regions) {
				f.Fail(t, "Replicas are in %v, must be in %v, the environment's regions", replicated, regions)
			}
		}
	},
}

func tagsOf(v template.Value) map[string]string {
	tags := map[string]string{}
	for _, t := range v.Get("Tags").List() {
		tags[t.Get("Key").Text()] = t.Get("Value").Text()
	}
	return tags
}

var replicasHaveTheirKeys = policies.Policy{
	ID: "REG-02", Title: "Every replica of the registry is encrypted with the registry key of its region",
	Source:    policies.Answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: policies.Gateway, STRIDE: "I", Severity: policies.High,
	Fix: "build the table with registry.New, which names each region's key",
	Expect: expect.Shapes{globalTableType: {
		"SSESpecification": expect.Object(expect.Shape{"SSEEnabled": expect.True, "SSEType": expect.Is("KMS")}),
	}},
	Reads: []string{globalTableType, intent.KeyType, intent.AliasType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for t := range e.All(globalTableType) {
			for _, r := range t.Get("Replicas").List() {
				region, key := r.Get("Region").Text(), r.Get("SSESpecification", "KMSMasterKeyId")
				if alias := intent.RegistryAlias(e, region); alias == nil || e.Find(key, intent.AliasType) != alias {
					f.Fail(t, "KMSMasterKeyId of the replica in %s is %s, must be that region's alias of class registry", region, key)
				}
			}
		}
	},
}

// CDK-09 holds that the table is retained.
var replicasAreRecoverable = policies.Policy{
	ID: "REG-03", Title: "Every replica can be restored to any second of the last 35 days, and not be deleted",
	Source:    policies.RecoveryTests,
	Component: policies.Gateway, STRIDE: "TD", Severity: policies.High,
	Fix: "build the table with registry.New",
	Expect: expect.Shapes{globalTableType: {"Replicas": expect.Each(expect.Object(expect.Shape{
		"DeletionProtectionEnabled": expect.True,
		"PointInTimeRecoverySpecification": expect.Object(expect.Shape{
			"PointInTimeRecoveryEnabled": expect.True, "RecoveryPeriodInDays": expect.Is(recoveryDays),
		}),
		"Region": expect.Checked, "Tags": expect.Checked, // REG-01
		"SSESpecification": expect.Object(expect.Shape{"KMSMasterKeyId": expect.Checked}), // REG-02
	}))}},
}
