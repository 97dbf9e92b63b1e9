package data

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var cacheUsersAreServices = policies.Policy{
	ID: "CACHE-05", Title: "Nobody logs in to a cache but the services that the flows let reach it, each as a user of its own, by IAM and never by a password or without one; there is no default user",
	Source:    policies.LateralMovement,
	Component: policies.Database, STRIDE: "STE", Severity: policies.High,
	Fix:   "let cache.New make the users, of the services that cache.Services names",
	Reads: []string{intent.CacheType, cacheUserType, cacheUsersType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.CacheType) {
			f.Examined(c)
			groups := c.Get("UserGroupIds").List()
			if len(groups) != 1 || e.Find(groups[0], cacheUsersType) == nil || e.Find(groups[0], cacheUsersType).Stack != c.Stack {
				f.Fail(c, "has not one group of users of its stack: without one, everybody is let in who reaches it")
			}
		}
		for g := range e.All(cacheUsersType) {
			f.Examined(g)
			checkCacheUsers(e, f, g)
		}
		for u := range e.All(cacheUserType) {
			f.Examined(u)
			checkCacheLogin(f, u)
		}
	},
}

// checkCacheUsers holds a group to the services. A group of engine valkey takes nobody who needs no password, and needs no user named
// default, as one of engine redis does: then there is none ("Role-Based Access Control (RBAC)"; CreateUserGroup, DefaultUserRequired).
func checkCacheUsers(e *template.Estate, f *policies.Findings, g *template.Resource) {
	if !g.Get("Engine").Is("valkey") {
		f.Fail(g, "is of engine %s, whose groups take users without a password", g.Get("Engine"))
	}
	if !g.Get("UserGroupId").Is(cacheName(g.Stack)) {
		f.Fail(g, "is named %s, not %s", g.Get("UserGroupId"), cacheName(g.Stack))
	}
	missing := cacheServices()
	for _, id := range g.Get("UserIds").List() {
		u := e.Find(id, cacheUserType)
		i := -1
		if u != nil && u.Stack == g.Stack {
			i = slices.Index(missing, serviceOfUser(u))
		}
		if i < 0 {
			f.Fail(g, "lets in %s, which is no service that may connect, or lets it in twice", id)
			continue
		}
		missing = slices.Delete(missing, i, i+1)
	}
	if len(missing) > 0 {
		f.Fail(g, "does not let in %v", missing)
	}
}

// checkCacheLogin holds a user to IAM, whose users have the same name and id ("Authenticating with IAM", "Limitations").
func checkCacheLogin(f *policies.Findings, u *template.Resource) {
	if serviceOfUser(u) == "" || !u.Get("UserId").Is(u.Get("UserName").Text()) {
		f.Fail(u, "is %s by id and %s by name, and not a service that may connect by both", u.Get("UserId"), u.Get("UserName"))
	}
	mode := u.Get("AuthenticationMode")
	if !mode.Get("Type").Is("iam") || mode.Len() != 1 || !u.Get("Passwords").Missing() || !u.Get("NoPasswordRequired").Missing() {
		f.Fail(u, "does not log in by IAM alone")
	}
	if !u.Get("Engine").Is("valkey") {
		f.Fail(u, "is of engine %s", u.Get("Engine"))
	}
}

// cacheServices are who may open a connection to a cache.
func cacheServices() []string {
	var services []string
	for _, f := range intent.Flows {
		if f.To == "valkey" {
			services = append(services, f.From)
		}
	}
	return services
}

// serviceOfUser is the service that a user is of, by its name; "" if there is none.
func serviceOfUser(u *template.Resource) string {
	for _, service := range cacheServices() {
		if u.Get("UserName").Is(cacheUserName(u.Stack, service)) {
			return service
		}
	}
	return ""
}

// cacheAccess is all that each service may be given, in the words of Valkey's ACL: a second reading of docs/cache.md. There is no
// category of commands among it, since those grow with each version, no command that lists keys or clients, and no script.
var cacheAccess = map[string]string{
	"gate": "~session:* ~quota:* ~ticket:* &revocation:* " +
		"+get +set +getdel +del +expire +incr +zadd +zrem +zcard +zremrangebyscore " + cacheClient,
	"chat": "%R~session:* ~presence:* %W~ticket:* &conversation:* " +
		"+get +set +del +expire +zadd +zrem +zrange +zremrangebyscore " + cacheClient,
}

const cacheClient = "+ping +client|setinfo +multi +exec +discard +publish +subscribe +unsubscribe"

var cacheUsersDoTheirWork = policies.Policy{
	ID: "CACHE-06", Title: "Every user of a cache may touch only its service's keys and channels, by commands that it needs: no category, no pattern of all, no command that lists, administers or runs a script",
	Source:    policies.LeastPrivilege,
	Component: policies.Database, STRIDE: "TIDE", Severity: policies.High,
	Fix:   "state the service's rights in constructs/cache/users.go, and here",
	Reads: []string{cacheUserType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for u := range e.All(cacheUserType) {
			f.Examined(u)
			if !f.Refuse(u, "what it may", u.Get("AccessString")) {
				checkAccessString(f, u, strings.Fields(cacheAccess[serviceOfUser(u)]))
			}
		}
	},
}

// checkAccessString reads what a user may, word by word, as Valkey does: each adds to what those before it left
// ("Specifying Permissions Using an Access String").
func checkAccessString(f *policies.Findings, u *template.Resource, may []string) {
	const on, noChannels, noCommands = "on", "resetchannels", "-@all"
	words := strings.Fields(u.Get("AccessString").Text())
	before := func(first, kind string) bool {
		i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, kind) })
		j := slices.Index(words, first)
		return i < 0 || 0 <= j && j < i
	}
	for _, w := range words {
		if w != on && w != noChannels && w != noCommands && !slices.Contains(may, w) {
			f.Fail(u, "is given %s, which its service does not need", w)
		}
	}
	if !slices.Contains(words, on) || !slices.ContainsFunc(words, func(w string) bool { return w[0] == '+' }) {
		f.Fail(u, "cannot log in, or do anything: %s", u.Get("AccessString"))
	}
	if !before(noChannels, "&") || !before(noCommands, "+") {
		f.Fail(u, "does not begin with no channel and no command: it may have more than it is given")
	}
}
