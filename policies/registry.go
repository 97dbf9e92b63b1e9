package policies

import (
	"reflect"
	"slices"

	"livechat.example/cloud/policies/template"
)

var registryPolicies = []Policy{registryIsOneTable, replicasHaveTheirKeys, replicasAreRecoverable, replicasAreClosed,
	everyPartnerHasARecord, recordsSayWhatIsMeant}

const globalTableType = "AWS::DynamoDB::GlobalTable"

// registryName is that of the environment's registry, in every region.
func registryName(s *template.Stack) string { return "livechat-" + s.Environment + "-registry" }

// registryARN is that of a region's replica.
func registryARN(s *template.Stack, region string) string {
	return "arn:" + s.Partition() + ":dynamodb:" + region + ":" + s.Account + ":table/" + registryName(s)
}

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

var registryIsOneTable = Policy{
	ID: "REG-01", Title: "The registry is the estate's one table: in the primary region's stack by its name, with one replica in every region and in no other, in which revocations end by themselves",
	Source:    answer("How are we ensuring secure communication between partner and Sprinklr service?", "Only trusted certificates are accepted, and connections are restricted to whitelisted IPs where possible."),
	Component: Gateway, STRIDE: "STD", Severity: High,
	Fix:   "build it with registry.New, from all regions of the environment; the shape is stated in policies/registry.go and internal/registry",
	Reads: []string{globalTableType, "AWS::DynamoDB::Table"},
	Check: func(e *template.Estate, f *Findings) {
		var registries []*template.Resource
		for t := range e.All(globalTableType, "AWS::DynamoDB::Table") {
			f.Saw(t)
			if t.Type != globalTableType || t.Stack.Layer != "registry" || !t.Get("TableName").Is(registryName(t.Stack)) {
				f.Fail(t, "is %s, and not the registry", cmpOr(t.Get("TableName").String(), "a table without a name"))
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

func checkShape(f *Findings, t *template.Resource) {
	allowOnly(f, t, "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema", "Replicas", "SSESpecification",
		"StreamSpecification", "TableName", "TimeToLiveSpecification")
	for property, want := range registryShape {
		if !equals(t.Get(property), want) {
			f.Fail(t, "its %s is %s, by which nobody finds what he looks for", property, cmpOr(t.Get(property).String(), "not there"))
		}
	}
	regions := regionsOf(t.Stack)
	if len(regions) == 0 || t.Stack.Region != regions[0] {
		f.Fail(t, "is in %s, which is not the primary region", t.Stack.Region)
	}
	var replicated []string
	for _, r := range t.Get("Replicas").List() {
		replicated = append(replicated, r.Get("Region").Text())
		if more := beyond(r, "DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "Region", "SSESpecification", "Tags"); len(more) > 0 {
			f.Fail(t, "its replica in %s says %v, which nothing here needs", r.Get("Region"), more)
		}
		if tags := tagsOf(r); tags["livechat:environment"] != t.Stack.Environment || tags["livechat:layer"] != t.Stack.Layer || len(tags) != 2 {
			f.Fail(t, "its replica in %s is tagged %v", r.Get("Region"), tags)
		}
	}
	if !same(replicated, regions) {
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

var replicasHaveTheirKeys = Policy{
	ID: "REG-02", Title: "Every replica of a table is encrypted under the registry's key of its own region, by the alias that it has there",
	Source:    answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: Gateway, STRIDE: "I", Severity: High,
	Fix:   "build the table with registry.New, which names each region's key",
	Reads: []string{globalTableType, "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *Findings) {
		for t := range e.All(globalTableType) {
			f.Saw(t)
			if !equals(t.Get("SSESpecification"), object{"SSEEnabled": true, "SSEType": "KMS"}) {
				f.Fail(t, "is encrypted by %s, not under keys of ours", cmpOr(t.Get("SSESpecification").String(), "DynamoDB's own key"))
			}
			for _, r := range t.Get("Replicas").List() {
				region := r.Get("Region").Text()
				sse := r.Get("SSESpecification")
				if alias := registryAlias(e, region); alias == nil || e.Find(sse.Get("KMSMasterKeyId"), "AWS::KMS::Alias") != alias || sse.Len() != 1 {
					f.Fail(t, "its replica in %s is under %s, which is not that region's key for it", region, cmpOr(sse.String(), "DynamoDB's own key"))
				}
			}
		}
	},
}

// registryAlias is the alias of a region's key of the registry's class, nil if it has none.
func registryAlias(e *template.Estate, region string) *template.Resource {
	for a := range e.All("AWS::KMS::Alias") {
		if a.Stack.Region == region && aliasClass(a) == "registry" && e.Find(a.Get("TargetKeyId"), "AWS::KMS::Key") != nil {
			return a
		}
	}
	return nil
}

// recoveryDays is as far back as DynamoDB and Aurora keep what they can be restored to.
const recoveryDays = "35"

var replicasAreRecoverable = Policy{
	ID: "REG-03", Title: "Every replica of a table can be restored to any second of the last 35 days, refuses to be deleted, and outlives its template",
	Source:    recoveryTests,
	Component: Gateway, STRIDE: "TD", Severity: High,
	Fix:   "build the table with registry.New",
	Reads: []string{globalTableType},
	Check: func(e *template.Estate, f *Findings) {
		for t := range e.All(globalTableType) {
			f.Saw(t)
			if !kept(t) {
				f.Fail(t, "goes with its template, or with its replacement")
			}
			if t.Get("Replicas").Len() == 0 {
				f.Fail(t, "has no replica")
			}
			for _, r := range t.Get("Replicas").List() {
				back := r.Get("PointInTimeRecoverySpecification")
				if !back.Get("PointInTimeRecoveryEnabled").True() || !back.Get("RecoveryPeriodInDays").Is(recoveryDays) {
					f.Fail(t, "its replica in %s goes back by %s, not by %s days", r.Get("Region"), cmpOr(back.String(), "nothing"), recoveryDays)
				}
				if !r.Get("DeletionProtectionEnabled").True() {
					f.Fail(t, "its replica in %s can be deleted", r.Get("Region"))
				}
			}
		}
	},
}

// registrarOf is the function that writes the registry's records, nil if there is none.
func registrarOf(e *template.Estate) *template.Resource {
	for r := range e.All(functionType) {
		if r.Stack.Layer == "registry" && r.Get("FunctionName").Is(r.Stack.Environment+"-"+r.Stack.Region+"-registrar") {
			return r
		}
	}
	return nil
}

// registryTasks write the partners' records, and give replicas their policies.
func registryTasks(e *template.Estate, function *template.Resource, j job) {
	s := function.Stack
	if function == registrarOf(e) {
		// Of the table, records alone: revocations are others' to write.
		records := []string{registryARN(s, s.Region) + " under ForAllValues:StringLike dynamodb:LeadingKeys partner#*"}
		j["dynamodb:PutItem"], j["dynamodb:DeleteItem"] = records, records
		if alias := registryAlias(e, s.Region); alias != nil {
			// DynamoDB decrypts the table's key in the name of each caller ("DynamoDB encryption at rest: how it works").
			j["kms:Decrypt"] = []string{e.Find(alias.Get("TargetKeyId"), "AWS::KMS::Key").Attribute("Arn")}
		}
	}
	for c := range e.All(tablePolicyType) {
		if table := c.Get("Table").Text(); e.Find(c.Get("ServiceToken"), functionType) == function && !slices.Contains(j["dynamodb:PutResourcePolicy"], table) {
			j["dynamodb:PutResourcePolicy"] = append(j["dynamodb:PutResourcePolicy"], table)
		}
	}
}
