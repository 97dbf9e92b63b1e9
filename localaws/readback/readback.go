// Package readback compares what came up in a local AWS with the templates that ship, property by property. Each service
// is asked through the AWS SDK, so that what CloudFormation claims and what a service does are two statements.
//
// It fails closed: a property that a template sets and that cannot be resolved, or that reads back as nothing, is a
// difference, and a difference that is not on the list of what the emulator keeps wrong fails the run.
package readback

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Stack is one deployed stack as CloudFormation describes it, beside the template that it was made from.
type Stack struct {
	Name, Region, Account string
	Tags                  map[string]string // the stack's own, which its resources inherit
	Shipped               map[string]any    // the template
	Parameters            map[string]string // what the template's parameters were given
	Outputs               map[string]string
	Exports               map[string]string   // outputs by the name that other stacks of the region import
	Resources             map[string]Resource // by logical id
	Stubbed               map[string]string   // what was not made: its shipped type by logical id
}

// Resource is what CloudFormation says it made.
type Resource struct{ Type, PhysicalID, Status string }

// Report is the outcome of a comparison.
type Report struct {
	Resources  int // read back
	Properties int // that a template sets and that read back equal
	// Differences are what no exception covers. There must be none.
	Differences []Difference
	Excepted    []Difference   // covered by an exception
	Stale       []Exception    // exceptions whose property was compared in this run and never differed
	Unread      map[string]int // resources that came up and that nothing here can read, by type
}

// Difference is one property that does not read back as the template sets it.
type Difference struct {
	Stack, LogicalID, Type, Property string
	Want, Got                        any // canonical values, of which only what differs is shown
}

func (d Difference) String() string {
	path, want, got := narrow(d.Property, d.Want, d.Got)
	return fmt.Sprintf("%s %s (%s) %s:\n    template  %s\n    read back %s", d.Stack, d.LogicalID, d.Type, path, shown(want), shown(got))
}

// Config calls the emulator at endpoint, never AWS, and reads no profile or credentials of the user's.
func Config(endpoint, region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient:  &http.Client{Transport: &http.Transport{Proxy: nil}},
	}
}

// Compare reads every resource of the stacks back, the stacks side by side.
func Compare(ctx context.Context, endpoint string, stacks []Stack) (Report, error) {
	reports, faults := make([]tally, len(stacks)), make([]error, len(stacks))
	var group sync.WaitGroup
	for i, s := range stacks {
		group.Go(func() { reports[i], faults[i] = compareStack(ctx, newClients(endpoint, s.Region), s, stacks) })
	}
	group.Wait()
	total := newTally()
	for i := range reports {
		if faults[i] != nil {
			return total.Report, fmt.Errorf("read back %s: %w", stacks[i].Name, faults[i])
		}
		total.add(reports[i])
	}
	return total.report(), nil
}

// tally is a report in the making; it also counts how each exception was met.
type tally struct {
	Report
	compared, differed map[exceptionKey]int
}

func newTally() tally {
	return tally{Report: Report{Unread: map[string]int{}}, compared: map[exceptionKey]int{}, differed: map[exceptionKey]int{}}
}

func (t *tally) add(other tally) {
	t.Resources += other.Resources
	t.Properties += other.Properties
	t.Differences = append(t.Differences, other.Differences...)
	t.Excepted = append(t.Excepted, other.Excepted...)
	for kind, n := range other.Unread {
		t.Unread[kind] += n
	}
	for k, n := range other.compared {
		t.compared[k] += n
	}
	for k, n := range other.differed {
		t.differed[k] += n
	}
}

func (t *tally) report() Report {
	for _, e := range exceptions {
		if t.compared[e.key()] > 0 && t.differed[e.key()] == 0 {
			t.Stale = append(t.Stale, e)
		}
	}
	slices.SortFunc(t.Differences, func(x, y Difference) int { return strings.Compare(x.String(), y.String()) })
	return t.Report
}

// record enters one compared property.
func (t *tally) record(d Difference) {
	key := exceptionKey{d.Type, d.Property}
	t.compared[key]++
	switch {
	case shown(d.Want) == shown(d.Got):
		t.Properties++
	case excepted(key):
		t.differed[key]++
		t.Excepted = append(t.Excepted, d)
	default:
		t.Differences = append(t.Differences, d)
	}
}
