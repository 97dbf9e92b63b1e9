package access_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

func (b *builder) tags(tags map[string]string) []any {
	var list []any
	for key, value := range tags {
		list = append(list, object{"Key": b.text(key), "Value": b.text(value)})
	}
	return list
}

func (b *builder) document(x thing, statements []string) any {
	var list []any
	for _, s := range statements {
		list = append(list, b.statement(s))
	}
	if len(list) == 1 && statements[0] == "$Given" {
		return object{"Ref": "Given"}
	}
	if x.Text != "" {
		text, _ := json.Marshal(list) // of texts and maps, which it cannot fail
		return fmt.Sprintf(x.Text, text)
	}
	switch x.Version {
	case "":
		return object{"Version": "2012-10-17", "Statement": list}
	case "none":
		return object{"Statement": list}
	}
	return object{"Version": x.Version, "Statement": list}
}

var parts = regexp.MustCompile(`^(allow|deny) (.+?)(?: to (.+?))?(?: on (.+?))?(?: if (.+))?$`)

// statement reads: allow ACTIONS [to PRINCIPALS] [on RESOURCES] [if CONDITIONS], each list with commas and perhaps
// "not" before it.
func (b *builder) statement(text string) object {
	p := parts.FindStringSubmatch(text)
	if p == nil {
		return object{}
	}
	s := object{"Effect": strings.ToUpper(p[1][:1]) + p[1][1:]}
	b.list(s, "Action", p[2])
	b.list(s, "Resource", p[4])
	if p[3] != "" {
		who, except := strings.CutPrefix(p[3], "not ")
		key := "Principal"
		if except {
			key = "NotPrincipal"
		}
		s[key] = b.principals(who)
	}
	if p[5] != "" {
		conditions := object{}
		for _, c := range strings.Split(p[5], " & ") {
			operator, rest, _ := strings.Cut(c, " ")
			key, values, _ := strings.Cut(rest, "=")
			if conditions[operator] == nil {
				conditions[operator] = object{}
			}
			var list []any
			for _, v := range strings.Split(values, "|") {
				list = append(list, b.text(v))
			}
			conditions[operator].(object)[key] = list
		}
		s["Condition"] = conditions
	}
	return s
}

func (b *builder) list(s object, key, text string) {
	if text == "" {
		return
	}
	text, except := strings.CutPrefix(text, "not ")
	if except {
		key = "Not" + key
	}
	var list []any
	for _, v := range strings.Split(strings.ReplaceAll(text, ", ", ";"), ",") { // a variable's default has a space before it
		list = append(list, b.text(strings.ReplaceAll(v, ";", ", ")))
	}
	s[key] = list
}

func (b *builder) principals(text string) any {
	if text == "*" {
		return "*"
	}
	all := object{}
	for _, p := range strings.Split(text, ",") {
		kind, name, has := strings.Cut(p, ":")
		if !has || kind == "arn" || strings.HasPrefix(p, "@") || strings.HasPrefix(p, "{{") {
			kind, name = "AWS", p
		}
		list, _ := all[kind].([]any)
		all[kind] = append(list, b.text(name))
	}
	return all
}

var mentioned = regexp.MustCompile(`@(\w+)`)

// text writes out @Name (the ARN of a thing), &Name (what Ref gives for it), root (the account) and $Given (a parameter
// that is known at the deploy only).
func (b *builder) text(text string) any {
	switch {
	case text == "root":
		return "arn:aws:iam::" + account + ":root"
	case strings.Contains(text, "$Given"):
		return object{"Fn::Sub": strings.ReplaceAll(text, "$Given", "${Given}")}
	}
	if name, is := strings.CutPrefix(text, "&"); is {
		return object{"Ref": name}
	}
	if name, is := strings.CutPrefix(text, "@"); is && b.things[name].assigned() {
		return b.arn(name)
	}
	return mentioned.ReplaceAllStringFunc(text, func(name string) string { return fmt.Sprint(b.arn(name[1:])) })
}

func (x thing) assigned() bool {
	return x.Key != nil || x.Secret != nil || x.Endpoint != nil || x.Unnamed
}

func (b *builder) arn(name string) any {
	x, lower := b.things[name], strings.ToLower(name)
	in := func(service, what string) string {
		return "arn:aws:" + service + ":" + region + ":" + account + ":" + what
	}
	switch {
	case x.Endpoint != nil || x.Secret != nil:
		return object{"Ref": name}
	case x.assigned():
		return object{"Fn::GetAtt": []any{name, "Arn"}}
	case x.Role != nil:
		return "arn:aws:iam::" + account + ":role/" + name
	case x.User != nil:
		return "arn:aws:iam::" + account + ":user/" + name
	case x.Bucket != nil:
		return "arn:aws:s3:::" + lower
	case x.Queue != nil:
		return in("sqs", lower)
	case x.Topic != nil:
		return in("sns", lower)
	case x.Table != nil:
		return in("dynamodb", "table/"+lower)
	case x.Function != nil:
		return in("lambda", "function:"+lower)
	}
	return "@" + name
}
