package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	root     = flag.String("root", "../..", "the repository, whose .venv and node_modules are used")
	shipping = flag.String("assembly", "../../cdk.out/dev", "the assembly that is deployed")
)

// asMain makes a child of the test binary run main instead of tests, so that a test can kill the very program that ships.
const asMain = "DEPLOYLOCAL_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		os.Args = append(os.Args[:1], strings.Split(os.Getenv(asMain), "\n")...)
		main()
	}
	flag.Parse()
	os.Exit(m.Run())
}

// program is deploylocal on a scratch folder of its own, which marks every process that it starts.
type program struct {
	*exec.Cmd
	scratch     string
	out, faults *bytes.Buffer
}

func deploylocal(t *testing.T, args ...string) program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := program{exec.CommandContext(t.Context(), self), t.TempDir(), &bytes.Buffer{}, &bytes.Buffer{}}
	args = append(args, "-root", *root, "-logs", t.TempDir())
	p.Env = append(os.Environ(), asMain+"="+strings.Join(args, "\n"), "TMPDIR="+p.scratch)
	p.Stdout, p.Stderr = p.out, p.faults
	return p
}

func deployShipping(t *testing.T) program {
	t.Helper()
	if _, err := os.Stat(filepath.Join(*shipping, "manifest.json")); err != nil {
		t.Fatalf("%v\n`make synth ENV=%s` writes it", err, filepath.Base(*shipping))
	}
	return deploylocal(t, "-assembly", *shipping)
}

func TestADeploymentSaysWhatCameUpInEachRegionAndNothingElse(t *testing.T) {
	t.Parallel()
	p := deployShipping(t)
	if err := p.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, p.out, p.faults)
	}
	for _, want := range []string{"stack ", " created, ", " stubbed", "read back ", " 0 different", "took "} {
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("no %q in:\n%s", want, p.out)
		}
	}
	for _, noise := range []string{"✅", "npm", "NOTICE", "notice", "cdk ", "ministack", "  __", "Warning", "stale", "not read back"} {
		if strings.Contains(p.out.String()+p.faults.String(), noise) {
			t.Errorf("%q in:\n%s%s", noise, p.out, p.faults)
		}
	}
	p.leavesNothing(t)
}

// TestNothingOutlivesARunThatIsKilledInTheMiddle by Ctrl-C, by a polite end, or by a kill that no program can answer.
func TestNothingOutlivesARunThatIsKilledInTheMiddle(t *testing.T) {
	for _, by := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(by.String(), func(t *testing.T) {
			t.Parallel()
			p := deployShipping(t)
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the emulator and the cdk CLI run", func() bool {
				running := strings.Join(p.processes(t), "\n")
				return strings.Contains(running, "ministack") && strings.Contains(running, "aws-cdk")
			})
			if err := p.Process.Signal(by); err != nil {
				t.Fatal(err)
			}
			if err := p.Wait(); err == nil {
				t.Error("a run that was killed exits 0")
			}
			if by != syscall.SIGKILL && (p.ProcessState.ExitCode() != 1 || !strings.Contains(p.faults.String(), "nothing is left running")) {
				t.Errorf("exit code %d:\n%s", p.ProcessState.ExitCode(), p.faults)
			}
			p.leavesNothing(t)
		})
	}
}

// leavesNothing waits until no process and no file of the program is left.
func (p program) leavesNothing(t *testing.T) {
	t.Helper()
	eventually(t, "every process has ended", func() bool { return len(p.processes(t)) == 0 })
	eventually(t, "every scratch file is gone", func() bool {
		left, err := os.ReadDir(p.scratch)
		return err == nil && len(left) == 0
	})
}

// processes are the command lines of all processes whose environment or arguments name the program's scratch folder.
func (p program) processes(t *testing.T) []string {
	t.Helper()
	var found []string
	if runtime.GOOS != "linux" {
		out, err := exec.CommandContext(context.Background(), "ps", "-axEww", "-o", "command").Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, p.scratch) {
				found = append(found, line)
			}
		}
		return found
	}
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		environment, _ := os.ReadFile(filepath.Join(folder, "environ")) // gone or another user's: not ours
		command, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
		if bytes.Contains(environment, []byte(p.scratch)) || bytes.Contains(command, []byte(p.scratch)) {
			found = append(found, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return found
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("not within a minute: %s", what)
}
