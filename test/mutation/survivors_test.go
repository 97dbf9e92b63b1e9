package mutation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

// survivors are what may be taken out of a template, or changed in it, without a finding, and why no policy need object.
// The path is that of a property, with * for a list's position; what stands below it is included.
var survivors = map[string]string{
	"AWS::EC2::EIP Tags":             tagsAreForPeople,
	"AWS::EC2::FlowLog Tags":         tagsAreForPeople,
	"AWS::EC2::InternetGateway Tags": tagsAreForPeople,
	"AWS::EC2::NatGateway Tags":      tagsAreForPeople,
	"AWS::EC2::NetworkAcl Tags":      tagsAreForPeople,
	"AWS::EC2::RouteTable Tags":      tagsAreForPeople,
	"AWS::EC2::SecurityGroup Tags":   "Name is for people; livechat:group and livechat:tier are held by NET-27, whose mutations drop and change them",
	"AWS::EC2::Subnet Tags":          "Name is for people; livechat:tier is held by NET-04, whose mutations drop it",
	"AWS::EC2::VPC Tags":             tagsAreForPeople,
	"AWS::EC2::VPCEndpoint Tags":     tagsAreForPeople,

	"AWS::EC2::VPCBlockPublicAccessExclusion Tags": tagsAreForPeople,

	"AWS::Logs::ResourcePolicy PolicyName becomes":                                                       firewallNames,
	"AWS::NetworkFirewall::Firewall FirewallName becomes":                                                firewallNames,
	"AWS::NetworkFirewall::FirewallPolicy FirewallPolicyName becomes":                                    firewallNames,
	"AWS::NetworkFirewall::RuleGroup RuleGroupName becomes":                                              firewallNames,
	"AWS::NetworkFirewall::RuleGroup Capacity becomes":                                                   "more room is allowed, up to what a policy holds",
	"AWS::NetworkFirewall::FirewallPolicy FirewallPolicy.StatefulRuleGroupReferences.*.Priority becomes": "what counts is which comes first, which is held",

	"AWS::EC2::NetworkAclEntry RuleNumber becomes": "every entry allows, so their order decides nothing; that no two are the same is held",

	"AWS::EC2::SecurityGroup GroupDescription becomes":                   descriptionsAreForPeople,
	"AWS::EC2::SecurityGroup SecurityGroupEgress.*.Description becomes":  descriptionsAreForPeople,
	"AWS::EC2::SecurityGroup SecurityGroupIngress.*.Description becomes": descriptionsAreForPeople,
	"AWS::EC2::SecurityGroupIngress Description becomes":                 descriptionsAreForPeople,
	"AWS::Lambda::Function Description":                                  descriptionsAreForPeople,
	"AWS::Lambda::Function MemorySize becomes":                           "how much memory is a cost; that it is stated is held",
	"AWS::Lambda::Function Timeout becomes":                              "a longer time is a cost; that it is stated, and shorter than the stack waits, is held",
	"Custom::EmptyDefaultGroup ServiceTimeout becomes":                   waitingIsBounded,
	"Custom::PrefixList ServiceTimeout becomes":                          waitingIsBounded,
	"Custom::Partner ServiceTimeout becomes":                             waitingIsBounded,
	"Custom::TablePolicy ServiceTimeout becomes":                         waitingIsBounded,

	"AWS::Route53Resolver::FirewallRuleGroup FirewallRules.*.Priority becomes": "there is room between them; their order, and that no two are the same, is held",
	"AWS::Route53Resolver::FirewallRuleGroupAssociation Priority becomes":      "the VPC has no other group; that it is one the service takes is held",

	"AWS::ElastiCache::ParameterGroup Description becomes":                   descriptionsAreForPeople,
	"AWS::ElastiCache::ReplicationGroup ReplicationGroupDescription becomes": descriptionsAreForPeople,
	"AWS::ElastiCache::SubnetGroup Description becomes":                      descriptionsAreForPeople,

	"AWS::IAM::ManagedPolicy Description":   descriptionsAreForPeople,
	"AWS::IAM::Policy PolicyName becomes":   innerNames,
	"AWS::IAM::Role Description":            descriptionsAreForPeople,
	"AWS::IAM::Role Policies.*.PolicyName":  innerNames,
	"AWS::KMS::Key Description":             descriptionsAreForPeople,
	"AWS::KMS::Key PendingWindowInDays is":  "without it the window is 30 days, which it says",
	"AWS::KMS::Key RotationPeriodInDays is": "without it a key rotates every 365 days, which it says",

	"AWS::Events::Rule Targets.*.Id":                                     innerNames,
	"AWS::SNS::TopicPolicy PolicyDocument.Statement.*.Sid":               sidsAreForPeople,
	"AWS::SecretsManager::ResourcePolicy ResourcePolicy.Statement.*.Sid": sidsAreForPeople,
	"AWS::SecretsManager::Secret Description":                            descriptionsAreForPeople,

	"AWS::IAM::ManagedPolicy PolicyDocument.Statement.*.Sid": sidsAreForPeople,
	"AWS::IAM::Policy PolicyDocument.Statement.*.Sid":        sidsAreForPeople,
	"AWS::EC2::VPCEndpoint PolicyDocument.Statement.*.Sid":   sidsAreForPeople,
	"AWS::KMS::Key KeyPolicy.Statement.*.Sid":                sidsAreForPeople,
	"AWS::S3::BucketPolicy PolicyDocument.Statement.*.Sid":   sidsAreForPeople,
	"Custom::TablePolicy Policy.Statement.*.Sid":             sidsAreForPeople,

	"AWS::KMS::Alias TargetKeyId.Fn::GetAtt": attributes,

	"AWS::Logs::LogGroup RetentionInDays becomes":                                "longer is allowed; cfn-lint refuses a number that CloudWatch does not take",
	"AWS::RDS::DBClusterParameterGroup Description becomes":                      descriptionsAreForPeople,
	"AWS::RDS::DBSubnetGroup DBSubnetGroupDescription becomes":                   descriptionsAreForPeople,
	"AWS::Route53::RecordSet TTL becomes":                                        "shorter is allowed, and longer up to a minute",
	"AWS::S3::Bucket LifecycleConfiguration.Rules.*.ExpirationInDays becomes":    "longer is allowed for access logs; knowledge is held to the day",
	"AWS::S3::Bucket LifecycleConfiguration.Rules.*.ExpiredObjectDeleteMarker":   "it tidies markers of what is gone already",
	"AWS::S3::Bucket LifecycleConfiguration.Rules.*.Id":                          innerNames,
	"AWS::S3::Bucket LifecycleConfiguration.Rules.*.NoncurrentVersionExpiration": "how long a replaced page or log stays is a cost; knowledge is held to 7 days",
	"AWS::S3::Bucket ObjectLockConfiguration.Rule.DefaultRetention.Days becomes": "longer is allowed",
	"AWS::S3::Bucket ReplicationConfiguration.Rules.*.Id":                        innerNames,
	"AWS::S3::Bucket ReplicationConfiguration.Rules.*.Priority becomes":          "the rules go to different buckets, so their order decides nothing; that no two are the same is held",
}

