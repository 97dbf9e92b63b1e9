package localaws

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"livechat.example/cloud/localaws/assembly"
	"livechat.example/cloud/localaws/readback"
)

// count is how many resources of one type a region has: those that CloudFormation says it made, and those that ship and
// are only stubs here.
type count struct{ created, stubbed int }

// summarize says what came up, by region and type, from what CloudFormation lists and not from the templates.
func summarize(out io.Writer, stacks []readback.Stack, stubs []assembly.Stub, report readback.Report) {
	regions := map[string]map[string]count{}
	for _, s := range stacks {
		if regions[s.Region] == nil {
			regions[s.Region] = map[string]count{}
		}
		countStack(s, regions[s.Region])
	}
	for _, region := range slices.Sorted(maps.Keys(regions)) {
		summarizeRegion(out, region, regions[region])
	}
	summarizeStubs(out, stubs)
	summarizeReport(out, report)
}

func countStack(s readback.Stack, into map[string]count) {
	for id, made := range s.Resources {
		if !strings.HasSuffix(made.Status, "_COMPLETE") {
			continue
		}
		if shipped := s.Stubbed[id]; shipped != "" {
			n := into[shipped]
			n.stubbed++
			into[shipped] = n
			continue
		}
		n := into[made.Type]
		n.created++
		into[made.Type] = n
	}
}

func summarizeRegion(out io.Writer, region string, types map[string]count) {
	var total count
	for _, n := range types {
		total.created += n.created
		total.stubbed += n.stubbed
	}
	fmt.Fprintf(out, "\n%s: %d created, %d stubbed\n", region, total.created, total.stubbed)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, kind := range slices.Sorted(maps.Keys(types)) {
		n := types[kind]
		fmt.Fprintf(table, "  %s\t%s\t%s\n", kind, orDash(n.created, ""), orDash(n.stubbed, " stubbed"))
	}
	table.Flush()
}

func orDash(n int, unit string) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n, unit)
}

func summarizeStubs(out io.Writer, stubs []assembly.Stub) {
	why := map[string][]string{}
	for _, s := range stubs {
		if !slices.Contains(why[s.Why], s.Type) {
			why[s.Why] = append(why[s.Why], s.Type)
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(why)) {
		slices.Sort(why[reason])
		fmt.Fprintf(out, "\nstubbed, because %s:\n  %s\n", reason, strings.Join(why[reason], "\n  "))
	}
}

func summarizeReport(out io.Writer, r readback.Report) {
	fmt.Fprintf(out, "\nread back %d resources: %d properties as the templates set them, %d excepted, %d different\n",
		r.Resources, r.Properties, len(r.Excepted), len(r.Differences))
	excepted := map[string]int{}
	for _, d := range r.Excepted {
		excepted[fmt.Sprintf("%s %s: %s", d.Type, d.Property, readback.Why(d))]++
	}
	for _, what := range slices.Sorted(maps.Keys(excepted)) {
		fmt.Fprintf(out, "  excepted: %s (%d)\n", what, excepted[what])
	}
	for _, e := range r.Stale {
		fmt.Fprintf(out, "  stale exception, delete it: %s %s no longer differs\n", e.Type, e.Property)
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Unread)) {
		fmt.Fprintf(out, "  came up, not read back: %s (%d)\n", kind, r.Unread[kind])
	}
}
