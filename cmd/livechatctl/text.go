package main

import (
	"fmt"
	"io"
	"time"

	"livechat.example/cloud/policies"
)

// writeText writes a report for people: a paragraph a policy, the resources under it, and one line at the end that says
// it all.
func writeText(out io.Writer, r report) error {
	for _, failed := range runs(r.Findings, func(f policies.Finding) string { return f.Policy.ID }) {
		p := failed[0].Policy
		fmt.Fprintf(out, "%s  %s  %s\n", p.ID, p.Severity, p.Title)
		fmt.Fprintf(out, "  threat  %s\n", threat(p))
		fmt.Fprintf(out, "  fix     %s\n\n", p.Fix)
		for _, there := range runs(failed, policies.Finding.Resource) {
			fmt.Fprintf(out, "  %s\n", where(&r.Places, there[0]))
			for _, f := range there {
				fmt.Fprintf(out, "    - %s\n", oneLine(f.Message))
			}
			fmt.Fprintln(out)
		}
	}
	textWaived(out, r.Waived)
	fmt.Fprintln(out, summary(r))
	return nil
}

// where returns what a finding is about, then the construct that made it, then the place in the template.
func where(p *places, f policies.Finding) string {
	text := subject(f)
	if f.LogicalID != "" {
		text += "\n    construct  " + oneLine(f.Path)
	}
	if file := p.file(f); file != "" {
		text += fmt.Sprintf("\n    template   %s:%d", oneLine(p.shown(file)), p.line(f))
	}
	return text
}

func textWaived(out io.Writer, list []policies.Finding) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(out, "waived")
	for _, f := range list {
		w := waiverOf(f)
		fmt.Fprintf(out, "  %s  %s  %s\n", f.Policy.ID, oneLine(f.Resource()), oneLine(f.Message))
		fmt.Fprintf(out, "    until %s by %s: %s\n", w.Expires, w.Owner, w.Reason)
	}
	fmt.Fprintln(out)
}

func summary(r report) string {
	text := fmt.Sprintf("%s, %d waived: %s looked %s at %s in %s, in %s", count(len(r.Findings), "violation"), len(r.Waived),
		count(r.Policies, "policy"), count(r.Examined, "time"), count(r.Resources, "resource"), count(r.Stacks, "stack"),
		r.Took.Round(time.Millisecond))
	if r.Unvalidated {
		text += "; CDK's validator was off when it was written"
	}
	return text
}

// runs splits a list where the key of one finding is not that of the one before.
func runs(list []policies.Finding, key func(policies.Finding) string) [][]policies.Finding {
	var all [][]policies.Finding
	for i, f := range list {
		if i == 0 || key(f) != key(list[i-1]) {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], f)
	}
	return all
}
