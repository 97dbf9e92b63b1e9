package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/key"
)

// Keys are a region's keys, one for each class of data.
type Keys struct {
	Stack awscdk.Stack
	Of    map[key.Class]awskms.IKey
}

// NewKeys is a key for each class of data: who may read one kind of data can still not read another.
func NewKeys(app awscdk.App, env config.Environment, region config.Region) Keys {
	aliases := map[string]any{}
	for _, class := range key.Classes {
		aliases[string(class)] = "alias/" + keyAlias(env, class)
	}
	stack := newStack(app, env, region, "keys", intent{"keys": aliases})
	keys := Keys{Stack: stack, Of: map[key.Class]awskms.IKey{}}
	for _, class := range key.Classes {
		keys.Of[class] = key.New(stack, key.Props{
			Class: class, Alias: keyAlias(env, class), Account: env.Account, Region: region.Name,
		})
	}
	return keys
}
