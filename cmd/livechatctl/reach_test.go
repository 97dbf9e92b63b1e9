package main

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// twoTiers returns a network in which chat may call aurora, and no other call is allowed.
func twoTiers() object {
	vpc := object{"Ref": "Vpc"}
	named := func(key, value string) object { return object{"Key": "livechat:" + key, "Value": value} }
	resources := object{"Vpc": object{"Type": "AWS::EC2::VPC", "Properties": object{"CidrBlock": "10.0.0.0/16"}}}
	add := func(id, typ string, properties object) {
		resources[id] = object{"Type": "AWS::EC2::" + typ, "Properties": properties}
	}
	add("Routes", "RouteTable", object{"VpcId": vpc})
	add("Acl", "NetworkAcl", object{"VpcId": vpc})
	for id, block := range map[string]string{"app": "10.0.1.0/24", "data": "10.0.2.0/24"} {
		add(id, "Subnet", object{"VpcId": vpc, "CidrBlock": block, "AvailabilityZone": "eu-west-1a", "Tags": []any{named("tier", id)}})
		add(id+"Routed", "SubnetRouteTableAssociation", object{"SubnetId": object{"Ref": id}, "RouteTableId": object{"Ref": "Routes"}})
		add(id+"Guarded", "SubnetNetworkAclAssociation", object{"SubnetId": object{"Ref": id}, "NetworkAclId": object{"Ref": "Acl"}})
	}
	for _, egress := range []string{"true", "false"} {
		add("Acl"+egress, "NetworkAclEntry", object{"NetworkAclId": object{"Ref": "Acl"}, "Egress": egress, "RuleNumber": 10,
			"RuleAction": "allow", "Protocol": 6, "CidrBlock": "10.0.0.0/16", "PortRange": object{"From": 1024, "To": 65535}})
	}
	nothing := object{"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
	add("Chat", "SecurityGroup", object{"VpcId": vpc, "Tags": []any{named("group", "chat"), named("tier", "app")}, "SecurityGroupEgress": []any{
		object{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "DestinationSecurityGroupId": object{"Ref": "Aurora"}}}})
	add("Aurora", "SecurityGroup", object{"VpcId": vpc, "Tags": []any{named("group", "aurora"), named("tier", "data")}, "SecurityGroupEgress": []any{nothing}})
	add("AuroraFromChat", "SecurityGroupIngress", object{"GroupId": object{"Ref": "Aurora"}, "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
		"SourceSecurityGroupId": object{"Ref": "Chat"}})
	return resources
}

// networked returns a folder with that network in each of some regions, and with what else is given.
func networked(t *testing.T, more object, regions ...string) string {
	t.Helper()
	dir, artifacts := t.TempDir(), object{}
	for _, region := range regions {
		resources := twoTiers()
		maps.Copy(resources, more)
		stack := "prod-" + region + "-network"
		put(t, dir, stack+".template.json", object{"Resources": resources})
		artifacts[stack] = object{"type": "aws:cloudformation:stack", "environment": "aws://111122223333/" + region,
			"properties": object{"templateFile": stack + ".template.json", "terminationProtection": true}}
	}
	put(t, dir, "manifest.json", object{"version": "54.0.0", "artifacts": artifacts})
	return dir
}

func TestReachTellsTheWayHopByHop(t *testing.T) {
	code, out, faults := call("reach", "chat", "aurora", "--port", "5432", networked(t, nil, "eu-west-1"))
	assert.Equal(t, holds, code, faults)
	for _, hop := range []string{
		"eu-west-1: chat → aurora on TCP 5432: reachable",
		"security group chat admits TCP 5432 to aurora",
		"NACL Acl entry 10 allows TCP 1024-65535 in from 10.0.0.0/16 (subnet data)",
		"answer: NACL Acl entry 10 allows TCP 1024-65535 in",
	} {
		assert.Contains(t, out, hop)
	}
}

func TestReachTellsWhatStopsTheWayInEveryRegion(t *testing.T) {
	dir := networked(t, nil, "eu-west-1", "us-east-1")
	code, out, faults := call("reach", "chat", "aurora", "--port", "22", dir)
	assert.Equal(t, violated, code, faults)
	for _, region := range []string{"eu-west-1", "us-east-1"} {
		assert.Contains(t, out, region+": chat → aurora on TCP 22: not reachable\n")
	}
	assert.Contains(t, out, "stopped: security group chat has no rule for TCP 22 to")

	code, out, _ = call("reach", "chat", "aurora", "--port", "22", "--region", "us-east-1", dir)
	assert.Equal(t, violated, code)
	assert.NotContains(t, out, "eu-west-1: chat")
}

func TestReachWithoutAPortTellsAllThatIsOpen(t *testing.T) {
	dir := networked(t, nil, "eu-west-1")
	code, out, _ := call("reach", "chat", "aurora", dir)
	assert.Equal(t, holds, code)
	assert.Contains(t, out, "  open: chat → aurora on TCP 5432\n")

	code, out, _ = call("reach", "aurora", "chat", dir)
	assert.Equal(t, violated, code)
	assert.Contains(t, out, "aurora → chat: not reachable")
	assert.Contains(t, out, "stopped: security group aurora has no rule")
}

func TestReachWritesJSONForAMachine(t *testing.T) {
	dir := networked(t, nil, "eu-west-1", "us-east-1")
	code, out, faults := call("reach", "chat", "aurora", "--port", "5432", "--json", dir)
	require.Equal(t, holds, code, faults)
	var r struct {
		Dir      string
		Question struct{ From, To, Protocol string }
		Regions  []struct {
			Region       string
			Open, Always bool
			Ways         []struct {
				FromZone, ToZone string
				Hops             []struct{ What, Why string }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	assert.Equal(t, dir, r.Dir)
	assert.Equal(t, "chat", r.Question.From)
	require.Len(t, r.Regions, 2)
	assert.True(t, r.Regions[0].Open && r.Regions[0].Always)
	require.NotEmpty(t, r.Regions[1].Ways)
	assert.Equal(t, "security group", r.Regions[1].Ways[0].Hops[0].What)
}

func TestReachRefusesWhatItCannotJudge(t *testing.T) {
	dir := networked(t, nil, "eu-west-1")
	for says, args := range map[string][]string{
		`eu-west-1 has no "nobody"`:            {"nobody", "aurora", "--port", "443", dir},
		`has no network in region "mars"`:      {"chat", "aurora", "--port", "443", "--region", "mars", dir},
		"a port from 1 to 65535 is missing":    {"chat", "aurora", "--port", "70000", dir},
		`"carrier-pigeon" is no protocol`:      {"chat", "aurora", "--port", "1", "--protocol", "carrier-pigeon", dir},
		"neither end lies in the network":      {"internet", "s3", "--port", "443", dir},
		"internet → internet: neither end":     {"internet", "internet", dir},
		"s3 → api.openai.com: neither end":     {"s3", "api.openai.com", dir},
		"accepts between 2 and 3 arg(s)":       {"chat"},
		filepath.Join(dir, "nowhere") + ": no": {"chat", "aurora", filepath.Join(dir, "nowhere")},
	} {
		code, out, faults := call(append([]string{"reach"}, args...)...)
		assert.Equal(t, unjudged, code, "%v", args)
		assert.Empty(t, out)
		assert.Contains(t, faults, says)
	}
}

func TestReachRefusesANetworkThatHoldsWhatItDoesNotKnow(t *testing.T) {
	dir := networked(t, object{"Peer": object{"Type": "AWS::EC2::VPCPeeringConnection"}}, "eu-west-1")
	code, out, faults := call("reach", "chat", "aurora", "--port", "5432", dir)
	assert.Equal(t, unjudged, code)
	assert.Empty(t, out)
	assert.Contains(t, faults, "prod-eu-west-1-network/Peer: AWS::EC2::VPCPeeringConnection is not known")
}
