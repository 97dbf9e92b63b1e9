package rdstls

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/config"
)

// Which authorities there are is public knowledge: a look at AWS's page on certificate authorities tells whether one is missing or too many.
func TestTheRootsAreThoseOfEveryRegionThatAnEnvironmentHas(t *testing.T) {
	named := regexp.MustCompile(`^Amazon RDS ([a-z0-9-]+) Root CA (RSA2048|RSA4096|ECC384) G1$`)
	byRegion := map[string][]string{}
	for rest := roots; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		root, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		name := named.FindStringSubmatch(root.Subject.CommonName)
		require.NotNil(t, name, root.Subject)
		assert.Equal(t, []string{"Amazon Web Services, Inc."}, root.Subject.Organization)
		assert.True(t, root.IsCA && root.CheckSignatureFrom(root) == nil, "%s signs itself", root.Subject)
		assert.True(t, root.NotAfter.After(time.Date(2061, 1, 1, 0, 0, 0, 0, time.UTC)), "%s ends %s", root.Subject, root.NotAfter)
		byRegion[name[1]] = append(byRegion[name[1]], name[2])
	}
	for region, kinds := range byRegion {
		slices.Sort(kinds)
		assert.Equal(t, []string{"ECC384", "RSA2048", "RSA4096"}, kinds, region)
	}
	for _, environment := range []string{"dev", "staging", "prod", "prod-eu"} {
		env, err := config.Load("../../config/environments", environment, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		for _, region := range env.RegionNames() {
			assert.NotEmpty(t, byRegion[region], region)
		}
	}
}

type names map[string]string

func (n names) LookupCNAME(_ context.Context, host string) (string, error) {
	if name, known := n[host]; known {
		return name, nil
	}
	return "", errors.New("no such host")
}

func TestTheServerMustProveTheNameThatTheHostIsAnAliasOf(t *testing.T) {
	const endpoint = "livechat-dev-eu-west-1.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com"
	known := names{"database.livechat-dev.internal": endpoint + ".", "number": "10.0.0.1", "nothing": "."}
	c, err := Config(t.Context(), known, "database.livechat-dev.internal")
	require.NoError(t, err)
	assert.Equal(t, endpoint, c.ServerName)
	assert.False(t, c.InsecureSkipVerify)
	assert.Equal(t, uint16(tls.VersionTLS12), c.MinVersion)
	assert.NotNil(t, c.RootCAs, "without, whatever the machine trusts would do")
	for _, host := range []string{"elsewhere", "number", "nothing"} {
		_, err := Config(t.Context(), known, host)
		assert.Error(t, err, host)
	}
}
