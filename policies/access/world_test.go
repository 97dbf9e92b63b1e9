package access_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

const (
	account = "111122223333"
	region  = "eu-west-1"
	layer   = "dev-eu-west-1-data"
)

type object = map[string]any

// thing is a resource of a world, written tersely: see testdata/README.md.
type thing struct {
	Role     *[]string         `yaml:"role"`
	User     *[]string         `yaml:"user"`
	Bucket   *[]string         `yaml:"bucket"`
	Key      *[]string         `yaml:"key"`
	Secret   *[]string         `yaml:"secret"`
	Queue    *[]string         `yaml:"queue"`
	Topic    *[]string         `yaml:"topic"`
	Table    *[]string         `yaml:"table"`
	Function *[]string         `yaml:"function"`
	Endpoint *[]string         `yaml:"endpoint"`
	Other    string            `yaml:"other"` // a type that has no policy
	Of       string            `yaml:"of"`    // the secret that it is of
	Trust    []string          `yaml:"trust"`
	Boundary *[]string         `yaml:"boundary"`
	Limit    string            `yaml:"limit"` // a boundary that is in no template
	Managed  []string          `yaml:"managed"`
	Tags     map[string]string `yaml:"tags"`
	Alias    string            `yaml:"alias"`
	By       string            `yaml:"by"`      // the key that it is encrypted with
	Unnamed  bool              `yaml:"unnamed"` // AWS assigns its name
	Version  string            `yaml:"version"`
	Named    string            `yaml:"named"` // the name that it is given, where that is another
	Text     string            `yaml:"text"`  // the document as a text, with %s for the list of its statements

	Replicas map[string][]string `yaml:"replicas"` // of a table: the regions of its others, with the policies that stand with them
	Given    map[string][]string `yaml:"given"`    // the policies that a custom resource gives a table, by region
	Indexes  []string            `yaml:"indexes"`  // of a table
	Aliases  []string            `yaml:"aliases"`  // of a function
	Lies     string              `yaml:"lies"`     // what its policy is put on, where that is something else
}

func read[T any](t testing.TB, file string) T {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var out T
	require.NoError(t, yaml.UnmarshalWithOptions(text, &out, yaml.Strict()), file)
	return out
}

// builder writes the template of a world.
type builder struct {
	things    map[string]thing
	resources object
}

func estate(t testing.TB, things map[string]thing) *template.Estate {
	t.Helper()
	b := builder{things, object{}}
	for name, x := range things {
		b.add(name, x)
	}
	body := object{"Resources": b.resources, "Parameters": object{"Given": object{"Type": "String"}}}
	return template.New(template.NewStack(layer, account, region, body))
}

func (b *builder) put(id, kind string, properties object) {
	b.resources[id] = object{"Type": "AWS::" + kind, "Properties": properties}
}

func (b *builder) add(name string, x thing) {
	ref := any(object{"Ref": name})
	lower := strings.ToLower(name)
	encrypted := object{}
	if x.By != "" {
		encrypted = object{"KmsKeyId": b.arn(x.By), "KmsMasterKeyId": b.arn(x.By)}
	}
	on := func(kind, property string, value any, policy []string) {
		if len(policy) > 0 {
			b.put(name+"Policy", kind, object{property: value, "PolicyDocument": b.document(x, policy)})
		}
	}
	called := any(lower)
	if x.Named != "" {
		called = b.text(x.Named)
	}
	switch {
	case x.Role != nil || x.User != nil:
		b.identity(name, x)
	case x.Function != nil:
		b.function(name, lower, x)
	case x.Bucket != nil:
		properties := object{"BucketName": called}
		if x.By != "" {
			properties["BucketEncryption"] = object{"ServerSideEncryptionConfiguration": []any{object{
				"ServerSideEncryptionByDefault": object{"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": b.arn(x.By)}}}}
		}
		b.put(name, "S3::Bucket", properties)
		if x.Lies != "" {
			ref = b.text(x.Lies)
		}
		on("S3::BucketPolicy", "Bucket", ref, *x.Bucket)
	case x.Key != nil:
		b.put(name, "KMS::Key", object{"KeyPolicy": b.document(x, *x.Key), "Tags": b.tags(x.Tags)})
		if slices.Equal(*x.Key, []string{"default"}) {
			delete(b.resources[name].(object)["Properties"].(object), "KeyPolicy")
		}
		if x.Alias != "" {
			b.put(name+"Alias", "KMS::Alias", object{"AliasName": x.Alias, "TargetKeyId": ref})
		}
	case x.Secret != nil:
		b.put(name, "SecretsManager::Secret", object{"Name": lower, "KmsKeyId": encrypted["KmsKeyId"], "Tags": b.tags(x.Tags)})
		if len(*x.Secret) > 0 {
			b.put(name+"Policy", "SecretsManager::ResourcePolicy", object{"SecretId": ref, "ResourcePolicy": b.document(x, *x.Secret)})
		}
	case x.Queue != nil:
		b.put(name, "SQS::Queue", object{"QueueName": lower, "KmsMasterKeyId": encrypted["KmsMasterKeyId"]})
		on("SQS::QueuePolicy", "Queues", []any{ref}, *x.Queue)
	case x.Topic != nil:
		b.put(name, "SNS::Topic", object{"TopicName": lower, "KmsMasterKeyId": encrypted["KmsMasterKeyId"]})
		on("SNS::TopicPolicy", "Topics", []any{ref}, *x.Topic)
	case x.Replicas != nil || x.Given != nil:
		b.global(name, lower, x)
	case x.Table != nil:
		b.put(name, "DynamoDB::Table", object{"TableName": lower})
		if len(x.Indexes) > 0 {
			var list []any
			for _, index := range x.Indexes {
				list = append(list, object{"IndexName": index})
			}
			b.resources[name].(object)["Properties"].(object)["GlobalSecondaryIndexes"] = list
		}
		if len(*x.Table) > 0 {
			b.resources[name].(object)["Properties"].(object)["ResourcePolicy"] = object{"PolicyDocument": b.document(x, *x.Table)}
		}
	case x.Other != "":
		properties := object{}
		if x.Of != "" {
			properties["SecretId"] = object{"Ref": x.Of}
		}
		if x.Named != "" {
			properties[map[string]string{"AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId", "AWS::ElastiCache::User": "UserId"}[x.Other]] = x.Named
		}
		b.resources[name] = object{"Type": x.Other, "Properties": properties}
	case x.Endpoint != nil:
		b.put(name, "EC2::VPCEndpoint", object{"PolicyDocument": b.document(x, *x.Endpoint)})
	}
}

