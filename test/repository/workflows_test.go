package repository

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/test/shipped"
)

// sameRepository is the condition of a job that a fork's pull request must not reach.
const sameRepository = "github.event.pull_request.head.repo.full_name == github.repository"

var (
	commitPin = regexp.MustCompile(`^[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}$`)
	usesLine  = regexp.MustCompile(`(?m)^\s*(?:- )?uses: (\S+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$`)
	exactTool = regexp.MustCompile(`go run \S+@v\d+\.\d+\.\d+ |--spec \S+==\d+\.\d+\.\d+ `)
)

func TestWorkflowsPassActionlint(t *testing.T) {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	require.NoError(t, err)
	dir := filepath.Join(shipped.Root, ".github", "workflows")
	faults, err := linter.LintDir(dir, nil)
	require.NoError(t, err)
	for _, f := range faults {
		t.Error(f)
	}
}

func TestEveryActionIsPinnedByCommit(t *testing.T) {
	commits := map[string]string{}
	for name, w := range workflows(t) {
		used := 0
		for _, job := range w.Jobs {
			assert.Nil(t, job.WorkflowCall, "%s: job %s is a workflow of elsewhere", name, job.ID.Value)
			for _, a := range actions(job) {
				used++
				assert.Regexp(t, commitPin, a.Uses.Value, name)
			}
		}
		pins := usesLine.FindAllStringSubmatch(read(t, ".github", "workflows", name), -1)
		assert.Len(t, pins, used, "%s: an action without its version in a comment", name)
		for _, pin := range pins {
			versioned := pin[2] + " # " + pin[3]
			if before, known := commits[pin[1]]; known {
				assert.Equal(t, before, versioned, "%s uses another %s than its neighbours", name, pin[1])
			}
			commits[pin[1]] = versioned
		}
	}
	assert.NotEmpty(t, commits)
}

func TestEveryToolThatAWorkflowFetchesHasAVersion(t *testing.T) {
	for name, w := range workflows(t) {
		for _, job := range w.Jobs {
			for _, script := range scripts(job) {
				if strings.Contains(script, "go run ") || strings.Contains(script, "pipx ") {
					assert.Regexp(t, exactTool, script, name)
				}
				assert.NotContains(t, script, "@latest", name)
				assert.NotRegexp(t, `\b(curl|wget|npx|pip install)\b`, script, name)
			}
		}
	}
}

func TestNoWorkflowRunsUntrustedCodeWithSecrets(t *testing.T) {
	for name, w := range workflows(t) {
		for _, event := range []string{"pull_request_target", "workflow_run", "issue_comment"} {
			assert.False(t, startsOn(w, event), "%s: %s runs strangers' input with our token", name, event)
		}
		assert.NotContains(t, read(t, ".github", "workflows", name), "secrets.", "%s: CI has no secret; OIDC gives what it may do", name)
		require.NotNil(t, w.Permissions, "%s: says no permissions, so it has the repository's default", name)
		assert.True(t, w.Permissions.All == nil && len(w.Permissions.Scopes) == 0, "%s: permissions are a job's own", name)
		for _, job := range w.Jobs {
			requireModest(t, name+": job "+job.ID.Value, job, startsOn(w, "pull_request"))
		}
	}
}

// requireModest holds a job to what it may do at most with a pull request's code.
func requireModest(t *testing.T, name string, job *actionlint.Job, onPullRequest bool) {
	t.Helper()
	for _, script := range scripts(job) {
		assert.NotContains(t, script, "${{", "%s: an expression in a script is code by whoever wrote its value; pass it by env", name)
	}
	checksOut := false
	for _, a := range actions(job) {
		if strings.HasPrefix(a.Uses.Value, "actions/checkout@") {
			checksOut = true
			require.Contains(t, a.Inputs, "persist-credentials", name)
			assert.Equal(t, "false", a.Inputs["persist-credentials"].Value.Value, "%s leaves its token in .git", name)
		}
	}
	require.NotNil(t, job.Permissions, "%s says no permissions", name)
	require.Nil(t, job.Permissions.All, "%s: name each scope", name)
	for scope, p := range job.Permissions.Scopes {
		if p.Value.Value != "write" || !onPullRequest {
			continue
		}
		switch scope {
		case "security-events": // alerts only; GitHub gives a fork's request read alone
		case "id-token":
			require.NotNil(t, job.If, name)
			assert.Contains(t, job.If.Value, sameRepository, "%s signs in to AWS for a fork", name)
		default:
			assert.False(t, checksOut, "%s runs the request's code with %s: write", name, scope)
		}
	}
}

