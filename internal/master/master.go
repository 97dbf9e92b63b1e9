// Package master is how the database's master logs in: with the password that Secrets Manager has, to a server that proves to be RDS's.
package master

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Vault is what is asked of Secrets Manager.
type Vault interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// Login is whom to log in as.
type Login struct{ Username, Password string }

// The labels of a secret's versions that hold a password which the server may know ("Rotation by Lambda function").
const (
	Current  = "AWSCURRENT"
	Pending  = "AWSPENDING"
	Previous = "AWSPREVIOUS"
	// Told and Known are the rotator's own: on the version whose password the server was last told, and on the one that it was seen to know
	// before. Secrets Manager moves its labels away from a rotation that was broken off, and the server may have that rotation's password.
	Told  = "LIVECHATTOLD"
	Known = "LIVECHATKNOWN"
)

// labels are in the order in which they are tried: all but the first matter only while the password is being rotated.
var labels = []string{Current, Pending, Told, Known}

// Enter logs in to a server by a secret. An application is the session's name in the server's logs.
func Enter(ctx context.Context, s Server, v Vault, secret, application string) (*pgx.Conn, error) {
	trust, err := s.Trust(ctx)
	if err != nil {
		return nil, err
	}
	var refused error
	for _, label := range labels {
		login, err := Read(ctx, v, secret, label)
		if refused != nil && Missing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		conn, err := s.Connect(ctx, login, trust, application)
		if err == nil || !WrongPassword(err) {
			return conn, err
		}
		if refused == nil {
			refused = err
		}
	}
	return nil, refused
}

// Read is the login of the version that has a label.
func Read(ctx context.Context, v Vault, secret, label string) (Login, error) {
	out, err := v.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &secret, VersionStage: &label})
	if err != nil {
		return Login{}, fmt.Errorf("read %s of %s: %w", label, secret, err)
	}
	var login Login
	// What is not JSON is not repeated in the error: it may be the password itself.
	if json.Unmarshal([]byte(aws.ToString(out.SecretString)), &login) != nil || login.Username == "" || login.Password == "" {
		return Login{}, fmt.Errorf("%s of %s is no object with username and password", label, secret)
	}
	return login, nil
}

// Missing says that there is no such secret, or no version of it that has the label.
func Missing(err error) bool {
	return errors.As(err, new(*types.ResourceNotFoundException))
}

// WrongPassword says that the server was reached and does not know the password ("PostgreSQL Error Codes", class 28).
func WrongPassword(err error) bool {
	refused := (*pgconn.PgError)(nil)
	return errors.As(err, &refused) && refused.Code == "28P01"
}
