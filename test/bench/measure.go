package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/generate"
)

type bench struct {
	runs    int
	scratch string
}

// What DESIGN.md §3 allows a warm synthesis without CDK's own validator.
const (
	overFloor = 5      // times the floor
	slope     = 0.0012 // seconds a resource more
)

// synth measures the synthesis of an environment of so many regions and partners.
func (b bench) synth(what string, regions, partners int) (row, error) {
	root := filepath.Join(b.scratch, fmt.Sprintf("config-%d-%d", regions, partners))
	if err := generate.Environment(filepath.Join("config", "environments"), filepath.Join(root, "bench"), regions, partners); err != nil {
		return row{}, err
	}
	return b.assembly(what, "bench", "-config", root)
}

// prod measures the committed environment of that name, and its floor.
func (b bench) prod() ([]row, error) {
	prod, err := b.assembly("synth, prod as committed", "prod")
	if err != nil {
		return nil, err
	}
	floor, err := b.floor()
	prod.Limit = overFloor * floor.Seconds
	prod.What += fmt.Sprintf(" (%.1f times the floor)", prod.Seconds/floor.Seconds)
	return []row{floor, prod}, err
}

// growth returns what a resource more takes: the difference between two measurements of one kind.
func growth(what string, few, many row) row {
	more := many.Resources - few.Resources
	return row{What: "a resource more, by " + what, Resources: more, Seconds: (many.Seconds - few.Seconds) / float64(more), Limit: slope}
}

func (b bench) assembly(what, env string, args ...string) (row, error) {
	out := filepath.Join(b.scratch, "assembly-"+env)
	r, err := b.best(what, []string{"CDK_VALIDATION=false"}, append([]string{"bin/livechat", "-env", env, "-out", out}, args...)...)
	if err != nil {
		return r, err
	}
	estate, err := template.Read(out)
	if err != nil {
		return r, err
	}
	most, widest := 0, 0
	for _, s := range estate.Stacks() {
		r.Resources += len(s.Resources())
		most, widest = max(most, len(s.Resources())), max(widest, s.Size)
	}
	r.Largest = fmt.Sprintf("%d resources, %d KB", most, widest/1000)
	return r, nil
}

// validator measures what CDK's own validator adds to the synthesis of prod.
func (b bench) validator() (row, error) {
	out := filepath.Join(b.scratch, "validated")
	with, err := b.best("CDK's own validator, on top", nil, "bin/livechat", "-env", "prod", "-out", out)
	if err != nil {
		return with, err
	}
	without, err := b.best("", []string{"CDK_VALIDATION=false"}, "bin/livechat", "-env", "prod", "-out", out)
	with.Seconds = math.Max(0, with.Seconds-without.Seconds)
	return with, err
}

func (b bench) check() (row, error) {
	r, err := b.best("check, prod", nil, "bin/livechatctl", "check", filepath.Join(b.scratch, "assembly-prod"))
	r.Limit = 0.5
	return r, err
}

// mutants measures the judging of a change to one resource: each resource of prod loses each of its properties in turn.
// The time is the mean; the slowest is reported too.
func (b bench) mutants() (row, error) {
	estate, err := template.Read(filepath.Join(b.scratch, "assembly-prod"))
	if err != nil {
		return row{}, err
	}
	catalogue.Judge(estate, time.Now())
	var took []time.Duration
	for r := range estate.All() {
		for _, property := range r.Properties().Keys() {
			body := r.Clone()
			delete(body["Properties"].(map[string]any), property)
			begin := time.Now()
			catalogue.JudgeChange(estate.With(r, body), r, time.Now())
			took = append(took, time.Since(begin))
		}
	}
	slices.Sort(took)
	var sum time.Duration
	for _, t := range took {
		sum += t
	}
	return row{
		What:    fmt.Sprintf("a mutant of prod judged (mean of %d; slowest in a hundred %.1f ms)", len(took), took[len(took)*99/100].Seconds()*1000),
		Seconds: (sum / time.Duration(len(took))).Seconds(), Limit: 0.005,
	}, nil
}

// best runs a command so often, and once before to warm up, and keeps the shortest time and its memory.
func (b bench) best(what string, env []string, args ...string) (row, error) {
	r := row{What: what, Seconds: math.Inf(1)}
	for i := range b.runs + 1 {
		command := exec.Command(args[0], args[1:]...)
		command.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return len(v) > 15 && v[:15] == "CDK_VALIDATION=" }), env...)
		command.Stderr = os.Stderr
		begin := time.Now()
		if err := command.Start(); err != nil {
			return r, err
		}
		peak := watch(command.Process.Pid)
		err := command.Wait()
		seconds, megabytes := time.Since(begin).Seconds(), peak()
		if err != nil {
			return r, fmt.Errorf("%v: %w", args, err)
		}
		if i > 0 && seconds < r.Seconds {
			r.Seconds, r.Megabytes = seconds, megabytes
		}
	}
	return r, nil
}