const (
	tagsAreForPeople         = "a name for people; what a policy or a backup selects by is tagged on the stack"
	descriptionsAreForPeople = "text for people"
	sidsAreForPeople         = "a name for people; that none is given twice in a document is held"
	firewallNames            = "a name that must be there and that nothing refers to; another one replaces the resource"
	waitingIsBounded         = "a stack may wait longer for an answer; that it waits longer than the function runs, and at most ten minutes, is held"
	innerNames               = "a name inside its resource, which nothing refers to"
	attributes               = "cfn-lint refuses an attribute that the type does not have"
)

// No list of mutations is complete. So each property of each resource is taken out in turn, and each value changed:
// what no policy notices must be on the list above. In the sample it is one resource for each such change, and dev
// alone.
func TestNoPropertyChangesWithoutAPolicyNoticing(t *testing.T) {
	excused := map[string]bool{}
	for _, env := range sampled() {
		e := shipped.Estate(t, env)
		seen, unseen := map[string]bool{}, &sync.Map{}
		var tried []tryOut
		for _, r := range shuffled(e) {
			for _, c := range changes(r) {
				kind := r.Type + " " + c.path + " " + c.what
				if !*all && seen[kind] {
					continue
				}
				seen[kind] = true
				if key := excuse(kind); key != "" {
					excused[key] = true
				} else {
					tried = append(tried, tryOut{r, kind, c.body})
				}
			}
		}
		sideBySide(tried, func(c tryOut) {
			if catalogue.JudgeChange(e.With(c.of, c.body), c.of, shipped.Today).Holds() {
				unseen.Store(c.what, c.of)
			}
		})
		unseen.Range(func(kind, r any) bool {
			assert.Fail(t, "no policy notices", "%s, for example of %s", kind, r)
			return true
		})
	}
	for key := range survivors {
		assert.True(t, excused[key], "%s excuses nothing any more", key)
	}
}

