package cache

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/segment"
)

// Services are those that have a user: who may open a connection to [segment.Valkey], as segment's flows say.
var Services = []segment.Party{segment.Gate, segment.Chat}

// rights are what a user may touch, and by which commands. What is not named it may not.
type rights struct {
	keys     []string // patterns: ~ to read and write, %R~ to read, %W~ to write
	channels []string
	commands []string
}

// connection is what any client of the engine does: it looks whether the other end is there, tells its own version, and sends
// commands as one. A client that may not tell its version counts as an attempt at what is forbidden.
var connection = []string{"ping", "client|setinfo", "multi", "exec", "discard"}

var messages = []string{"publish", "subscribe", "unsubscribe"}

// allowed is by service; docs/cache.md says what the keys and channels are for. No command among them reads keys by a pattern,
// runs a script, or tells of other clients.
var allowed = map[segment.Party]rights{
	segment.Gate: {
		keys:     []string{"~session:*", "~quota:*", "~ticket:*"},
		channels: []string{"revocation:*"},
		commands: []string{"get", "set", "getdel", "del", "expire", "incr", "zadd", "zrem", "zcard", "zremrangebyscore"},
	},
	segment.Chat: {
		keys:     []string{"%R~session:*", "~presence:*", "%W~ticket:*"},
		channels: []string{"conversation:*"},
		commands: []string{"get", "set", "del", "expire", "zadd", "zrem", "zrange", "zremrangebyscore"},
	},
}

// accessString is in the language of Valkey's ACL ("Specifying Permissions Using an Access String"). Channels and commands are
// taken away before any is given: what a new user begins with depends on the engine's version.
func (r rights) accessString() string {
	parts := append([]string{"on"}, r.keys...)
	parts = append(parts, "resetchannels")
	for _, c := range r.channels {
		parts = append(parts, "&"+c)
	}
	parts = append(parts, "-@all")
	for _, list := range [][]string{connection, r.commands, messages} {
		for _, c := range list {
			parts = append(parts, "+"+c)
		}
	}
	return strings.Join(parts, " ")
}

// users is the group of the services' users, who log in by IAM alone.
//
// A group of engine valkey takes nobody who needs no password, ElastiCache's own user `default` included, and unlike one of engine
// redis does without a user of that name. So there is no default user, and who does not log in is nobody.
func users(scope constructs.Construct, p Props) *string {
	if len(p.Users) != len(Services) {
		panic(fmt.Sprintf("cache.Props: Users must be those of %v: %v", Services, p.Users))
	}
	var ids []*string
	for _, service := range Services {
		name := p.Users[service]
		if name == "" {
			panic(fmt.Sprintf("cache.Props: Users has no name for %s", service))
		}
		id := "CacheUser" + strings.ToUpper(string(service[:1])) + string(service[1:])
		ids = append(ids, awselasticache.NewCfnUser(scope, new(id), &awselasticache.CfnUserProps{
			// By IAM, both must be the same ("Authenticating with IAM", "Limitations").
			UserId: new(name), UserName: new(name), Engine: new(engine),
			AuthenticationMode: map[string]any{"Type": "iam"},
			AccessString:       new(allowed[service].accessString()),
		}).Ref())
	}
	return awselasticache.NewCfnUserGroup(scope, new("CacheUsers"), &awselasticache.CfnUserGroupProps{
		UserGroupId: new(p.Name), Engine: new(engine), UserIds: &ids,
	}).Ref()
}
