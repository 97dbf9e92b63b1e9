package localaws

import (
	"strings"
	"testing"
)

// TestTheBootstrapReplacesTheCLIsOwnInPlace of an environment that was bootstrapped by `cdk bootstrap` alone, and only when told to.
func TestTheBootstrapReplacesTheCLIsOwnInPlace(t *testing.T) {
	l := begin(t)
	stock := []string{"bootstrap", "--qualifier", l.cloud.Qualifier, "--toolkit-stack-name", l.cloud.bootstrap.Stack(),
		"--trust", "999988887777", "--cloudformation-execution-policies", "arn:aws:iam::aws:policy/PowerUserAccess"}
	for _, s := range l.cloud.toolkits() {
		stock = append(stock, "aws://"+s.Account+"/"+s.Region)
	}
	_, err := l.cloud.cdk.run(l.ctx, stock...)
	l.must(err)
	if output := l.bootstraps(); !strings.Contains(output, "use --force if you intend to overwrite") {
		t.Errorf("the CLI's own template was replaced without --force:\n%s", output)
	}
	l.bootstraps("--force")
	for _, s := range l.cloud.toolkits() {
		if got, err := l.cloud.Status(l.ctx, s); err != nil || got != "UPDATE_COMPLETE" {
			t.Errorf("%s in %s is %q (%v)", s.Name, s.Region, got, err)
		}
	}
	stacks, err := l.cloud.Bootstrapped(l.ctx)
	l.must(err)
	report, err := l.cloud.compare(l.ctx, stacks)
	l.must(err)
	for _, d := range report.Differences {
		t.Errorf("different: %s", d)
	}
}

func (l life) bootstraps(options ...string) string {
	l.Helper()
	output, err := l.cloud.bootstraps(l.ctx, options...)
	l.must(err)
	return output
}
