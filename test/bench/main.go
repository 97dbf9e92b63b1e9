// Bench measures the inner loop: synthesis by regions, by partners and against its floor, CDK's own validator, check,
// and the time per mutant.
//
// It runs the binaries that ship, on environments that it writes into a temporary folder, and prints a table for people;
// .cache/bench.json has the same for machines. Idle the machine first: a busy one measures itself.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// row is one measurement.
type row struct {
	What      string  `json:"what"`
	Resources int     `json:"resources,omitempty"`
	Seconds   float64 `json:"seconds"`           // wall clock, the best of the runs
	Limit     float64 `json:"limit,omitempty"`   // seconds that DESIGN.md allows
	Megabytes float64 `json:"megabytes"`         // peak resident memory of Go and Node together
	Largest   string  `json:"largest,omitempty"` // the largest stack
}

func main() {
	runs := flag.Int("runs", 7, "how often each measurement is taken; the best counts")
	flag.Parse()
	scratch, err := os.MkdirTemp("", "livechat-bench-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	b := bench{runs: *runs, scratch: scratch}
	rows, err := b.all()
	os.RemoveAll(scratch)
	if err == nil {
		err = publish(rows)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// all takes every measurement.
func (b bench) all() ([]row, error) {
	var rows []row
	add := func(err error, more ...row) error {
		if err != nil {
			return err
		}
		for _, r := range more {
			rows = append(rows, r)
			fmt.Fprintf(os.Stderr, "%-60s %8s\n", r.What, duration(r.Seconds))
		}
		return nil
	}
	for _, regions := range []int{1, 2, 4, 8} {
		r, err := b.synth(fmt.Sprintf("synth, %d region(s), 1 partner", regions), regions, 1)
		if err := add(err, r); err != nil {
			return nil, err
		}
	}
	for _, partners := range []int{1, 10, 100, 1000} {
		r, err := b.synth(fmt.Sprintf("synth, 3 regions, %d partner(s)", partners), 3, partners)
		if err := add(err, r); err != nil {
			return nil, err
		}
	}
	add(nil, growth("regions", rows[0], rows[3]), growth("partners", rows[4], rows[7]))
	prod, err := b.prod()
	if err := add(err, prod...); err != nil {
		return nil, err
	}
	for _, measure := range []func() (row, error){b.validator, b.check, b.mutants} {
		r, err := measure()
		if err := add(err, r); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func publish(rows []row) error {
	fmt.Printf("%d cores, %s of memory, %s\n\n", runtime.NumCPU(), memory(), time.Now().Format(time.DateOnly))
	fmt.Println("| what | resources | time | allowed | peak memory | largest stack |")
	fmt.Println("|---|--:|--:|--:|--:|---|")
	for _, r := range rows {
		resources, limit, megabytes := "", "", ""
		if r.Resources > 0 {
			resources = fmt.Sprint(r.Resources)
		}
		if r.Limit > 0 {
			limit = duration(r.Limit)
		}
		if r.Megabytes > 0 {
			megabytes = fmt.Sprintf("%.0f MB", r.Megabytes)
		}
		fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", r.What, resources, duration(r.Seconds), limit, megabytes, r.Largest)
	}
	text, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(".cache", 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(".cache", "bench.json"), append(text, '\n'), 0o644)
}

func duration(seconds float64) string {
	if seconds < 0.1 {
		return fmt.Sprintf("%.1f ms", 1000*seconds)
	}
	return fmt.Sprintf("%.2f s", seconds)
}

// memory returns the machine's, from the kernel; unknown elsewhere than on Linux.
func memory() string {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return "an unknown amount"
	}
	var kilobytes float64
	for line := range strings.Lines(string(text)) {
		if _, err := fmt.Sscanf(line, "MemTotal: %f kB", &kilobytes); err == nil {
			break
		}
	}
	return fmt.Sprintf("%.0f GB", kilobytes/(1<<20))
}
