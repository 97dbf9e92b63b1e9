package readback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

func readCluster(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.rds.DescribeDBClusters(ctx, &rds.DescribeDBClustersInput{DBClusterIdentifier: &t.PhysicalID})
	if err != nil || len(found.DBClusters) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.DBClusters[0]
	groups := []any{}
	for _, g := range is.VpcSecurityGroups {
		groups = append(groups, aws.ToString(g.VpcSecurityGroupId))
	}
	return observed{
		Properties: optional(map[string]any{
			"DBClusterIdentifier": value(is.DBClusterIdentifier), "GlobalClusterIdentifier": value(is.GlobalClusterIdentifier),
			"Engine": value(is.Engine), "EngineVersion": value(is.EngineVersion), "Port": value(is.Port),
			"MasterUsername": value(is.MasterUsername), "DatabaseName": value(is.DatabaseName),
			"StorageEncrypted": value(is.StorageEncrypted), "KmsKeyId": value(is.KmsKeyId),
			"BackupRetentionPeriod": value(is.BackupRetentionPeriod), "CopyTagsToSnapshot": value(is.CopyTagsToSnapshot),
			"DeletionProtection": value(is.DeletionProtection), "EnableCloudwatchLogsExports": is.EnabledCloudwatchLogsExports,
			"EnableIAMDatabaseAuthentication": value(is.IAMDatabaseAuthenticationEnabled),
			"EnableGlobalWriteForwarding":     value(is.GlobalWriteForwardingRequested),
			"DBClusterParameterGroupName":     value(is.DBClusterParameterGroup), "DBSubnetGroupName": value(is.DBSubnetGroup),
			"VpcSecurityGroupIds": groups, "Tags": rdsTags(is.TagList),
		}),
		Attributes: map[string]any{
			"Endpoint.Address": aws.ToString(is.Endpoint), "ReadEndpoint.Address": aws.ToString(is.ReaderEndpoint),
			"DBClusterResourceId": aws.ToString(is.DbClusterResourceId),
		},
	}, nil
}

func readInstance(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.rds.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: &t.PhysicalID})
	if err != nil || len(found.DBInstances) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.DBInstances[0]
	return observed{Properties: optional(map[string]any{
		"DBClusterIdentifier": value(is.DBClusterIdentifier), "DBInstanceClass": value(is.DBInstanceClass),
		"Engine": value(is.Engine), "EngineVersion": value(is.EngineVersion), "AvailabilityZone": value(is.AvailabilityZone),
		"PubliclyAccessible": value(is.PubliclyAccessible), "AutoMinorVersionUpgrade": value(is.AutoMinorVersionUpgrade),
		"EnablePerformanceInsights":          value(is.PerformanceInsightsEnabled),
		"PerformanceInsightsKMSKeyId":        value(is.PerformanceInsightsKMSKeyId),
		"PerformanceInsightsRetentionPeriod": value(is.PerformanceInsightsRetentionPeriod), "Tags": rdsTags(is.TagList),
	})}, nil
}

// readParameters tells the parameters that somebody set.
func readParameters(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.rds.DescribeDBClusterParameterGroups(ctx, &rds.DescribeDBClusterParameterGroupsInput{DBClusterParameterGroupName: &t.PhysicalID})
	if err != nil || len(found.DBClusterParameterGroups) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.DBClusterParameterGroups[0]
	parameters := map[string]any{}
	for pages := rds.NewDescribeDBClusterParametersPaginator(c.rds, &rds.DescribeDBClusterParametersInput{
		DBClusterParameterGroupName: &t.PhysicalID, Source: aws.String("user"),
	}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return observed{}, err
		}
		for _, p := range page.Parameters {
			parameters[aws.ToString(p.ParameterName)] = aws.ToString(p.ParameterValue)
		}
	}
	tags, err := c.rdsTagsOf(ctx, is.DBClusterParameterGroupArn)
	return observed{Properties: map[string]any{
		"Description": value(is.Description), "Family": value(is.DBParameterGroupFamily), "Parameters": parameters, "Tags": tags,
	}}, err
}

func readSubnetGroup(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.rds.DescribeDBSubnetGroups(ctx, &rds.DescribeDBSubnetGroupsInput{DBSubnetGroupName: &t.PhysicalID})
	if err != nil || len(found.DBSubnetGroups) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.DBSubnetGroups[0]
	subnets := []any{}
	for _, s := range is.Subnets {
		subnets = append(subnets, aws.ToString(s.SubnetIdentifier))
	}
	tags, err := c.rdsTagsOf(ctx, is.DBSubnetGroupArn)
	return observed{Properties: map[string]any{
		"DBSubnetGroupDescription": value(is.DBSubnetGroupDescription), "SubnetIds": subnets, "Tags": tags,
	}}, err
}

func (c clients) rdsTagsOf(ctx context.Context, arn *string) ([]any, error) {
	found, err := c.rds.ListTagsForResource(ctx, &rds.ListTagsForResourceInput{ResourceName: arn})
	if err != nil {
		return nil, err
	}
	return rdsTags(found.TagList), nil
}

func rdsTags(tags []types.Tag) []any {
	return tagList(tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
}
