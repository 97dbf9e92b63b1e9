package repository

import (
	"encoding/json"
	"testing"

	"github.com/rhysd/actionlint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A required check that does not report keeps every pull request open, and one that is not required keeps out nothing.
func TestEveryRequiredCheckIsAJobOfEveryPullRequest(t *testing.T) {
	var ruleset struct {
		Enforcement string
		Bypass      []any `json:"bypass_actors"`
		Rules       []struct {
			Type       string
			Parameters struct {
				Checks    []struct{ Context string } `json:"required_status_checks"`
				Approvals int                        `json:"required_approving_review_count"`
				Owners    bool                       `json:"require_code_owner_review"`
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(read(t, ".github", "rulesets", "main.json")), &ruleset))
	assert.Equal(t, "active", ruleset.Enforcement)
	assert.Empty(t, ruleset.Bypass)
	var types, required []string
	for _, r := range ruleset.Rules {
		types = append(types, r.Type)
		for _, c := range r.Parameters.Checks {
			required = append(required, c.Context)
		}
		if r.Type == "pull_request" {
			assert.True(t, r.Parameters.Owners && r.Parameters.Approvals > 0)
		}
	}
	assert.ElementsMatch(t, []string{"deletion", "non_fast_forward", "required_linear_history", "required_signatures",
		"pull_request", "required_status_checks"}, types)
	assert.ElementsMatch(t, []string{"test", "policies", "diff", "review"}, required)
	for _, check := range required {
		assert.True(t, reports(t, check), "no workflow has a job %q that every pull request starts", check)
	}
}

// reports reports whether a job of that name runs, or is skipped, on every pull request.
func reports(t *testing.T, check string) bool {
	for _, w := range workflows(t) {
		job := w.Jobs[check]
		if job == nil || job.Name != nil || job.Strategy != nil {
			continue
		}
		for _, event := range w.On {
			hook, is := event.(*actionlint.WebhookEvent)
			if is && hook.Hook.Value == "pull_request" && hook.Paths == nil && hook.PathsIgnore == nil && hook.Branches == nil {
				return true
			}
		}
	}
	return false
}

func TestTheDevelopmentContainerHasTheToolchainOfTheModule(t *testing.T) {
	var container struct {
		Features map[string]struct{ Version string }
	}
	require.NoError(t, json.Unmarshal([]byte(read(t, ".devcontainer", "devcontainer.json")), &container))
	version := container.Features["ghcr.io/devcontainers/features/go:1"].Version
	assert.Contains(t, read(t, "go.mod"), "\ntoolchain go"+version+"\n")
}
