package localaws

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// cli is the stock cdk command, pointed at an emulator.
type cli struct {
	tools    Tools
	scratch  string // home, temporary and working folder: no cdk.json, profile or cache of the user's is read
	endpoint string
	region   string // where calls go that name none
	log      io.Writer
}

// CommandError is a cdk command that failed.
type CommandError struct {
	Args   []string
	Output string // all that it printed
	Err    error
}

// shownLines is how much of a failed command's output its error holds: enough for CloudFormation's reason.
const shownLines = 25

// traces are the lines of a JavaScript stack and of what Node prints of an error object: they tell a user nothing.
var traces = regexp.MustCompile(`^\s+at .*:\d+|^\s*[{}]\s*$|^\s*(type|source|cause): .*$|^\s*$`)

func (e *CommandError) Error() string {
	lines := slices.DeleteFunc(strings.Split(e.Output, "\n"), traces.MatchString)
	lines = lines[max(0, len(lines)-shownLines):]
	return fmt.Sprintf("cdk %s: %v\n  %s", e.Args[0], e.Err, strings.Join(lines, "\n  "))
}

func (e *CommandError) Unwrap() error { return e.Err }

// run runs one command to its end, or until ctx ends, and returns what it printed.
func (c cli) run(ctx context.Context, args ...string) (string, error) {
	var output bytes.Buffer
	process, err := child{
		python: c.tools.Python, dir: c.scratch, output: io.MultiWriter(&output, c.log),
		env:     append(isolated(c.scratch), c.settings()...),
		command: append([]string{c.tools.Node, c.tools.CDK}, append(args, "--no-notices", "--no-color")...),
	}.start()
	if err != nil {
		return "", err
	}
	select {
	case <-process.ended:
	case <-ctx.Done():
		process.stop()
		return output.String(), ctx.Err()
	}
	if process.err != nil {
		return output.String(), &CommandError{args, output.String(), process.err}
	}
	return output.String(), nil
}

// settings points the CLI at the emulator. CDK_HOME matters: the CLI keeps the account of an access key in the user's home
// folder as the system knows it, not as HOME says, and would take one environment's account for the next one's.
func (c cli) settings() []string {
	return append([]string{
		"AWS_ENDPOINT_URL=" + c.endpoint, "AWS_ENDPOINT_URL_S3=" + c.endpoint, "AWS_REGION=" + c.region,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=" + filepath.Join(c.scratch, "no-config"),
		"CDK_HOME=" + filepath.Join(c.scratch, ".cdk"), "CDK_DISABLE_CLI_TELEMETRY=true", "NODE_NO_WARNINGS=1",
	}, deadProxy...)
}

// Diff is what `cdk diff` saw.
type Diff struct {
	Compared  []string // the stacks that it compared
	Differing int      // how many of them differ
}

var (
	comparedStack   = regexp.MustCompile(`(?m)^Stack (\S+) \(`)
	differingStacks = regexp.MustCompile(`Number of stacks with differences: (\d+)`)
)

// readDiff reads what `cdk diff` printed. Without its closing count it is an error: a diff that compares nothing exits 0.
func readDiff(output string) (Diff, error) {
	var d Diff
	for _, m := range comparedStack.FindAllStringSubmatch(output, -1) {
		d.Compared = append(d.Compared, m[1])
	}
	count := differingStacks.FindStringSubmatch(output)
	if count == nil {
		return d, fmt.Errorf("cdk diff printed no count of differing stacks:\n%s", output)
	}
	var err error
	d.Differing, err = strconv.Atoi(count[1])
	return d, err
}