// global adds a table with a replica in each of several regions.
func (b *builder) global(name, called string, x thing) {
	policies := map[string][]string{region: *x.Table}
	maps.Copy(policies, x.Replicas)
	var replicas []any
	for at, policy := range policies {
		r := object{"Region": at}
		if at == "$Given" {
			r["Region"] = object{"Ref": "Given"}
		}
		if len(policy) > 0 {
			r["ResourcePolicy"] = object{"PolicyDocument": b.document(x, policy)}
		}
		replicas = append(replicas, r)
	}
	b.put(name, "DynamoDB::GlobalTable", object{"TableName": called, "Replicas": replicas})
	for at, policy := range x.Given {
		table := "arn:aws:dynamodb:" + at + ":" + account + ":table/" + called
		b.resources[name+"In"+strings.ReplaceAll(at, "-", "")] = object{"Type": "Custom::TablePolicy",
			"Properties": object{"Table": table, "Policy": b.document(x, policy)}}
	}
}

// function has sources, each "SERVICE [at ALIAS] [for ARN]", and aliases, each of a version.
func (b *builder) function(name, called string, x thing) {
	properties := object{"FunctionName": called}
	if x.Unnamed {
		properties = object{}
	}
	b.put(name, "Lambda::Function", properties)
	for _, alias := range x.Aliases {
		b.put(name+alias, "Lambda::Alias", object{"FunctionName": object{"Ref": name}, "Name": alias})
		b.put(name+alias+"Version", "Lambda::Version", object{"FunctionName": object{"Ref": name}})
	}
	for i, source := range *x.Function {
		service, arn, _ := strings.Cut(source, " for ")
		service, alias, _ := strings.Cut(service, " at ")
		properties := object{"FunctionName": object{"Ref": name}, "Action": "lambda:InvokeFunction", "Principal": service}
		if alias != "" {
			properties["FunctionName"] = b.text(alias)
		}
		if arn != "" {
			properties["SourceArn"] = b.text(arn)
		}
		b.put(fmt.Sprintf("%sPermission%d", name, i), "Lambda::Permission", properties)
	}
}

func (b *builder) identity(name string, x thing) {
	properties := object{"RoleName": name, "Tags": b.tags(x.Tags)}
	list := x.Role
	if x.User != nil {
		list, properties = x.User, object{"UserName": name}
	}
	if x.Unnamed {
		delete(properties, "RoleName")
	}
	if x.Named != "" {
		properties["RoleName"] = b.text(x.Named)
	}
	if len(*list) > 0 {
		properties["Policies"] = []any{object{"PolicyName": "own", "PolicyDocument": b.document(x, *list)}}
	}
	if x.Role != nil {
		trust := x.Trust
		if len(trust) == 0 {
			trust = []string{"allow sts:AssumeRole to Service:ecs-tasks.amazonaws.com"}
		}
		properties["AssumeRolePolicyDocument"] = b.document(x, trust)
	}
	if x.Boundary != nil {
		b.put(name+"Boundary", "IAM::ManagedPolicy", object{"PolicyDocument": b.document(x, *x.Boundary)})
		properties["PermissionsBoundary"] = object{"Ref": name + "Boundary"}
	}
	if x.Limit != "" {
		properties["PermissionsBoundary"] = x.Limit
	}
	var arns []any
	for _, m := range x.Managed {
		arns = append(arns, b.text(m))
	}
	properties["ManagedPolicyArns"] = arns
	kind := "IAM::Role"
	if x.User != nil {
		kind = "IAM::User"
	}
	b.put(name, kind, properties)
}
