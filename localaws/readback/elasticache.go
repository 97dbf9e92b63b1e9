package readback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	"github.com/aws/aws-sdk-go-v2/service/elasticache/types"
)

// readCache reads a replication group, and from one of its nodes what only they tell.
func readCache(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.elasticache.DescribeReplicationGroups(ctx, &elasticache.DescribeReplicationGroupsInput{ReplicationGroupId: &t.PhysicalID})
	if err != nil || len(found.ReplicationGroups) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.ReplicationGroups[0]
	properties, err := readCacheNode(ctx, c, is)
	if err != nil {
		return observed{}, err
	}
	for property, v := range map[string]any{
		"ReplicationGroupId": value(is.ReplicationGroupId), "ReplicationGroupDescription": value(is.Description),
		"Engine": value(is.Engine), "AutoMinorVersionUpgrade": value(is.AutoMinorVersionUpgrade),
		"CacheNodeType": value(is.CacheNodeType), "ClusterMode": string(is.ClusterMode), "NumCacheClusters": len(is.MemberClusters),
		"AutomaticFailoverEnabled": is.AutomaticFailover == types.AutomaticFailoverStatusEnabled, "MultiAZEnabled": is.MultiAZ == types.MultiAZStatusEnabled,
		"AtRestEncryptionEnabled": value(is.AtRestEncryptionEnabled), "KmsKeyId": value(is.KmsKeyId),
		"TransitEncryptionEnabled": value(is.TransitEncryptionEnabled), "TransitEncryptionMode": string(is.TransitEncryptionMode),
		"UserGroupIds": is.UserGroupIds, "LogDeliveryConfigurations": deliveries(is.LogDeliveryConfigurations),
		"SnapshotRetentionLimit": value(is.SnapshotRetentionLimit), "SnapshotWindow": value(is.SnapshotWindow),
	} {
		properties[property] = v
	}
	attributes := map[string]any{}
	for _, g := range is.NodeGroups {
		if at := g.PrimaryEndpoint; at != nil {
			properties["Port"] = value(at.Port)
			attributes["PrimaryEndPoint.Address"], attributes["PrimaryEndPoint.Port"] = value(at.Address), value(at.Port)
		}
	}
	return c.taggedAs(ctx, is.ARN, observed{properties, attributes})
}

// readCacheNode is what a replication group's first node tells of all of them.
func readCacheNode(ctx context.Context, c clients, group types.ReplicationGroup) (map[string]any, error) {
	if len(group.MemberClusters) == 0 {
		return map[string]any{}, nil
	}
	found, err := c.elasticache.DescribeCacheClusters(ctx, &elasticache.DescribeCacheClustersInput{CacheClusterId: &group.MemberClusters[0]})
	if err != nil || len(found.CacheClusters) != 1 {
		return nil, orNotFound(err)
	}
	is := found.CacheClusters[0]
	groups := []any{}
	for _, g := range is.SecurityGroups {
		groups = append(groups, value(g.SecurityGroupId))
	}
	properties := map[string]any{
		"EngineVersion": value(is.EngineVersion), "CacheSubnetGroupName": value(is.CacheSubnetGroupName),
		"PreferredMaintenanceWindow": value(is.PreferredMaintenanceWindow), "SecurityGroupIds": groups,
	}
	if p := is.CacheParameterGroup; p != nil {
		properties["CacheParameterGroupName"] = value(p.CacheParameterGroupName)
	}
	return properties, nil
}

func deliveries(list []types.LogDeliveryConfiguration) []any {
	all := []any{}
	for _, d := range list {
		one := map[string]any{"LogType": string(d.LogType), "LogFormat": string(d.LogFormat), "DestinationType": string(d.DestinationType)}
		if to := d.DestinationDetails; to != nil && to.CloudWatchLogsDetails != nil {
			one["DestinationDetails"] = map[string]any{"CloudWatchLogsDetails": map[string]any{"LogGroup": value(to.CloudWatchLogsDetails.LogGroup)}}
		}
		all = append(all, one)
	}
	return all
}

func readCacheSubnets(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.elasticache.DescribeCacheSubnetGroups(ctx, &elasticache.DescribeCacheSubnetGroupsInput{CacheSubnetGroupName: &t.PhysicalID})
	if err != nil || len(found.CacheSubnetGroups) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.CacheSubnetGroups[0]
	subnets := []any{}
	for _, s := range is.Subnets {
		subnets = append(subnets, value(s.SubnetIdentifier))
	}
	return c.taggedAs(ctx, is.ARN, observed{Properties: map[string]any{"Description": value(is.CacheSubnetGroupDescription), "SubnetIds": subnets}})
}

func readCacheParameters(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.elasticache.DescribeCacheParameterGroups(ctx, &elasticache.DescribeCacheParameterGroupsInput{CacheParameterGroupName: &t.PhysicalID})
	if err != nil || len(found.CacheParameterGroups) != 1 {
		return observed{}, orNotFound(err)
	}
	is, set := found.CacheParameterGroups[0], map[string]any{}
	pages := elasticache.NewDescribeCacheParametersPaginator(c.elasticache, &elasticache.DescribeCacheParametersInput{
		CacheParameterGroupName: &t.PhysicalID, Source: aws.String("user"),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return observed{}, err
		}
		for _, p := range page.Parameters {
			if aws.ToString(p.Source) == "user" { // the emulator lists those of the system too
				set[aws.ToString(p.ParameterName)] = value(p.ParameterValue)
			}
		}
	}
	return c.taggedAs(ctx, is.ARN, observed{Properties: map[string]any{
		"CacheParameterGroupFamily": value(is.CacheParameterGroupFamily), "Description": value(is.Description), "Properties": set,
	}})
}

func readCacheUser(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.elasticache.DescribeUsers(ctx, &elasticache.DescribeUsersInput{UserId: &t.PhysicalID})
	if err != nil || len(found.Users) != 1 {
		return observed{}, orNotFound(err)
	}
	is, mode := found.Users[0], map[string]any{}
	if is.Authentication != nil {
		mode["Type"] = string(is.Authentication.Type)
	}
	return c.taggedAs(ctx, is.ARN, observed{
		Properties: map[string]any{
			"UserId": value(is.UserId), "UserName": value(is.UserName), "Engine": value(is.Engine),
			"AccessString": value(is.AccessString), "AuthenticationMode": mode,
		},
		Attributes: map[string]any{"Arn": value(is.ARN)},
	})
}

func readCacheUsers(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.elasticache.DescribeUserGroups(ctx, &elasticache.DescribeUserGroupsInput{UserGroupId: &t.PhysicalID})
	if err != nil || len(found.UserGroups) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.UserGroups[0]
	return c.taggedAs(ctx, is.ARN, observed{
		Properties: map[string]any{"UserGroupId": value(is.UserGroupId), "Engine": value(is.Engine), "UserIds": is.UserIds},
		Attributes: map[string]any{"Arn": value(is.ARN)},
	})
}

// taggedAs adds the tags that ElastiCache keeps under an ARN.
func (c clients) taggedAs(ctx context.Context, arn *string, o observed) (observed, error) {
	found, err := c.elasticache.ListTagsForResource(ctx, &elasticache.ListTagsForResourceInput{ResourceName: arn})
	if err != nil {
		return observed{}, err
	}
	o.Properties["Tags"] = tagList(found.TagList, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
	return o, nil
}
