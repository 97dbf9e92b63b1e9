package estate

import (
	"encoding/json"
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/test/shipped"
)

// accessReport is what livechatctl access writes for a machine.
type accessReport struct {
	Access []struct {
		Group, Region, Principal, Action, Allowed string
		Why                                       []struct{ Resource, Document string }
		Key                                       *struct{ Why []struct{ Resource string } }
	}
}

// ask runs livechatctl access on an environment's assembly, as a reviewer would.
func ask(t *testing.T, env string, args ...string) accessReport {
	t.Helper()
	run := exec.Command("go", slices.Concat([]string{"run", "./cmd/livechatctl", "access"}, args, []string{"--json", shipped.Assembly(t, env)})...)
	run.Dir = shipped.Root
	out, err := run.Output()
	require.NoError(t, err)
	var q accessReport
	require.NoError(t, json.Unmarshal(out, &q))
	return q
}

// who returns the principals that may certainly do something in a region, and those that perhaps may.
func (q accessReport) who(action, region string) (surely, perhaps []string) {
	for _, a := range q.Access {
		switch {
		case a.Action != action || a.Region != region:
		case a.Allowed == "yes":
			surely = append(surely, a.Principal)
		default:
			perhaps = append(perhaps, a.Principal)
		}
	}
	return surely, perhaps
}

func TestKnowledgeIsReadByLLMOfTheRegionAndWhoeverMayEverything(t *testing.T) {
	q := ask(t, "prod", "--resource", "knowledge/acme")
	deployers := []string{"role:livechat-prod-ci-deploy", "role:livechat-prod-ci-diff", "role:livechat-prod-operator"}
	for _, region := range []string{"eu-west-1", "us-east-1", "ap-southeast-1"} {
		surely, perhaps := q.who("s3:GetObject", region)
		scanner := scannerOf(t, region)
		assert.ElementsMatch(t, []string{"account:333344445555", "role:livechat-prod-break-glass", "role:livechat-prod-" + region + "-llm",
			"service:ecs-tasks.amazonaws.com", scanner, "service:malware-protection-plan.guardduty.amazonaws.com"}, surely, region)
		assert.ElementsMatch(t, deployers, perhaps, region)
		surely, _ = q.who("s3:DeleteObject", region)
		assert.ElementsMatch(t, []string{"account:333344445555", "role:livechat-prod-break-glass"}, surely, region)
	}
	for _, a := range q.Access {
		if a.Principal != "role:livechat-prod-eu-west-1-llm" || a.Action != "s3:GetObject" {
			continue
		}
		require.NotNil(t, a.Key, "its key is asked for too")
		assert.Equal(t, "prod-eu-west-1-services/LlmRoleF86600FA", a.Why[1].Resource)
		assert.Equal(t, "Policies.0.PolicyDocument", a.Why[1].Document)
		assert.Equal(t, "prod-eu-west-1-keys/knowledge029F2DA5", a.Key.Why[len(a.Key.Why)-1].Resource)
	}
}

func TestATasksRoleDoesWhatItsServiceIsFor(t *testing.T) {
	q := ask(t, "prod", "--principal", "role:livechat-prod-eu-west-1-llm")
	does := map[string]bool{}
	for _, a := range q.Access {
		does[a.Action] = true
		assert.Equal(t, "eu-west-1", a.Region, a.Action)
	}
	for _, action := range []string{"s3:GetObject", "s3:ListBucket", "kms:Decrypt"} {
		assert.True(t, does[action], action)
	}
	for _, action := range []string{"s3:PutObject", "s3:DeleteObject", "kms:Encrypt", "kms:CreateGrant", "sts:AssumeRole", "iam:PassRole"} {
		assert.False(t, does[action], action)
	}
}

// scannerOf returns GuardDuty's role for a region's knowledge; AWS assigns its name.
func scannerOf(t *testing.T, region string) string {
	e := shipped.Estate(t, "prod")
	for p := range e.All("AWS::GuardDuty::MalwareProtectionPlan") {
		if p.Stack.Region == region {
			return "role:" + e.Find(p.Get("Role"), "AWS::IAM::Role").String()
		}
	}
	t.Fatalf("nothing scans the knowledge of %s", region)
	return ""
}
