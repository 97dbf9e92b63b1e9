package master

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"livechat.example/cloud/internal/rdstls"
)

// Server is where the database is.
type Server struct {
	Host     string
	Port     uint16
	Database string
	// CA is a file of the authorities, in PEM, of a server that is not RDS's: a test's. Empty: RDS's own.
	CA string
}

// Trust is how the server must prove who it is.
func (s Server) Trust(ctx context.Context) (*tls.Config, error) {
	if s.CA == "" {
		return rdstls.Config(ctx, net.DefaultResolver, s.Host)
	}
	text, err := os.ReadFile(s.CA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", s.CA)
	}
	return &tls.Config{RootCAs: pool, ServerName: s.Host, MinVersion: tls.VersionTLS12}, nil
}

const connectTimeout = 20 * time.Second

// Connect has no name looked up but in PostgreSQL's own catalogs, and waits for a table that a service is using no longer than
// the service's own clients would: they wait behind it.
func (s Server) Connect(ctx context.Context, login Login, trust *tls.Config, application string) (*pgx.Conn, error) {
	c, err := pgx.ParseConfig("sslmode=disable") // what it and the environment say of TLS is replaced below
	if err != nil {
		return nil, err
	}
	c.Host, c.Port, c.Database, c.User, c.Password = s.Host, s.Port, s.Database, login.Username, login.Password
	c.TLSConfig, c.Fallbacks, c.ConnectTimeout = trust, nil, connectTimeout
	c.RuntimeParams = map[string]string{"application_name": application, "search_path": "pg_catalog", "lock_timeout": "10s"}
	return pgx.ConnectConfig(ctx, c)
}
