package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const (
	aTable      = "AWS::DynamoDB::GlobalTable"
	tablePolicy = "Custom::TablePolicy"
	aPartner    = "Custom::Partner"
)

var registryMutations = []mutation{
	{"REG-01", aTable, "leaves a region out", nil, edit(func(p map[string]any) { p["Replicas"] = p["Replicas"].([]any)[:1] })},
	{"REG-01", aTable, "goes to a region that is not the environment's", nil, set("Replicas.1.Region", "ap-northeast-3")},
	{"CDK-06", aTable, "is throttled", nil, set("WriteOnDemandThroughputSettings", map[string]any{"MaxWriteRequestUnits": 1})},
	{"CDK-06", aTable, "is of one region", nil, become("AWS::DynamoDB::Table")},

	{"REG-02", aTable, "has a replica under DynamoDB's own key", nil, drop("Replicas.1.SSESpecification")},
	{"REG-02", aTable, "has a replica under the key of its logs", nil, edit(func(p map[string]any) {
		sse := p["Replicas"].([]any)[0].(map[string]any)["SSESpecification"].(map[string]any)
		sse["KMSMasterKeyId"] = strings.TrimSuffix(sse["KMSMasterKeyId"].(string), "registry") + "logs"
	})},
	{"REG-02", aTable, "has a replica under another account's key", nil, edit(func(p map[string]any) {
		sse := p["Replicas"].([]any)[0].(map[string]any)["SSESpecification"].(map[string]any)
		sse["KMSMasterKeyId"] = "arn:aws:kms:eu-west-1:999999999999:alias/livechat-dev-registry"
	})},

	{"CDK-09", aTable, "is deleted with its stack", nil, func(body map[string]any) map[string]any { delete(body, "DeletionPolicy"); return body }},

	{"REG-04", tablePolicy, "is gone, and its replica open", nil, remove},
	{"REG-04", tablePolicy, "is another table's", nil, set("Table", "arn:aws:dynamodb:eu-west-1:111122223333:table/other")},
	{"REG-04", tablePolicy, "says nothing", nil, set("Policy.Statement", []any{})},
	{"REG-04", tablePolicy, "lets any principal read", nil, closing("Readers", func(s map[string]any) map[string]any { return nil })},
	{"REG-04", tablePolicy, "lets chat read", nil, unless("Readers", "arn:aws:iam::111122223333:role/livechat-dev-eu-west-1-chat")},
	{"REG-04", tablePolicy, "lets every role read", nil, unless("Readers", "*")},
	{"REG-04", tablePolicy, "lets the dashboard write", nil, unless("Writers", "arn:aws:iam::111122223333:role/livechat-dev-eu-west-1-dashboard")},
	{"REG-04", tablePolicy, "lets an analyst scan", nil, unless("Nobody", "arn:aws:iam::111122223333:role/analyst")},
	{"REG-04", tablePolicy, "forgets PartiQL", nil, closing("Nobody", func(s map[string]any) map[string]any {
		s["Action"] = slices.DeleteFunc(s["Action"].([]any), func(a any) bool { return strings.Contains(a.(string), "PartiQL") })
		return s
	})},
	{"REG-04", tablePolicy, "forgets the index", nil, closing("Readers", func(s map[string]any) map[string]any {
		s["Resource"] = s["Resource"].([]any)[:1]
		return s
	})},
	{"REG-04", tablePolicy, "stops replication", nil, closing("Writers", func(s map[string]any) map[string]any {
		arns := s["Condition"].(map[string]any)["StringNotEquals"].(map[string]any)
		arns["aws:PrincipalArn"] = slices.DeleteFunc(arns["aws:PrincipalArn"].([]any), func(a any) bool {
			text, is := a.(string)
			return is && strings.Contains(text, "replication")
		})
		return s
	})},
	{"REG-04", tablePolicy, "locks every principal out of the table itself", nil, closing("Nobody", func(s map[string]any) map[string]any {
		s["Action"] = append(s["Action"].([]any), "dynamodb:PutResourcePolicy")
		return s
	})},
	{"REG-04", tablePolicy, "lets another account in", nil, closing("OtherAccounts", func(s map[string]any) map[string]any {
		s["Condition"].(map[string]any)["StringNotEquals"] = map[string]any{"aws:PrincipalAccount": []any{"111122223333", "999999999999"}}
		return s
	})},
	{"REG-04", tablePolicy, "is deleted with its stack", nil, func(body map[string]any) map[string]any { delete(body, "DeletionPolicy"); return body }},
	{"REG-04", tablePolicy, "does not wait for the table", nil, func(body map[string]any) map[string]any { delete(body, "DependsOn"); return body }},

	{"REG-05", aPartner, "is gone", nil, remove},
	{"REG-05", aPartner, "is another's", nil, set("Partner", "mallory")},
	{"REG-05", aPartner, "is in another table", nil, set("Table", "partners")},
	{"REG-05", aPartner, "is made by a foreign function", nil, set("ServiceToken", "arn:aws:lambda:eu-west-1:999999999999:function:registrar")},
	{"REG-05", aPartner, "stays when its partner has gone", nil, func(body map[string]any) map[string]any { body["DeletionPolicy"] = "Retain"; return body }},

	{"REG-06", aPartner, "answers to another's certificate", nil, set("Record.CommonName", "mallory")},
	{"REG-06", aPartner, "answers to any CA", nil, edit(func(p map[string]any) {
		record := p["Record"].(map[string]any)
		delete(record, "CommonName")
		delete(record, "AuthoritySubject")
	})},
	{"REG-06", aPartner, "is pinned to another CA", ownCA, set("Record.AuthoritySHA256", strings.Repeat("0", 64))},
	{"REG-06", aPartner, "may come from anywhere", listsAddresses, drop("Record.AllowedAddresses")},
	{"REG-06", aPartner, "may come from the whole world", listsAddresses, set("Record.AllowedAddresses", []any{"0.0.0.0/0"})},
	{"REG-06", aPartner, "is embedded anywhere", nil, set("Record.SDKDomains", []any{"*"})},
	{"REG-06", aPartner, "may ask without end", nil, set("Record.RequestsPerSecond", 1_000_000)},
	{"REG-06", aPartner, "has another tier", nil, set("Record.Tier", "unlimited")},
	{"REG-06", aPartner, "keeps its data for longer", nil, set("Record.RetentionDays", 3650)},
	{"REG-06", aPartner, "was reviewed today", nil, set("Record.ReviewedOn", "2026-11-22")},
	{"REG-06", aPartner, "signs with another's secret", nil, set("Record.SigningSecretName", "livechat-dev/partner/mallory/signing")},
	{"REG-06", aPartner, "says that it administers", nil, set("Record.Role", "admin")},

	{"FN-05", "AWS::IAM::Role", "writes revocations too", registers, permitting(3, func(s map[string]any) { delete(s, "Condition") })},
	{"FN-05", "AWS::IAM::Role", "writes every table", registers, permitting(3, func(s map[string]any) { s["Resource"] = "arn:aws:dynamodb:eu-west-1:111122223333:table/*" })},
	{"FN-05", "AWS::IAM::Role", "reads the registry", registers, permitting(3, func(s map[string]any) { s["Action"] = append(s["Action"].([]any), "dynamodb:GetItem") })},
	{"FN-05", "AWS::IAM::Role", "decrypts with every key", registers, permitting(4, func(s map[string]any) { s["Resource"] = "*" })},
	{"FN-05", "AWS::IAM::Role", "opens every table", closes, permitting(1, func(s map[string]any) { s["Resource"] = "*" })},
	{"FN-05", "AWS::IAM::Role", "takes policies off", closes, permitting(1, func(s map[string]any) { s["Action"] = "dynamodb:*ResourcePolicy" })},
	{"FN-06", aPartner, "holds its shard up for an hour", nil, drop("ServiceTimeout")},
	{"FN-06", tablePolicy, "is made by a foreign topic", nil, set("ServiceToken", "arn:aws:sns:eu-west-1:999999999999:topic")},
	{"FN-08", aFunction, "lies in no VPC", func(r *template.Resource) bool { return strings.HasSuffix(r.Get("FunctionName").Text(), "-registrar") }, drop("VpcConfig")},
}

// closing changes the statement of a replica's policy that has a name.
func closing(sid string, change func(statement map[string]any) map[string]any) func(map[string]any) map[string]any {
	return eachStatement("Policy", func(s map[string]any) map[string]any {
		if s["Sid"] != sid {
			return s
		}
		return change(s)
	})
}

// unless lets one role more do what a statement denies.
func unless(sid, role string) func(map[string]any) map[string]any {
	return closing(sid, func(s map[string]any) map[string]any {
		arns := s["Condition"].(map[string]any)["StringNotEquals"].(map[string]any)
		arns["aws:PrincipalArn"] = append(arns["aws:PrincipalArn"].([]any), role)
		return s
	})
}

func ownCA(r *template.Resource) bool { return !r.Get("Record", "AuthoritySHA256").Missing() }

func listsAddresses(r *template.Resource) bool { return !r.Get("Record", "AllowedAddresses").Missing() }

func registers(r *template.Resource) bool { return ofLambda(r) && strings.HasPrefix(r.ID, "Registrar") }

func closes(r *template.Resource) bool { return ofLambda(r) && strings.HasPrefix(r.ID, "TablePolicy") }
