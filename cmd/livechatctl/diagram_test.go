package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheDiagramShowsWhoIsThereAndWhatIsOpen(t *testing.T) {
	code, out, faults := call("diagram", networked(t, nil, "eu-west-1", "us-east-1"))
	assert.Equal(t, holds, code, faults)
	for _, want := range []string{
		`data-party="chat"`, `data-party="aurora"`, `data-flow="chat → aurora on TCP 5432"`, `data-tier="app"`, "10.0.2.0/24",
		"us-east-1 (10.0.0.0/16) is the same but for its addresses and zones.",
	} {
		assert.Contains(t, out, want)
	}
	assert.NotContains(t, out, "internet gateway", "there is none")

	code, out, _ = call("diagram", "--region", "us-east-1", networked(t, nil, "eu-west-1", "us-east-1"))
	assert.Equal(t, holds, code)
	assert.Contains(t, out, "in us-east-1</title>")
	assert.NotContains(t, out, "eu-west-1 (", "it is asked for alone")
}

func TestTheDiagramOfARegionThatDiffersSaysHow(t *testing.T) {
	dir := networked(t, nil, "eu-west-1", "us-east-1")
	file := filepath.Join(dir, "prod-us-east-1-network.template.json")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "5432", "3306")), 0o644))
	_, out, _ := call("diagram", dir)
	assert.Contains(t, out, "us-east-1 (10.0.0.0/16) differs: only there: chat → aurora on TCP 3306; not there: chat → aurora on TCP 5432.")
}

func TestTheDiagramGoesToAFile(t *testing.T) {
	dir := networked(t, nil, "eu-west-1")
	file := filepath.Join(t.TempDir(), "network.svg")
	code, out, _ := call("diagram", dir, "--out", file)
	assert.Equal(t, holds, code)
	assert.Empty(t, out)
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	_, printed, _ := call("diagram", dir)
	assert.Equal(t, printed, string(written))

	code, _, faults := call("diagram", dir, "--out", filepath.Join(file, "below"))
	assert.Equal(t, unjudged, code)
	assert.Contains(t, faults, "network.svg")
}

func TestWhatCannotBeDrawnIsNotDrawnAround(t *testing.T) {
	peering := object{"Peering": object{"Type": "AWS::EC2::VPCPeeringConnection", "Properties": object{"VpcId": object{"Ref": "Vpc"}, "PeerVpcId": "vpc-1"}}}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a way that is not judged": {[]string{networked(t, peering, "eu-west-1")}, "Peering"},
		"another region":           {[]string{networked(t, nil, "eu-west-1"), "--region", "eu-west-2"}, `no VPC lies in region "eu-west-2"; there is one in eu-west-1`},
		"no network":               {[]string{assembly(t, weak())}, "there is no VPC in these templates"},
		"no folder":                {[]string{"/nowhere/whatever"}, "/nowhere/whatever"},
	} {
		code, out, faults := call(append([]string{"diagram"}, c.args...)...)
		assert.Equal(t, unjudged, code, name)
		assert.Empty(t, out, name)
		assert.Contains(t, faults, c.want, name)
	}
}
