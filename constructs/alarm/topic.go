// Package alarm holds what tells people that something is wrong.
package alarm

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// TopicProps are a topic's name and key, whose alarms it takes, and whom it tells.
type TopicProps struct {
	Name    string      // required
	Account string      // required
	Key     awskms.IKey // required
	Email   string      // required: an address, which confirms by the mail that SNS sends it
}

// Topic is where alarms go.
type Topic struct{ ARN *string }

// NewTopic is a topic that nobody publishes to but CloudWatch, for alarms of this account, and that nobody hears but who is on duty.
func NewTopic(scope constructs.Construct, id string, p TopicProps) Topic {
	if p.Name == "" || p.Account == "" || p.Key == nil || p.Email == "" {
		panic("alarm.TopicProps of " + id + ": Name, Account, Key and Email are all required")
	}
	topic := awssns.NewCfnTopic(scope, new(id), &awssns.CfnTopicProps{TopicName: new(p.Name), KmsMasterKeyId: p.Key.KeyArn()})
	// It replaces the policy that SNS makes, which lets all of the account publish.
	awssns.NewCfnTopicPolicy(scope, new(id+"Policy"), &awssns.CfnTopicPolicyProps{
		Topics: &[]*string{topic.Ref()},
		PolicyDocument: policy.Values(policy.Statement{
			Sid: "Alarms", Principal: policy.Service("cloudwatch"), Actions: []string{"sns:Publish"}, Resources: []string{*topic.Ref()},
			Conditions: policy.Conditions{"StringEquals": {"aws:SourceAccount": p.Account}},
		}),
	})
	awssns.NewCfnSubscription(scope, new(id+"Email"), &awssns.CfnSubscriptionProps{
		TopicArn: topic.Ref(), Protocol: new("email"), Endpoint: new(p.Email),
	})
	return Topic{ARN: topic.Ref()}
}
