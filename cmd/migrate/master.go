package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"livechat.example/cloud/internal/rdstls"
	"livechat.example/cloud/internal/schema"
)

func migrate(ctx context.Context, s settings, dial func(context.Context) (vault, error), out io.Writer) error {
	v, err := dial(ctx)
	if err != nil {
		return err
	}
	conn, err := enter(ctx, s, v)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	files := schema.Files()
	applied, err := schema.Migrate(ctx, conn, files)
	for _, f := range applied {
		fmt.Fprintln(out, "applied", f)
	}
	if err != nil {
		return err
	}
	faults, err := schema.Faults(ctx, conn)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return fmt.Errorf("services or tenants are not kept apart: %s", strings.Join(faults, "; "))
	}
	fmt.Fprintf(out, "%s has schema %d, the newest\n", s.database, len(files))
	return nil
}

// vault is what is asked of Secrets Manager.
type vault interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// master is whom the program logs in as.
type master struct{ Username, Password string }

// The labels of a secret's versions, in the order in which they are tried: while it is being rotated, the password that the server has is that of
// the version which is not current yet ("Rotation by Lambda function").
var labels = []string{"AWSCURRENT", "AWSPENDING"}

// enter logs in as the master.
func enter(ctx context.Context, s settings, v vault) (*pgx.Conn, error) {
	trust, err := s.trust(ctx)
	if err != nil {
		return nil, err
	}
	var refused error
	for _, label := range labels {
		m, err := read(ctx, v, s.secret, label)
		if missing := (*types.ResourceNotFoundException)(nil); refused != nil && errors.As(err, &missing) {
			return nil, refused // nothing is being rotated
		}
		if err != nil {
			return nil, err
		}
		conn, err := connect(ctx, s, m, trust)
		if err == nil || !wrongPassword(err) {
			return conn, err
		}
		refused = err
	}
	return nil, refused
}

func read(ctx context.Context, v vault, secret, label string) (m master, err error) {
	out, err := v.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &secret, VersionStage: &label})
	if err != nil {
		return m, fmt.Errorf("read %s of %s: %w", label, secret, err)
	}
	// What is not JSON is not repeated in the error: it may be the password itself.
	if json.Unmarshal([]byte(aws.ToString(out.SecretString)), &m) != nil || m.Username == "" || m.Password == "" {
		return m, fmt.Errorf("%s of %s is no object with username and password", label, secret)
	}
	return m, nil
}

// trust is how the server must prove who it is.
func (s settings) trust(ctx context.Context) (*tls.Config, error) {
	if s.ca == "" {
		return rdstls.Config(ctx, net.DefaultResolver, s.host)
	}
	text, err := os.ReadFile(s.ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", s.ca)
	}
	return &tls.Config{RootCAs: pool, ServerName: s.host, MinVersion: tls.VersionTLS12}, nil
}

const connectTimeout = 20 * time.Second

// connect has no name looked up but in PostgreSQL's own catalogs, and waits for a table that a service is using no longer than
// the service's own clients would: they wait behind it.
func connect(ctx context.Context, s settings, m master, trust *tls.Config) (*pgx.Conn, error) {
	c, err := pgx.ParseConfig("sslmode=disable") // what it and the environment say of TLS is replaced below
	if err != nil {
		return nil, err
	}
	c.Host, c.Port, c.Database, c.User, c.Password = s.host, s.port, s.database, m.Username, m.Password
	c.TLSConfig, c.Fallbacks, c.ConnectTimeout = trust, nil, connectTimeout
	c.RuntimeParams = map[string]string{"application_name": "migrate", "search_path": "pg_catalog", "lock_timeout": "10s"}
	return pgx.ConnectConfig(ctx, c)
}

// wrongPassword says that the server was reached and does not know the password ("PostgreSQL Error Codes", class 28).
func wrongPassword(err error) bool {
	refused := (*pgconn.PgError)(nil)
	return errors.As(err, &refused) && refused.Code == "28P01"
}
