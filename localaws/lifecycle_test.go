package localaws

import (
	"context"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"livechat.example/cloud/localaws/assembly"
	"livechat.example/cloud/localaws/readback"
)

var (
	root     = flag.String("root", "..", "the repository, whose .venv and node_modules are used")
	shipping = flag.String("assembly", "../cdk.out/dev", "the assembly that the lifecycle is tested with")
)

// TestAnEstateLivesAndDiesWithoutLosingWhatIsStateful takes the whole estate through its life, in all of its regions.
func TestAnEstateLivesAndDiesWithoutLosingWhatIsStateful(t *testing.T) {
	l := begin(t)
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"creates", l.creates},
		{"sees no difference", l.seesNoDifference},
		{"notices what is changed behind its back", l.noticesWhatIsChangedBehindItsBack},
		{"updates", l.updates},
		{"keeps the registry as config says", l.keepsTheRegistryAsConfigSays},
		{"rolls back with nothing lost", l.rollsBackWithNothingLost},
		{"destroys all but the stateful", l.destroysAllButTheStateful},
	} {
		began := time.Now()
		step.do()
		t.Logf("%s: %.1f s", step.name, time.Since(began).Seconds())
	}
}

// life is one estate on one emulator.
type life struct {
	*testing.T
	cloud *Cloud
	ctx   context.Context
}

func begin(t *testing.T) life {
	t.Helper()
	if _, err := os.Stat(filepath.Join(*shipping, "manifest.json")); err != nil {
		t.Fatalf("%v\n`make synth ENV=%s` writes it", err, filepath.Base(*shipping))
	}
	tools, err := ToolsIn(*root)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	cloud, err := Start(ctx, Options{Assembly: *shipping, Tools: tools, Logs: t.TempDir()})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); cloud.Close() })
	return life{t, cloud, ctx}
}

// must ends the test at a fault of the machinery.
func (l life) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

func (l life) deployed() map[string]readback.Stack {
	l.Helper()
	stacks, err := l.cloud.Deployed(l.ctx)
	l.must(err)
	byName := map[string]readback.Stack{}
	for _, s := range stacks {
		byName[s.Name] = s
	}
	return byName
}

// isAsItShips asserts that all that came up reads back as the templates say, and that nothing escapes the comparison.
func (l life) isAsItShips() {
	l.Helper()
	report, err := l.cloud.ReadBack(l.ctx)
	l.must(err)
	for _, d := range report.Differences {
		l.Errorf("different: %s", d)
	}
	for kind, n := range report.Unread {
		l.Errorf("%d %s came up and nothing reads them back: add a reader", n, kind)
	}
	for _, e := range report.Stale {
		l.Errorf("%s %s no longer differs: delete the exception", e.Type, e.Property)
	}
	if report.Properties == 0 {
		l.Error("not one property was compared")
	}
}

func (l life) everyStackIs(status string) {
	l.Helper()
	for _, s := range l.cloud.Stacks {
		if got, err := l.cloud.Status(l.ctx, s); err != nil || got != status {
			l.Errorf("stack %s is %q (%v), want %q", s.Name, got, err, status)
		}
	}
}

func (l life) creates() {
	l.must(l.cloud.Bootstrap(l.ctx))
	l.must(l.cloud.Deploy(l.ctx))
	l.everyStackIs("CREATE_COMPLETE")
	l.isAsItShips()
}

func (l life) seesNoDifference() {
	diff, err := l.cloud.Diff(l.ctx)
	l.must(err)
	slices.Sort(diff.Compared)
	if want := l.cloud.Names(); !slices.Equal(diff.Compared, want) || diff.Differing != 0 {
		l.Errorf("compared %v and found %d different, want %v and 0", diff.Compared, diff.Differing, want)
	}
}

// updates changes the rotation of a key in every region that has one.
func (l life) updates() {
	var changed []string
	for _, s := range l.cloud.Stacks {
		if key := firstOf(s, "AWS::KMS::Key"); key != "" {
			changed = append(changed, s.Name)
			l.must(l.cloud.Edit(s.Name, func(template map[string]any) {
				properties(template, key)["RotationPeriodInDays"] = 100
			}))
		}
	}
	if len(changed) == 0 {
		l.Fatal("the estate has no key to change")
	}
	diff, err := l.cloud.Diff(l.ctx)
	l.must(err)
	if diff.Differing != len(changed) || len(diff.Compared) != len(l.cloud.Stacks) {
		l.Errorf("compared %d and found %d different, want %d and %v", len(diff.Compared), diff.Differing, len(l.cloud.Stacks), changed)
	}
	l.must(l.cloud.Deploy(l.ctx))
	for _, s := range l.cloud.Stacks {
		want := "CREATE_COMPLETE"
		if slices.Contains(changed, s.Name) {
			want = "UPDATE_COMPLETE"
		}
		if got, err := l.cloud.Status(l.ctx, s); err != nil || got != want {
			l.Errorf("stack %s is %q (%v), want %q", s.Name, got, err, want)
		}
	}
	l.isAsItShips()
}

