package access

import (
	"slices"
	"strconv"
	"strings"
)

// fact is what a request has under a condition key: values (none: it has no such key), whatever is chosen, or why it is
// not known.
type fact struct {
	values []string
	open   bool
	why    string
}

func just(values ...string) fact {
	return fact{values: slices.DeleteFunc(values, func(v string) bool { return v == "" })}
}

var open = fact{open: true}

// fact returns what the request has under a key ("AWS global condition context keys", and each service's own).
func (e *evaluation) fact(key string) fact {
	k := strings.ToLower(key)
	if values, known := e.given[k]; known {
		return fact{values: values}
	}
	if f, is := e.caller(k); is {
		return f
	}
	if f, is := e.target(k); is {
		return f
	}
	if strings.HasPrefix(k, "sts:") && !strings.HasPrefix(strings.ToLower(e.action), "sts:") {
		return fact{} // only STS learns what STS is asked for ("IAM and AWS STS condition context keys")
	}
	if slices.ContainsFunc(chosen, func(c string) bool { return k == c || strings.HasSuffix(c, "*") && strings.HasPrefix(k, c[:len(c)-1]) }) {
		return open
	}
	return fact{why: "the condition key " + key + " is not known before the deploy, or not understood"}
}

// caller returns what a key says of the principal.
func (e *evaluation) caller(k string) (fact, bool) {
	p := e.who
	person := p.Kind == Role || p.Kind == User || p.Kind == Account
	switch k {
	case "aws:principalarn":
		if p.Kind == Role || p.Kind == User {
			return just(p.arns[0]), true
		}
		return fact{open: p.Kind == Account}, true
	case "aws:principalaccount", "kms:calleraccount":
		if p.Kind == Service {
			return fact{why: "which account " + p.Name + " asks from is not known"}, true
		}
		return just(p.Account), true
	case "aws:principaltype":
		return e.principalType(), true
	case "aws:principalisawsservice":
		return just(strconv.FormatBool(p.Kind == Service)), true
	case "aws:principalservicename", "aws:principalservicenameslist":
		if p.Kind == Service {
			return just(p.Name), true
		}
		return fact{}, true
	case "aws:sourcearn", "aws:sourceaccount": // only a service's own calls have them
		return fact{open: p.Kind == Service}, true
	case "aws:username":
		if p.Kind == User {
			return just(p.Name), true
		}
		return fact{open: p.Kind == Account}, true
	case secondFactor:
		if p.unattended && !p.federated {
			return just("false"), true
		}
		return fact{open: person}, true
	case "aws:multifactorauthage": // there where a second factor was given
		return fact{open: person && !p.unattended}, true
	}
	if tag, is := strings.CutPrefix(k, "aws:principaltag/"); is {
		return p.tag(tag), true
	}
	if provider, _, is := strings.Cut(k, ":"); is && strings.Contains(provider, ".") { // a claim of a token, such as …:sub
		return fact{open: p.Kind == Federated && strings.HasSuffix(p.Name, "/"+provider)}, true
	}
	return fact{}, false
}

func (e *evaluation) principalType() fact {
	switch e.who.Kind {
	case Role:
		return just("AssumedRole")
	case User:
		return just("User")
	case Anonymous:
		return just("Anonymous")
	case Account:
		return open
	}
	return fact{why: "the type of " + e.who.Title() + " as a principal is not known"}
}

// tag returns a tag of the session: what the role or user has, unless whoever becomes it may choose.
func (p *Principal) tag(key string) fact {
	switch {
	case p.tagged || p.Outside():
		return open
	case p.Kind == Role || p.Kind == User:
		return tagged(p.tags, key)
	}
	return fact{}
}

// target returns what a key says of the resource.
func (e *evaluation) target(k string) (fact, bool) {
	o := e.on
	switch k {
	case "aws:resourceaccount", "s3:resourceaccount":
		if o.account == "" {
			return fact{why: "which account " + o.name + " belongs to is not known"}, true
		}
		return just(o.account), true
	case "aws:requestedregion":
		if o.region == "" || assumes(e.action) {
			return open, true
		}
		return just(o.region), true
	case "kms:resourcealiases":
		if o.r == nil {
			return fact{why: "the aliases of " + o.name + " are not known"}, true
		}
		for _, v := range e.m.aliases[o.r] {
			if v == "" {
				return fact{why: "an alias of " + o.name + " is not known before the deploy"}, true
			}
		}
		return just(e.m.aliases[o.r]...), true
	}
	service, tag, is := strings.Cut(k, ":resourcetag/")
	if !is {
		return fact{}, false
	}
	if o.r == nil || service == "aws" && o.service == "s3" {
		return fact{why: "the tags of " + o.name + " are not known, or the service does not tell them"}, true
	}
	return tagged(tagsOf(o.r.Get("Tags")), tag), true
}

// chosen are the keys whose values who asks, or what is done, chooses: each may be anything.
var chosen = []string{
	"aws:securetransport", "aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:currenttime", "aws:epochtime",
	"aws:tokenissuetime", "aws:useragent", "aws:referer", "aws:requesttag/*", "aws:tagkeys", "aws:viaawsservice", "aws:calledvia*",
	"aws:userid", "aws:requestedregion", "aws:sourceidentity", "aws:federatedprovider", "aws:ec2instancesource*", "aws:sourcearn",
	"s3:*", "sts:*", "kms:viaservice", "kms:encryptioncontext*", "kms:grant*", "kms:requestalias", "kms:recipientattestation*",
	"kms:encryptionalgorithm", "kms:dataencryption*", "kms:reencryptonsamekey", "kms:wrapping*", "kms:scheduledeletion*", "kms:bypasspolicylockoutsafetycheck",
	"iam:passedtoservice", "iam:permissionsboundary", "iam:policyarn", "iam:associatedresourcearn", "iam:awsservicename",
	"dynamodb:*", "secretsmanager:versionid", "secretsmanager:versionstage", "secretsmanager:blockpublicpolicy", "secretsmanager:secretid",
	"secretsmanager:rotationlambdaarn", "secretsmanager:recoverywindowindays", "secretsmanager:forcedeletewithoutrecovery",
	"lambda:functionurlauthtype", "lambda:eventsourcetoken", "lambda:sourcefunctionarn", "lambda:principal", "ecs:cluster", "ecs:task*", "ecs:container*",
	"sns:protocol", "sns:endpoint", "logs:*", "ecr:*", "ec2:vpc*", "ec2:region", "rds:*", "ssm:*", "cloudwatch:namespace", sessionName,
}

// several are the keys that may have more than one value at once ("Multivalued context keys").
var several = []string{"aws:tagkeys", "aws:calledvia", "aws:principalservicenameslist", "kms:resourcealiases", "kms:encryptioncontextkeys",
	"kms:grantoperations", "dynamodb:leadingkeys", "dynamodb:attributes", "sts:transitivetagkeys"}

// secondFactor is the key that says whether there was one. Of a session that an identity provider begins no page says
// that it has it.
const secondFactor = "aws:multifactorauthpresent"

// present reports whether every request of the kind has an open key.
func (e *evaluation) present(key string) bool {
	switch key {
	case "sts:rolesessionname":
		return strings.HasPrefix(strings.ToLower(e.action), "sts:assumerole")
	case secondFactor: // with temporary credentials, which a role always has ("AWS global condition context keys")
		return e.who.Kind == Role && !e.who.federated
	}
	return slices.Contains(always, key)
}

// always are the open keys that every request has.
var always = []string{"aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:viaawsservice", "aws:userid", sessionName}