// Whoever may sign in as which role is said in the estate; the workflows must ask for just that.
func TestDeployNamesAGitHubEnvironment(t *testing.T) {
	deploys := 0
	for name, w := range workflows(t) {
		for _, job := range w.Jobs {
			role := assumed(job)
			switch {
			case strings.HasSuffix(role, "-ci-deploy"):
				deploys++
				require.NotNil(t, job.Environment, "%s: no person approves", name)
				assert.Equal(t, "${{ matrix.env }}", job.Environment.Name.Value)
				assert.False(t, startsOn(w, "pull_request"), "%s deploys what is not reviewed", name)
			case strings.HasSuffix(role, "-ci-diff"):
				assert.Nil(t, job.Environment, "%s: its token's subject is then not pull_request", name)
			default:
				assert.Empty(t, role, name)
			}
		}
	}
	assert.Equal(t, 1, deploys)
	for _, env := range shipped.Environments {
		pipelines := shipped.Estate(t, env).Stack(env + "-global-identity").Intent().Get("pipelines")
		assert.ElementsMatch(t, []string{"livechat-" + env + "-ci-diff", "livechat-" + env + "-ci-deploy"}, pipelines.Keys())
		assert.Regexp(t, `^repo:[^:]+:environment:`+env+`$`, pipelines.Get("livechat-"+env+"-ci-deploy").Text())
		assert.Regexp(t, `^repo:[^:]+:pull_request$`, pipelines.Get("livechat-"+env+"-ci-diff").Text())
	}
}

func TestWorkflowsKnowEveryEnvironment(t *testing.T) {
	var compared []string
	for _, value := range workflows(t)["diff.yml"].Jobs["compare"].Strategy.Matrix.Rows["env"].Values {
		compared = append(compared, value.(*actionlint.RawYAMLString).Value)
	}
	assert.ElementsMatch(t, shipped.Environments, compared)
	var offered []string
	for _, event := range workflows(t)["deploy.yml"].On {
		if dispatch, is := event.(*actionlint.WorkflowDispatchEvent); is {
			for _, option := range dispatch.Inputs["env"].Options {
				offered = append(offered, option.Value)
			}
		}
	}
	assert.ElementsMatch(t, shipped.Environments, offered)
}

func workflows(t *testing.T) map[string]*actionlint.Workflow {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shipped.Root, ".github", "workflows", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	parsed := map[string]*actionlint.Workflow{}
	for _, file := range files {
		name := filepath.Base(file)
		w, faults := actionlint.Parse([]byte(read(t, ".github", "workflows", name)))
		require.Empty(t, faults, name)
		parsed[name] = w
	}
	return parsed
}

func startsOn(w *actionlint.Workflow, event string) bool {
	return slices.ContainsFunc(w.On, func(e actionlint.Event) bool { return e.EventName() == event })
}

func actions(job *actionlint.Job) (used []*actionlint.ExecAction) {
	for _, step := range job.Steps {
		if a, is := step.Exec.(*actionlint.ExecAction); is {
			used = append(used, a)
		}
	}
	return used
}

func scripts(job *actionlint.Job) (run []string) {
	for _, step := range job.Steps {
		if r, is := step.Exec.(*actionlint.ExecRun); is {
			run = append(run, r.Run.Value)
		}
	}
	return run
}

// assumed returns the AWS role that a job signs in as, "" if none.
func assumed(job *actionlint.Job) string {
	for _, a := range actions(job) {
		if role := a.Inputs["role-to-assume"]; role != nil {
			return role.Value.Value
		}
	}
	return ""
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{shipped.Root}, path...)...))
	require.NoError(t, err)
	return string(text)
}