// rollsBackWithNothingLost gives each stack that holds a bucket, one after the other, a policy for a role that nobody has,
// next to a new log group and a changed bucket.
func (l life) rollsBackWithNothingLost() {
	before := l.deployed()
	tried := 0
	for _, s := range l.cloud.Stacks {
		bucket := firstOf(s, "AWS::S3::Bucket")
		if bucket == "" {
			continue
		}
		tried++
		l.writesInto(before[s.Name], bucket)
		l.failsToUpdate(s, bucket)
		if got, err := l.cloud.Status(l.ctx, s); err != nil || got != "UPDATE_ROLLBACK_COMPLETE" {
			l.Errorf("stack %s is %q (%v) after an update that failed", s.Name, got, err)
		}
		l.stillReads(before[s.Name], bucket)
	}
	if tried == 0 {
		l.Fatal("the estate has no bucket to try a failing update beside")
	}
	after := l.deployed()
	for name := range before {
		if !maps.Equal(physicalIDs(before[name]), physicalIDs(after[name])) {
			l.Errorf("stack %s has other resources after the rollback:\n%v\n%v", name, physicalIDs(before[name]), physicalIDs(after[name]))
		}
	}
	l.isAsItShips()
}

func (l life) failsToUpdate(s assembly.Stack, bucket string) {
	l.Helper()
	var versioning any
	l.must(l.cloud.Edit(s.Name, func(template map[string]any) {
		versioning = properties(template, bucket)["PublicAccessBlockConfiguration"]
		properties(template, bucket)["PublicAccessBlockConfiguration"] = map[string]any{"BlockPublicAcls": true}
		resources := template["Resources"].(map[string]any)
		resources["Doomed"] = map[string]any{"Type": "AWS::Logs::LogGroup", "Properties": map[string]any{"LogGroupName": "/doomed"}}
		resources["Impossible"] = map[string]any{"Type": "AWS::IAM::Policy", "DependsOn": []any{"Doomed", bucket}, "Properties": map[string]any{
			"PolicyName": "impossible", "Roles": []any{"nobody-has-this-role"},
			"PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{
				map[string]any{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
			}},
		}}
	}))
	err := l.cloud.Deploy(l.ctx)
	if failed := (*CommandError)(nil); !errors.As(err, &failed) || !strings.Contains(err.Error(), "nobody-has-this-role") {
		l.Errorf("the update of %s ended with %v; want a failure that names the missing role", s.Name, err)
	}
	l.must(l.cloud.Edit(s.Name, func(template map[string]any) {
		properties(template, bucket)["PublicAccessBlockConfiguration"] = versioning
		delete(template["Resources"].(map[string]any), "Doomed")
		delete(template["Resources"].(map[string]any), "Impossible")
	}))
}

// testament is what is written into a bucket and has to outlive the stack.
const testament = "kept"

func (l life) writesInto(s readback.Stack, bucket string) {
	l.Helper()
	name, key := s.Resources[bucket].PhysicalID, "testament"
	_, err := l.s3(s.Region).PutObject(l.ctx, &s3.PutObjectInput{Bucket: &name, Key: &key, Body: strings.NewReader(testament)})
	l.must(err)
}

func (l life) stillReads(s readback.Stack, bucket string) {
	l.Helper()
	name, key := s.Resources[bucket].PhysicalID, "testament"
	got, err := l.s3(s.Region).GetObject(l.ctx, &s3.GetObjectInput{Bucket: &name, Key: &key})
	l.must(err)
	defer got.Body.Close()
	if content, err := io.ReadAll(got.Body); err != nil || string(content) != testament {
		l.Errorf("bucket %s holds %q (%v)", name, content, err)
	}
}

func (l life) s3(region string) *s3.Client {
	return s3.NewFromConfig(l.cloud.Config(region), func(o *s3.Options) { o.UsePathStyle = true })
}
