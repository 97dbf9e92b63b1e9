package data

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// serviceUsers is a list of each service's user, once. A group of engine valkey takes no user without a password, and needs none named
// default, as one of engine redis does ("Role-Based Access Control (RBAC)"; CreateUserGroup, DefaultUserRequired).
var serviceUsers = expect.Want{
	Text: "exactly a user of each service that may connect", Reads: []string{cacheUserType}, Breaks: lessAndMore("default"),
	Holds: func(at expect.At, v template.Value) bool {
		var services []string
		for _, u := range found(at, v, cacheUserType) {
			if u == nil || u.Stack != at.Stack() {
				return false
			}
			services = append(services, serviceOfUser(u))
		}
		return intent.SameList(services, cacheServices())
	},
}

// IAM lets in only a user whose id is its name ("Authenticating with IAM", "Limitations").
var cacheUsersAreServices = policies.Policy{
	ID: "CACHE-05", Title: "Only the services that the flows name log in to the cache, each as its own user, by IAM",
	Source:    policies.LateralMovement,
	Component: policies.Database, STRIDE: "STE", Severity: policies.High,
	Fix: "let cache.New make the users, of the services that cache.Services names",
	Expect: expect.Shapes{
		intent.CacheType: {"UserGroupIds": expect.List(expect.Own(cacheUsersType)).Because("without a group a cache admits all who reach it")},
		cacheUsersType:   {"Engine": nearly(expect.Is("valkey"), "redis"), "UserGroupId": cacheNamed, "UserIds": serviceUsers},
		cacheUserType: {
			"Engine":             expect.Is("valkey"),
			"AuthenticationMode": expect.Object(expect.Shape{"Type": nearly(expect.Is("iam"), "password", "no-password-required")}),
			"UserName": expect.Want{Text: "that of a service that may connect", Breaks: []any{"default"},
				Holds: func(at expect.At, _ template.Value) bool { return serviceOfUser(at.Resource) != "" }},
			"UserId": expect.Equals("its UserName", func(at expect.At) string { return at.Resource.Get("UserName").Text() }),
		},
	},
	Reads: []string{cacheUserType, cacheUsersType},
	Check: func(e *template.Estate, f *policies.Findings) {
		member := map[*template.Resource]bool{}
		for g := range e.All(cacheUsersType) {
			for _, id := range g.Get("UserIds").List() {
				member[e.Find(id, cacheUserType)] = true
			}
		}
		for u := range e.All(cacheUserType) {
			if !member[u] {
				f.Fail(u, "is in no user group, must be in its stack's")
			}
		}
	},
}

// cacheServices are the services that may open a connection to a cache.
func cacheServices() []string {
	var services []string
	for _, f := range intent.Flows {
		if f.To == "valkey" {
			services = append(services, f.From)
		}
	}
	return services
}

// serviceOfUser is the service of a user, by its name; "" if there is none.
func serviceOfUser(u *template.Resource) string {
	service, ours := strings.CutPrefix(u.Get("UserName").Text(), intent.EstateName(u.Stack)+"-")
	if !ours || !slices.Contains(cacheServices(), service) {
		return ""
	}
	return service
}

// cacheAccess is all that each service may be given, as docs/cache.md says, in the words of Valkey's ACL. It has no category of
// commands, since those grow with each version, no command that lists keys or clients, and no script.
var cacheAccess = map[string]string{
	"gate": "~session:* ~quota:* ~ticket:* &revocation:* " +
		"+get +set +getdel +del +expire +incr +zadd +zrem +zcard +zremrangebyscore " + cacheClient,
	"chat": "%R~session:* ~presence:* %W~ticket:* &conversation:* " +
		"+get +set +del +expire +zadd +zrem +zrange +zremrangebyscore " + cacheClient,
}

const cacheClient = "+ping +client|setinfo +multi +exec +discard +publish +subscribe +unsubscribe"

var cacheUsersDoTheirWork = policies.Policy{
	ID: "CACHE-06", Title: "Every user of the cache has only the keys, channels and commands that its service needs",
	Source:    policies.LeastPrivilege,
	Component: policies.Database, STRIDE: "TIDE", Severity: policies.High,
	Fix:    "state the service's rights in constructs/cache/users.go, and here",
	Expect: expect.Shapes{cacheUserType: {"AccessString": expect.Checked}},
	Check: func(e *template.Estate, f *policies.Findings) {
		for u := range e.All(cacheUserType) {
			if !f.Refuse(u, "AccessString", u.Get("AccessString")) {
				checkAccessString(f, u, strings.Fields(cacheAccess[serviceOfUser(u)]))
			}
		}
	},
}

// checkAccessString reads an access string word by word, as Valkey does: each word adds to what those before it left
// ("Specifying Permissions Using an Access String").
func checkAccessString(f *policies.Findings, u *template.Resource, may []string) {
	const on, noChannels, noCommands = "on", "resetchannels", "-@all"
	words := strings.Fields(u.Get("AccessString").Text())
	for _, w := range words {
		if w != on && w != noChannels && w != noCommands && !slices.Contains(may, w) {
			f.Fail(u, "AccessString has %s, must not have it: its service does not need it", w)
		}
	}
	if !slices.Contains(words, on) {
		f.Fail(u, "AccessString has no %s, must have it to log in", on)
	}
	begins := func(kind string) int {
		return slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, kind) })
	}
	if begins("+") < 0 {
		f.Fail(u, "AccessString has no command, must have one")
	}
	for kind, reset := range map[string]string{"&": noChannels, "+": noCommands} {
		if i, j := begins(kind), slices.Index(words, reset); i >= 0 && (j < 0 || j > i) {
			f.Fail(u, "AccessString has %s without %s before it, must take away first what a new user has", words[i], reset)
		}
	}
}
