package data

import (
	"reflect"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var registryPolicies = []policies.Policy{registryIsOneTable, replicasHaveTheirKeys, replicasAreRecoverable, replicasAreClosed,
	everyPartnerHasARecord, recordsSayWhatIsMeant}

const globalTableType = "AWS::DynamoDB::GlobalTable"

// list and object are short for what a property is compared with.
type (
	list   = []any
	object = map[string]any
)

// registryShape is by what the registry's readers and writers find an item, and when one ends. Another key is another table.
var registryShape = object{
	"AttributeDefinitions": list{textAttribute("kind"), textAttribute("pk"), textAttribute("sk")},
	"KeySchema":            list{keyPart("pk", "HASH"), keyPart("sk", "RANGE")},
	"GlobalSecondaryIndexes": list{object{"IndexName": "partners", "KeySchema": list{keyPart("kind", "HASH"), keyPart("pk", "RANGE")},
		"Projection": object{"ProjectionType": "INCLUDE", "NonKeyAttributes": list{"retentionDays"}}}},
	"BillingMode":             "PAY_PER_REQUEST",
	"StreamSpecification":     object{"StreamViewType": "NEW_AND_OLD_IMAGES"},
	"TimeToLiveSpecification": object{"AttributeName": "expires", "Enabled": true},
}

func textAttribute(name string) object { return object{"AttributeName": name, "AttributeType": "S"} }

func keyPart(name, kind string) object { return object{"AttributeName": name, "KeyType": kind} }

// equals says that a value is known and is exactly another.
func equals(v template.Value, want any) bool {
	return reflect.DeepEqual(v.Any(), template.Of(want).Any())
}

var registryIsOneTable = policies.Policy{
	ID: "REG-01", Title: "The registry is the estate's one table: in the primary region's stack by its name, with one replica in every region and in no other, in which revocations end by themselves",
	Source:    policies.Answer("How are we ensuring secure communication between partner and Sprinklr service?", "Only trusted certificates are accepted, and connections are restricted to whitelisted IPs where possible."),
	Component: policies.Gateway, STRIDE: "STD", Severity: policies.High,
	Fix:   "build it with registry.New, from all regions of the environment; the shape is stated in policies/data/registry.go and internal/registry",
	Reads: []string{globalTableType, "AWS::DynamoDB::Table"},
	Check: func(e *template.Estate, f *policies.Findings) {
		var registries []*template.Resource
		for t := range e.All(globalTableType, "AWS::DynamoDB::Table") {
			f.Examined(t)
			if t.Type != globalTableType || t.Stack.Layer != "registry" || !t.Get("TableName").Is(intent.RegistryName(t.Stack)) {
				f.Fail(t, "is %s, and not the registry", intent.OrElse(t.Get("TableName").String(), "a table without a name"))
				continue
			}
			registries = append(registries, t)
			checkShape(f, t)
		}
		if len(registries) != 1 {
			f.FailEstate("there are %d registries, not one", len(registries))
		}
	},
}

func checkShape(f *policies.Findings, t *template.Resource) {
	f.AllowOnly(t, "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema", "Replicas", "SSESpecification",
		"StreamSpecification", "TableName", "TimeToLiveSpecification")
	for property, want := range registryShape {
		if !equals(t.Get(property), want) {
			f.Fail(t, "its %s is %s, by which nobody finds what he looks for", property, intent.OrElse(t.Get(property).String(), "not there"))
		}
	}
	regions := intent.RegionsOf(t.Stack)
	if len(regions) == 0 || t.Stack.Region != regions[0] {
		f.Fail(t, "is in %s, which is not the primary region", t.Stack.Region)
	}
	var replicated []string
	for _, r := range t.Get("Replicas").List() {
		replicated = append(replicated, r.Get("Region").Text())
		if more := intent.UnexpectedKeys(r, "DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "Region", "SSESpecification", "Tags"); len(more) > 0 {
			f.Fail(t, "its replica in %s says %v, which nothing here needs", r.Get("Region"), more)
		}
		if tags := tagsOf(r); tags["livechat:environment"] != t.Stack.Environment || tags["livechat:layer"] != t.Stack.Layer || len(tags) != 2 {
			f.Fail(t, "its replica in %s is tagged %v", r.Get("Region"), tags)
		}
	}
	if !intent.SameList(replicated, regions) {
		f.Fail(t, "has replicas in %v, and the environment is in %v", replicated, regions)
	}
}

func tagsOf(v template.Value) map[string]string {
	tags := map[string]string{}
	for _, t := range v.Get("Tags").List() {
		tags[t.Get("Key").Text()] = t.Get("Value").Text()
	}
	return tags
}

var replicasHaveTheirKeys = policies.Policy{
	ID: "REG-02", Title: "Every replica of a table is encrypted under the registry's key of its own region, by the alias that it has there",
	Source:    policies.Answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: policies.Gateway, STRIDE: "I", Severity: policies.High,
	Fix:   "build the table with registry.New, which names each region's key",
	Reads: []string{globalTableType, "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for t := range e.All(globalTableType) {
			f.Examined(t)
			if !equals(t.Get("SSESpecification"), object{"SSEEnabled": true, "SSEType": "KMS"}) {
				f.Fail(t, "is encrypted by %s, not under keys of ours", intent.OrElse(t.Get("SSESpecification").String(), "DynamoDB's own key"))
			}
			for _, r := range t.Get("Replicas").List() {
				region := r.Get("Region").Text()
				sse := r.Get("SSESpecification")
				if alias := intent.RegistryAlias(e, region); alias == nil || e.Find(sse.Get("KMSMasterKeyId"), "AWS::KMS::Alias") != alias || sse.Len() != 1 {
					f.Fail(t, "its replica in %s is under %s, which is not that region's key for it", region, intent.OrElse(sse.String(), "DynamoDB's own key"))
				}
			}
		}
	},
}

// recoveryDays is as far back as DynamoDB and Aurora keep what they can be restored to.
const recoveryDays = "35"

var replicasAreRecoverable = policies.Policy{
	ID: "REG-03", Title: "Every replica of a table can be restored to any second of the last 35 days, refuses to be deleted, and outlives its template",
	Source:    policies.RecoveryTests,
	Component: policies.Gateway, STRIDE: "TD", Severity: policies.High,
	Fix:   "build the table with registry.New",
	Reads: []string{globalTableType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for t := range e.All(globalTableType) {
			f.Examined(t)
			if !intent.Retained(t) {
				f.Fail(t, "goes with its template, or with its replacement")
			}
			if t.Get("Replicas").Len() == 0 {
				f.Fail(t, "has no replica")
			}
			for _, r := range t.Get("Replicas").List() {
				back := r.Get("PointInTimeRecoverySpecification")
				if !back.Get("PointInTimeRecoveryEnabled").True() || !back.Get("RecoveryPeriodInDays").Is(recoveryDays) {
					f.Fail(t, "its replica in %s goes back by %s, not by %s days", r.Get("Region"), intent.OrElse(back.String(), "nothing"), recoveryDays)
				}
				if !r.Get("DeletionProtectionEnabled").True() {
					f.Fail(t, "its replica in %s can be deleted", r.Get("Region"))
				}
			}
		}
	},
}
