// Package secret holds the secrets: values that no template has, each read by the roles that are named for it.
package secret

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
)

// Props are a secret's name, where it is copied to, and who touches it.
type Props struct {
	Name    string      // required
	Account string      // required
	Key     awskms.IKey // required
	// Replicas are the other regions that have the secret, each under the key of the alias there.
	Replicas []string
	KeyAlias string // without "alias/"; required
	Access   Access // required
}

// Secret is a secret of Secrets Manager.
type Secret struct{ ARN *string }

// kind is what a value is made of at first, and what becomes of it when it leaves the template.
type kind struct {
	description string
	generated   *awssecretsmanager.CfnSecret_GenerateSecretStringProperty
	removal     awscdk.RemovalPolicy
}

// newSecret is a secret that nobody reads without its key, from another account or by another role than those named, in any region.
func newSecret(scope constructs.Construct, id string, p Props, k kind) Secret {
	if p.Name == "" || p.Account == "" || p.Key == nil || p.KeyAlias == "" || len(p.Access.Keepers) == 0 || len(p.Access.People) == 0 {
		panic(fmt.Sprintf("secret.Props of %s: Name, Account, Key, KeyAlias and Access are required: %q, %q, %q, %+v", id, p.Name, p.Account, p.KeyAlias, p.Access))
	}
	var replicas []any
	for _, region := range p.Replicas {
		replicas = append(replicas, &awssecretsmanager.CfnSecret_ReplicaRegionProperty{
			Region: new(region), KmsKeyId: new("arn:aws:kms:" + region + ":" + p.Account + ":alias/" + p.KeyAlias),
		})
	}
	secret := awssecretsmanager.NewCfnSecret(scope, new(id), &awssecretsmanager.CfnSecretProps{
		Name:                 new(p.Name),
		Description:          new(k.description),
		KmsKeyId:             p.Key.KeyArn(),
		GenerateSecretString: k.generated,
		ReplicaRegions:       orNone(replicas),
	})
	secret.ApplyRemovalPolicy(k.removal, nil)
	// Replicas have it too: Secrets Manager copies it ("Replicate AWS Secrets Manager secrets across Regions").
	awssecretsmanager.NewCfnResourcePolicy(scope, new(id+"Policy"), &awssecretsmanager.CfnResourcePolicyProps{
		SecretId: secret.Ref(), ResourcePolicy: p.Access.document(p.Account), BlockPublicPolicy: true,
	}).ApplyRemovalPolicy(k.removal, nil)
	return Secret{ARN: secret.Ref()}
}

// orNone is nothing in the place of an empty list, which the template would have as one.
func orNone(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list
}
