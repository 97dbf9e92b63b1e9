package access

import (
	"strings"

	"livechat.example/cloud/policies/template"
)

// lies says which property of a type names what its policy lies on. Of other types it lies on the resource itself.
var lies = map[string]string{
	"AWS::S3::BucketPolicy": "Bucket", "AWS::SecretsManager::ResourcePolicy": "SecretId", "AWS::SQS::QueuePolicy": "Queues",
	"AWS::SQS::QueueInlinePolicy": "Queue", "AWS::SNS::TopicPolicy": "Topics", "AWS::SNS::TopicInlinePolicy": "TopicArn",
	"AWS::Lambda::Permission": "FunctionName", "AWS::Kinesis::ResourcePolicy": "ResourceArn", "AWS::Events::EventBusPolicy": "EventBusName",
	"AWS::Logs::ResourcePolicy": "", "AWS::ECR::RegistryPolicy": "", "AWS::XRay::ResourcePolicy": "", "AWS::SSM::ResourcePolicy": "ResourceArn",
	"Custom::TablePolicy": "Table",
}

// lay puts a statement on what it lies on.
func (r *reader) lay(w *statement) {
	m := r.m
	property, elsewhere := lies[w.Resource.Type]
	if !elsewhere {
		r.own(w)
		return
	}
	list := w.Resource.Get(property).List()
	if w.Resource.Type == "AWS::Lambda::Permission" && len(w.Resources) > 0 {
		list = []template.Value{template.Of(w.Resources[0])}
	}
	for _, v := range list {
		on := copied{m.estate.Find(v), ""}
		if on.r == nil {
			on, _ = m.locate(v.Text())
		} else {
			on, _ = m.holding(on.r, "")
		}
		if on.r == nil {
			list = nil
			continue
		}
		m.policies[on.laid()] = append(m.policies[on.laid()], w)
	}
	if len(list) > 0 {
		return
	}
	loose := *w
	if property != "" && w.Resource.Type != "AWS::Lambda::Permission" { // which names its function as its resource
		loose.lies = "what it lies on is in no template, or not known before the deploy"
	}
	m.loose = append(m.loose, &loose)
}

// own puts a statement on the resource that carries it: of a global table, on the replica that it stands with.
func (r *reader) own(w *statement) {
	on := copied{w.Resource, w.Resource.Stack.Region}
	list, nth, _ := strings.Cut(w.Path, ".")
	if list != "Replicas" || on.r.Type != "AWS::DynamoDB::GlobalTable" {
		r.m.policies[on] = append(r.m.policies[on], w)
		return
	}
	nth, _, _ = strings.Cut(nth, ".")
	if on.region = on.r.Get(list, nth, "Region").Text(); on.region == "" {
		w.lies = "the region of its replica cannot be resolved"
	}
	for _, region := range append(r.m.regions(on.r), on.r.Stack.Region) {
		if c := (copied{on.r, region}); w.lies != "" || region == on.region {
			r.m.policies[c] = append(r.m.policies[c], w)
		}
	}
}

// keys reads the aliases of keys, and gives a key without a policy the one that KMS gives it.
func (r *reader) keys() {
	for a := range r.m.estate.All("AWS::KMS::Alias") {
		if key := r.m.estate.Find(a.Get("TargetKeyId"), "AWS::KMS::Key", "AWS::KMS::ReplicaKey"); key != nil {
			r.m.aliases[key] = append(r.m.aliases[key], textOf(a.Get("AliasName")))
		}
	}
	for key := range r.m.estate.All("AWS::KMS::Key", "AWS::KMS::ReplicaKey") {
		if key.Get("KeyPolicy").Missing() {
			r.own(newStatement(defaultOf(key)))
		}
	}
}

// defaultOf returns the policy of a key that is made without one ("Default key policy" of the KMS Developer Guide).
func defaultOf(key *template.Resource) template.Statement {
	root := "arn:" + key.Stack.Partition() + ":iam::" + key.Stack.Account + ":root"
	return template.Statement{Resource: key, Kind: template.Key, Path: "KeyPolicy", Version: "2012-10-17", Sid: "Enable IAM User Permissions", Effect: "Allow",
		Principals: map[string][]string{"AWS": {root}}, Actions: []string{"kms:*"}, Resources: []string{"*"}}
}
