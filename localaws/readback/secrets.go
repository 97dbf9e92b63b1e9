package readback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// readSecret reads what a secret is, and whether each of its replicas is there and has the same value. No value is kept.
func readSecret(ctx context.Context, c clients, t target) (observed, error) {
	is, err := c.secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	properties := map[string]any{
		"Name": value(is.Name), "Description": value(is.Description), "KmsKeyId": value(is.KmsKeyId),
		"Tags": tagList(is.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value }),
	}
	replicas := []any{}
	for _, r := range is.ReplicationStatus {
		same, err := sameValue(ctx, c, t.PhysicalID, aws.ToString(r.Region))
		if err != nil {
			return observed{}, err
		}
		replica := optional(map[string]any{"Region": value(r.Region), "KmsKeyId": value(r.KmsKeyId)})
		if !same {
			replica["Region"] = aws.ToString(r.Region) + ", with another value"
		}
		replicas = append(replicas, replica)
	}
	if len(replicas) > 0 {
		properties["ReplicaRegions"] = replicas
	}
	return observed{properties, map[string]any{"Id": aws.ToString(is.ARN)}}, nil
}

func sameValue(ctx context.Context, c clients, secret, region string) (bool, error) {
	here, err := c.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &secret})
	if err != nil {
		return false, err
	}
	there, err := c.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &secret}, func(o *secretsmanager.Options) { o.Region = region })
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return aws.ToString(here.SecretString) != "" && aws.ToString(here.SecretString) == aws.ToString(there.SecretString), nil
}
