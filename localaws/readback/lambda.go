package readback

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

func readFunction(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	is := found.Configuration
	code, err := base64.StdEncoding.DecodeString(aws.ToString(is.CodeSha256))
	if err != nil {
		return observed{}, err
	}
	architectures := []any{}
	for _, a := range is.Architectures {
		architectures = append(architectures, string(a))
	}
	properties := map[string]any{
		"FunctionName": value(is.FunctionName), "Description": value(is.Description), "Runtime": string(is.Runtime),
		"Handler": value(is.Handler), "Role": value(is.Role), "Timeout": value(is.Timeout), "MemorySize": value(is.MemorySize),
		"Architectures": architectures, "Tags": tagMap(found.Tags),
		// No API tells the bucket that the code was taken from. The key is the code's own hash.
		"Code": map[string]any{"S3Bucket": object(t.Want["Code"])["S3Bucket"], "S3Key": hex.EncodeToString(code) + ".zip"},
	}
	if logs := is.LoggingConfig; logs != nil {
		properties["LoggingConfig"] = optional(map[string]any{
			"LogFormat": string(logs.LogFormat), "ApplicationLogLevel": string(logs.ApplicationLogLevel),
			"SystemLogLevel": string(logs.SystemLogLevel), "LogGroup": value(logs.LogGroup),
		})
	}
	if place := is.VpcConfig; place != nil && len(place.SubnetIds) > 0 {
		properties["VpcConfig"] = optional(map[string]any{
			"SubnetIds": anyOf(place.SubnetIds), "SecurityGroupIds": anyOf(place.SecurityGroupIds), "Ipv6AllowedForDualStack": value(place.Ipv6AllowedForDualStack),
		})
	}
	return observed{properties, map[string]any{"Arn": aws.ToString(is.FunctionArn)}}, nil
}

// readEmptiedGroup tells a group by its id if it holds no rule, as the custom resource says that it does.
func readEmptiedGroup(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{t.PhysicalID}})
	if err != nil || len(found.SecurityGroups) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.SecurityGroups[0]
	group := aws.ToString(is.GroupId)
	if rules := len(is.IpPermissions) + len(is.IpPermissionsEgress); rules > 0 {
		group += fmt.Sprintf(" with %d rules", rules)
	}
	return observed{Properties: map[string]any{"GroupId": group}}, nil
}

func readPrefixList(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ec2.DescribeManagedPrefixLists(ctx, &ec2.DescribeManagedPrefixListsInput{PrefixListIds: []string{t.PhysicalID}})
	if err != nil || len(found.PrefixLists) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.PrefixLists[0]
	return observed{
		Properties: map[string]any{"Name": value(is.PrefixListName)},
		Attributes: map[string]any{"PrefixListId": aws.ToString(is.PrefixListId)},
	}, nil
}
