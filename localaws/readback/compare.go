package readback

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// observed is a resource as its service describes it, in the shape of the template.
type observed struct {
	Properties map[string]any
	Attributes map[string]any // what Fn::GetAtt gives
}

// target is a resource to be read.
type target struct {
	PhysicalID string
	Want       map[string]any // the template's properties, resolved: some resources are found by these only
}

// text is a wanted property as a text, "" if there is none.
func (t target) text(property string) string { s, _ := t.Want[property].(string); return s }

// reader asks a service for one resource.
type reader func(context.Context, clients, target) (observed, error)

var readers = map[string]reader{
	"AWS::CloudFormation::WaitConditionHandle": readHandle,
	"AWS::CloudWatch::Alarm":                   readAlarm,
	"AWS::DynamoDB::GlobalTable":               readGlobalTable,
	"AWS::EC2::InternetGateway":                readInternetGateway,
	"AWS::EC2::Route":                          readRoute,
	"AWS::EC2::RouteTable":                     readRouteTable,
	"AWS::EC2::SecurityGroup":                  readSecurityGroup,
	"AWS::EC2::Subnet":                         readSubnet,
	"AWS::EC2::SubnetRouteTableAssociation":    readRouteTableAssociation,
	"AWS::EC2::VPC":                            readVPC,
	"AWS::EC2::VPCEndpoint":                    readEndpoint,
	"AWS::EC2::VPCGatewayAttachment":           readGatewayAttachment,
	"AWS::ECR::Repository":                     readRepository,
	"AWS::ElastiCache::ParameterGroup":         readCacheParameters,
	"AWS::ElastiCache::ReplicationGroup":       readCache,
	"AWS::ElastiCache::SubnetGroup":            readCacheSubnets,
	"AWS::ElastiCache::User":                   readCacheUser,
	"AWS::ElastiCache::UserGroup":              readCacheUsers,
	"AWS::Events::Rule":                        readRule,
	"AWS::IAM::ManagedPolicy":                  readManagedPolicy,
	"AWS::IAM::Policy":                         readInlinePolicy,
	"AWS::IAM::Role":                           readRole,
	"AWS::KMS::Alias":                          readAlias,
	"AWS::KMS::Key":                            readKey,
	"AWS::Lambda::Function":                    readFunction,
	"AWS::Lambda::Permission":                  readPermission,
	"AWS::Logs::LogGroup":                      readLogGroup,
	"AWS::Logs::ResourcePolicy":                readLogsPolicy,
	"AWS::RDS::DBCluster":                      readCluster,
	"AWS::RDS::DBClusterParameterGroup":        readParameters,
	"AWS::RDS::DBInstance":                     readInstance,
	"AWS::RDS::DBSubnetGroup":                  readSubnetGroup,
	"AWS::Route53::HostedZone":                 readZone,
	"AWS::Route53::RecordSet":                  readRecord,
	"AWS::S3::Bucket":                          readBucket,
	"AWS::S3::BucketPolicy":                    readBucketPolicy,
	"AWS::SNS::Subscription":                   readSubscription,
	"AWS::SNS::Topic":                          readTopic,
	"AWS::SNS::TopicPolicy":                    readTopicPolicy,
	"AWS::SSM::Parameter":                      readParameter,
	"AWS::SecretsManager::Secret":              readSecret,
	"Custom::EmptyDefaultGroup":                readEmptiedGroup,
	"Custom::Partner":                          readPartner,
	"Custom::PrefixList":                       readPrefixList,
	"Custom::TablePolicy":                      readTablePolicy,
}

// compareStack compares every property that the stack's template sets on a resource that came up.
func compareStack(ctx context.Context, c clients, s Stack, all []Stack) (tally, error) {
	t, in := newTally(), &inspection{ctx: ctx, clients: c, stack: s, all: all, seen: map[string]observed{}}
	for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
		made := s.Resources[id]
		if s.Stubbed[id] != "" || !strings.HasSuffix(made.Status, "_COMPLETE") {
			continue
		}
		if readers[made.Type] == nil {
			t.Unread[made.Type]++
			continue
		}
		got, err := in.observe(id)
		if err != nil {
			return t, fmt.Errorf("%s (%s): %w", id, made.Type, err)
		}
		t.Resources++
		for property, want := range s.inherit(in.want(id), got) {
			t.record(Difference{
				Stack: s.Name, LogicalID: id, Type: made.Type, Property: property,
				Want: canonical(property, want), Got: canonical(property, got.Properties[property]),
			})
		}
	}
	return t, nil
}

// Observe reads a resource that the stack made as its service has it, in the shape of the template: also after
// CloudFormation has forgotten the stack. It is nil if the resource is gone. A type that nothing here reads is an error.
func Observe(ctx context.Context, endpoint string, s Stack, logicalID string) (map[string]any, error) {
	in := &inspection{ctx: ctx, clients: newClients(endpoint, s.Region), stack: s, seen: map[string]observed{}}
	got, err := in.observe(logicalID)
	return got.Properties, err
}

// inherit adds the stack's tags to what is wanted of a resource that can have tags: CloudFormation hands them on.
func (s Stack) inherit(want map[string]any, got observed) map[string]any {
	own, _ := want["Tags"].([]any)
	if _, taggable := got.Properties["Tags"]; !taggable || len(own)+len(s.Tags) == 0 {
		return want
	}
	tags := maps.Clone(s.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	for _, tag := range own {
		tags[text(object(tag)["Key"])] = fmt.Sprint(object(tag)["Value"])
	}
	want = maps.Clone(want)
	want["Tags"] = tagMap(tags)
	return want
}

// inspection reads the resources of one stack, each once.
type inspection struct {
	ctx     context.Context
	clients clients
	stack   Stack
	all     []Stack
	seen    map[string]observed
}

// observe reads a resource. One that its service does not find has no properties, so that each of them differs.
func (in *inspection) observe(id string) (observed, error) {
	if o, ok := in.seen[id]; ok {
		return o, nil
	}
	made := in.stack.Resources[id]
	read := readers[made.Type]
	if read == nil {
		return observed{}, fmt.Errorf("nothing reads %s", made.Type)
	}
	o, err := read(in.ctx, in.clients, target{made.PhysicalID, in.want(id)})
	if missing(err) {
		o, err = observed{}, nil
	}
	in.seen[id] = o
	return o, err
}

// want is what the template sets on a resource, resolved.
func (in *inspection) want(id string) map[string]any {
	resource := object(object(in.stack.Shipped["Resources"])[id])
	resolved, _ := in.resolve(object(resource["Properties"])).(map[string]any)
	return resolved
}

// readHandle reads nothing: a handle is a URL of CloudFormation's own, and has no property.
func readHandle(context.Context, clients, target) (observed, error) { return observed{}, nil }

// errNotFound is what a reader returns for a resource that its service does not list.
var errNotFound = errors.New("not found")

func missing(err error) bool {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		code := refused.ErrorCode()
		return strings.Contains(code, "NotFound") || strings.HasPrefix(code, "NoSuch")
	}
	return errors.Is(err, errNotFound)
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

func text(v any) string { s, _ := v.(string); return s }
