package secret

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
)

// Database is where a password is for, and whose.
type Database struct {
	Username string // required
	Host     string // required
	Port     int    // required
	Name     string // required
}

// NewMaster is a database's password that nobody has chosen or seen. With it stands where the database is, which who rotates it must know.
func NewMaster(scope constructs.Construct, id string, p Props, d Database) Secret {
	if d.Username == "" || d.Host == "" || d.Port == 0 || d.Name == "" {
		panic("secret.Database of " + id + ": Username, Host, Port and Name are all required")
	}
	known, err := json.Marshal(map[string]any{"username": d.Username, "host": d.Host, "port": d.Port, "dbname": d.Name})
	if err != nil {
		panic("secret.NewMaster: " + err.Error())
	}
	made := letters(48)
	made.SecretStringTemplate, made.GenerateStringKey = new(string(known)), new("password")
	return newSecret(scope, id, p, kind{"The database's master", made, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE})
}

// NewSigning is a key that a partner alone signs with, HS256. It goes with the partner: nobody signs as one who has left, and a key that is lost
// is made anew. CloudFormation deletes a secret at once, with its replicas and without the days in which it could be restored
// (cloudformation-coverage-roadmap, issue 1999).
func NewSigning(scope constructs.Construct, id string, p Props) Secret {
	return newSecret(scope, id, p, kind{"A partner's signing key", letters(64), awscdk.RemovalPolicy_DESTROY})
}

// NewProvider is the key that a provider outside AWS knows us by. Only the provider makes one: what is generated here opens nothing, until a
// person replaces it (docs/runbooks/provider-key.md).
func NewProvider(scope constructs.Construct, id string, p Props) Secret {
	return newSecret(scope, id, p, kind{"A provider's key, replaced by hand: docs/runbooks/provider-key.md", letters(32), awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE})
}

// letters are a value of letters and digits alone, which no URL, shell or statement has a meaning for.
func letters(length float64) *awssecretsmanager.CfnSecret_GenerateSecretStringProperty {
	return &awssecretsmanager.CfnSecret_GenerateSecretStringProperty{PasswordLength: new(length), ExcludePunctuation: true}
}
