package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies/access"
)

// writeAccessed writes what was found for people: by region, group and principal, or by resource.
func writeAccessed(out io.Writer, q accessed) error {
	subject := q.Resource
	if q.Principal != "" {
		subject = q.Principal
	}
	if len(q.Access) == 0 {
		fmt.Fprintf(out, "%s: no access\n", oneLine(subject))
	}
	region := "nowhere"
	for i := 0; i < len(q.Access); {
		if q.Access[i].Region != region {
			region = q.Access[i].Region
			fmt.Fprintf(out, "%s%s\n", oneLine(subject), inRegion(region))
		}
		part := q.same(i)
		i += len(part)
		if q.Principal != "" {
			writeResource(out, part)
		} else {
			writeGroup(out, part)
		}
	}
	if len(q.Others) > 0 {
		fmt.Fprintf(out, "\n  of other services: %s\n", oneLine(strings.Join(q.Others, ", ")))
	}
	return nil
}

func inRegion(region string) string {
	if region == "" {
		return ""
	}
	return " in " + region
}

// same returns the entries from one on that are printed together: of a region and a group, or of a principal those of a
// resource.
func (q accessed) same(from int) []groupAccess {
	first, to := q.Access[from], from
	for to < len(q.Access) {
		a := q.Access[to]
		if a.Region != first.Region || q.Principal == "" && a.Group != first.Group || q.Principal != "" && thing(a) != thing(first) {
			break
		}
		to++
	}
	return q.Access[from:to]
}

// thing returns the resource of an access, without what is in it.
func thing(a groupAccess) string {
	stack, rest, _ := strings.Cut(a.Resource, "/")
	id, _, _ := strings.Cut(rest, "/")
	return stack + "/" + id
}

func writeResource(out io.Writer, part []groupAccess) {
	fmt.Fprintf(out, "\n  %s\n", oneLine(thing(part[0])))
	for _, g := range append(slices.Clone(access.Groups), "") {
		var actions []string
		var of []groupAccess
		for _, a := range part {
			if a.Group == g {
				actions, of = append(actions, short(a)), append(of, a)
			}
		}
		if len(of) > 0 {
			fmt.Fprintf(out, "    %s: %s\n", g, oneLine(strings.Join(actions, ", ")))
			writeWhy(out, of)
		}
	}
}

func writeGroup(out io.Writer, part []groupAccess) {
	if part[0].Group != "" {
		fmt.Fprintf(out, "\n  %s\n", part[0].Group)
	}
	var titles []string
	for _, a := range part {
		if !slices.Contains(titles, a.Title) {
			titles = append(titles, a.Title)
		}
	}
	for _, title := range titles {
		var actions []string
		var of []groupAccess
		for _, a := range part {
			if a.Title == title {
				actions, of = append(actions, short(a)), append(of, a)
			}
		}
		fmt.Fprintf(out, "    %s: %s\n", oneLine(title), oneLine(strings.Join(actions, ", ")))
		writeWhy(out, of)
	}
}

// short returns an action, and whether it is certain.
func short(a groupAccess) string {
	switch {
	case a.Allowed == access.Unsure:
		return "perhaps " + a.Action
	case a.Anyone:
		return a.Action + " (for whatever account asks)"
	}
	return a.Action
}

// writeWhy writes each reason once: the way there, the statements, what the request needs, and what is not known.
func writeWhy(out io.Writer, of []groupAccess) {
	var told []string
	tell := func(format string, args ...any) {
		if line := oneLine(fmt.Sprintf(format, args...)); !slices.Contains(told, line) {
			told = append(told, line)
			fmt.Fprintf(out, "      %s\n", line)
		}
	}
	for _, a := range of {
		for _, h := range a.Via {
			tell("%s %s", h.How, h.Role)
			tellVerdict(tell, "", h.Verdict)
		}
		if len(a.Via) == 0 && a.Who.Kind == access.Account && len(a.Why) == 0 {
			tell("the account's root user, and what its identities in no template are allowed")
		}
		tellVerdict(tell, "", a.Verdict)
		if a.Key != nil {
			tellVerdict(tell, "its key: ", *a.Key)
		}
	}
}

func tellVerdict(tell func(format string, args ...any), of string, v access.Verdict) {
	for _, s := range v.Why {
		tell("%s%s", of, s)
	}
	for _, key := range slices.Sorted(maps.Keys(v.With)) {
		if values := v.With[key]; len(values) > 0 {
			tell("%sif %s is %s", of, key, strings.Join(values, ", "))
		} else {
			tell("%sif there is no %s", of, key)
		}
	}
	for _, d := range v.Doubts {
		tell("%sperhaps: %s", of, d)
	}
}
