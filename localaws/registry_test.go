package localaws

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat.example/cloud/internal/registry"
	"livechat.example/cloud/localaws/assembly"
)

const partnerType = "Custom::Partner"

// keepsTheRegistryAsConfigSays changes a partner's record in the table, which the read-back must notice; then it has the partner's shard
// deployed without him, which removes his record and no other's, and with him again.
func (l life) keepsTheRegistryAsConfigSays() {
	i := slices.IndexFunc(l.cloud.Stacks, func(s assembly.Stack) bool { return firstOf(s, partnerType) != "" })
	if i < 0 {
		l.Fatal("the estate has no partner")
	}
	shard := l.cloud.Stacks[i]
	resource := firstOf(shard, partnerType)
	said := maps.Clone(properties(shard.Template, resource))
	partner, table := said["Partner"].(string), said["Table"].(string)
	client := dynamodb.NewFromConfig(l.cloud.Config(shard.Region))
	before := l.items(client, table)

	_, err := client.UpdateItem(l.ctx, &dynamodb.UpdateItemInput{
		TableName: &table, Key: registry.RecordOf(partner).Attributes(), UpdateExpression: aws.String("SET retentionDays = :days"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":days": &types.AttributeValueMemberN{Value: "9999"}},
	})
	l.must(err)
	report, err := l.cloud.ReadBack(l.ctx)
	l.must(err)
	if len(report.Differences) != 1 || report.Differences[0].LogicalID != resource || report.Differences[0].Property != "Record" {
		l.Errorf("a changed record is noticed as %v", report.Differences)
	}

	var was any
	l.must(l.cloud.Edit(shard.Name, func(template map[string]any) {
		resources := template["Resources"].(map[string]any)
		was = resources[resource]
		delete(resources, resource)
	}))
	l.must(l.cloud.Deploy(l.ctx))
	without := slices.DeleteFunc(slices.Clone(before), func(key string) bool { return key == registry.RecordOf(partner).Partition })
	if got := l.items(client, table); !slices.Equal(got, without) || len(without) != len(before)-1 {
		l.Errorf("without %s the registry holds %v, want %v", partner, got, without)
	}

	l.must(l.cloud.Edit(shard.Name, func(template map[string]any) { template["Resources"].(map[string]any)[resource] = was }))
	l.must(l.cloud.Deploy(l.ctx))
	if got := l.items(client, table); !slices.Equal(got, before) {
		l.Errorf("with %s again the registry holds %v, want %v", partner, got, before)
	}
	l.isAsItShips()
}

// items are the partition keys of all that a table holds.
func (l life) items(client *dynamodb.Client, table string) []string {
	l.Helper()
	found, err := client.Scan(l.ctx, &dynamodb.ScanInput{TableName: &table})
	l.must(err)
	var keys []string
	for _, item := range found.Items {
		if key, is := item[registry.PartitionKey].(*types.AttributeValueMemberS); is {
			keys = append(keys, key.Value)
		}
	}
	slices.Sort(keys)
	return keys
}
