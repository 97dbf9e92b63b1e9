package segment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/network"
)

// Props are the network that the groups are of, and what has a prefix list in the place of a group.
type Props struct {
	VPC     network.VPC // required
	Primary bool        // whether the region's database writes
	// S3 and DynamoDB are the ids of the prefix lists of their gateway endpoints.
	S3, DynamoDB *string // required
}

// Groups are the security groups, by id.
type Groups struct {
	Of map[Party]*string
}

// New is a security group for each party, by which nobody talks to anybody but as the flows say.
//
// What a group lets out stands in the group, since a group that says nothing there lets out everything. What it lets in then
// cannot: the two groups of a flow would name each other, which CloudFormation refuses. So each is a resource of its own.
func New(scope constructs.Construct, p Props) Groups {
	if p.VPC.ID == nil || p.S3 == nil || p.DynamoDB == nil {
		panic("segment.Props: VPC, S3 and DynamoDB are required")
	}
	g, flows := Groups{Of: map[Party]*string{}}, flowsOf(p.Primary)
	for _, party := range slices.Backward(Parties) {
		group := awsec2.NewCfnSecurityGroup(scope, new(title(party.Party)+"Group"), &awsec2.CfnSecurityGroupProps{
			VpcId:                p.VPC.ID,
			GroupDescription:     new("livechat " + string(party.Party)), // another one would be another group
			SecurityGroupEgress:  g.egress(p, flows, party.Party),
			SecurityGroupIngress: fromInternet(party.Party),
			Tags: &[]*awscdk.CfnTag{
				{Key: new("Name"), Value: new(string(party.Party))},
				{Key: new("livechat:group"), Value: new(string(party.Party))},
				{Key: new("livechat:tier"), Value: new(string(party.Tier))},
			},
		})
		g.Of[party.Party] = group.AttrGroupId()
	}
	for _, f := range flows {
		g.ingress(scope, f)
	}
	return g
}

// nothing is an egress rule that no packet matches, for who opens no connection: the library's own group says the same where
// it may let out nothing (awscdk.aws-ec2 SecurityGroup, "allowAllOutbound").
var nothing = awsec2.CfnSecurityGroup_EgressProperty{
	CidrIp: new("255.255.255.255/32"), IpProtocol: new("icmp"), FromPort: new(252.0), ToPort: new(86.0),
	Description: new("opens no connection"),
}

// egress are the rules by which a party reaches others, whose groups are there already.
func (g Groups) egress(p Props, flows []flow, from Party) []any {
	var rules []any
	for _, f := range flows {
		if !slices.Contains(f.from, from) {
			continue
		}
		for _, to := range f.to {
			rule := awsec2.CfnSecurityGroup_EgressProperty{
				IpProtocol: new("tcp"), FromPort: new(float64(f.port)), ToPort: new(float64(f.port)), Description: new(f.why),
			}
			switch to {
			case internet:
				rule.CidrIp = new("0.0.0.0/0")
			case s3:
				rule.DestinationPrefixListId = p.S3
			case dynamodb:
				rule.DestinationPrefixListId = p.DynamoDB
			default:
				if rule.DestinationSecurityGroupId = g.Of[to]; g.Of[to] == nil {
					panic(fmt.Sprintf("segment: %s calls %s, which Parties does not name after it", from, to))
				}
			}
			rules = append(rules, &rule)
		}
	}
	if rules == nil {
		rules = []any{&nothing}
	}
	return rules
}

// fromInternet are the rules by which anybody reaches a party; nil if there are none.
func fromInternet(to Party) any {
	var rules []any
	for _, f := range flows {
		if slices.Contains(f.from, internet) && slices.Contains(f.to, to) {
			rules = append(rules, &awsec2.CfnSecurityGroup_IngressProperty{
				CidrIp: new("0.0.0.0/0"), IpProtocol: new("tcp"), FromPort: new(float64(f.port)), ToPort: new(float64(f.port)),
				Description: new(f.why),
			})
		}
	}
	if rules == nil {
		return nil
	}
	return rules
}

// ingress are the rules by which a flow's destinations let its sources in.
func (g Groups) ingress(scope constructs.Construct, f flow) {
	for _, to := range f.to {
		for _, from := range f.from {
			if g.Of[to] == nil || g.Of[from] == nil {
				continue // the internet, or who has no group to let anybody in by
			}
			id := fmt.Sprintf("%sFrom%s%d", title(to), title(from), f.port)
			awsec2.NewCfnSecurityGroupIngress(scope, new(id), &awsec2.CfnSecurityGroupIngressProps{
				GroupId: g.Of[to], SourceSecurityGroupId: g.Of[from],
				IpProtocol: new("tcp"), FromPort: new(float64(f.port)), ToPort: new(float64(f.port)), Description: new(f.why),
			})
		}
	}
}

// title is a party's name without its hyphens, as a construct's id takes it.
func title(p Party) string {
	var b strings.Builder
	for word := range strings.SplitSeq(string(p), "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