func TestNoResourceGoesWithoutAPolicyNoticing(t *testing.T) {
	for _, env := range sampled() {
		e := shipped.Estate(t, env)
		sideBySide(slices.Collect(e.All()), func(r *template.Resource) {
			assert.False(t, catalogue.JudgeChange(e.With(r, nil), r, shipped.Today).Holds(), "%s is removed, and no policy notices", r)
		})
	}
}

// sampled returns the environments that are tried: dev, or with -mutation.all every one.
func sampled() []string {
	if *all {
		return shipped.Environments
	}
	return []string{"dev"}
}

// shuffled returns the resources in an order that changes with the estate, so that a sample of the first ones does too.
func shuffled(e *template.Estate) []*template.Resource {
	list := slices.Collect(e.All())
	source := rand.New(rand.NewPCG(fingerprint(e), 0))
	source.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// excuse returns the entry of survivors that covers a kind of change: the longest beginning of it that is on the list.
func excuse(kind string) string {
	longest := ""
	for key := range survivors {
		if len(key) > len(longest) && strings.HasPrefix(kind, key) && (len(kind) == len(key) || strings.ContainsRune(". ", rune(kind[len(key)]))) {
			longest = key
		}
	}
	return longest
}

// change is a copy of a resource's body with one thing different.
type change struct {
	path, what string
	body       map[string]any
}

// changes returns the resource without each of its properties, and with each of its values other than it is.
func changes(r *template.Resource) []change {
	var list []change
	properties, _ := r.Raw()["Properties"].(map[string]any)
	template.Walk(properties, func(path []string, v any) {
		if len(path) == 0 {
			return
		}
		at := slices.Clone(path)
		add := func(what string, edit func(parent any, key string)) {
			body := r.Clone()
			var parent any = body["Properties"]
			for _, key := range at[:len(at)-1] {
				parent = child(parent, key)
			}
			edit(parent, at[len(at)-1])
			list = append(list, change{pattern(at), what, body})
		}
		if !inList(properties, at) {
			add("is taken out", func(parent any, key string) { delete(parent.(map[string]any), key) })
		}
		if other, is := otherThan(v); is {
			add(fmt.Sprintf("becomes %v", other), func(parent any, key string) {
				if l, is := parent.([]any); is {
					i, _ := strconv.Atoi(key)
					l[i] = other
				} else {
					parent.(map[string]any)[key] = other
				}
			})
		}
	})
	return list
}

// otherThan returns a value of the same kind that means something else.
func otherThan(v any) (any, bool) {
	switch v := v.(type) {
	case string:
		return "other", true
	case bool:
		return !v, true
	case float64:
		return v + 1, true
	}
	return nil, false
}

func inList(properties any, path []string) bool {
	for _, key := range path[:len(path)-1] {
		properties = child(properties, key)
	}
	_, is := properties.([]any)
	return is
}

func child(parent any, key string) any {
	switch p := parent.(type) {
	case map[string]any:
		return p[key]
	case []any:
		i, _ := strconv.Atoi(key)
		return p[i]
	}
	return nil
}

// pattern returns a path with * for each position in a list.
func pattern(path []string) string {
	shown := slices.Clone(path)
	for i, key := range shown {
		if _, err := strconv.Atoi(key); err == nil {
			shown[i] = "*"
		}
	}
	return strings.Join(shown, ".")
}
