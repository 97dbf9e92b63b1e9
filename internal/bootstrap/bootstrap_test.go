package bootstrap

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

const (
	acct = "333344445555"
	root = "../.."
)

var prod = Props{Environment: "prod", Account: acct, Qualifier: "lcprod", Regions: []string{"eu-west-1", "us-east-1"}}

// TestTheCopyIsTheTemplateOfThePinnedCLI fails when the CLI is bumped and its template has changed.
func TestTheCopyIsTheTemplateOfThePinnedCLI(t *testing.T) {
	pinned, err := os.ReadFile(filepath.Join(root, "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"))
	require.NoError(t, err, "`make setup` installs the cdk CLI")
	assert.True(t, string(pinned) == string(stock), `the cdk CLI's bootstrap template is another one than internal/bootstrap/cdk.yaml:
  diff -u internal/bootstrap/cdk.yaml node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml
Read what changed. Copy the file over cdk.yaml. Give each new resource, role, parameter or permission a place in internal/bootstrap, until
these tests pass. Then run make deploy-local, and say in UPGRADING.md that every environment is to be bootstrapped again before it is deployed.`)
}

// TestWhatTheDerivationDoesNotKnowIsAnError, so that no role of a newer CLI comes along as the CLI has it.
func TestWhatTheDerivationDoesNotKnowIsAnError(t *testing.T) {
	for change, want := range map[string]string{
		"  StagingBucketPolicy:>  Another:":                       "has Another, of which this derivation knows nothing",
		"  LookupRole:>  LookUpRole:":                             "has no AWS::IAM::Role named LookupRole",
		"AWS::ECR::Repository>AWS::ECR::PublicRepository":         "has no AWS::ECR::Repository named ContainerAssetsRepository",
		"  Qualifier:\n    Description>  Other:\n    Description": "has no parameter Qualifier",
		"  FileAssetKeyArn:>  KeyArn:":                            "has no output FileAssetKeyArn",
		"Resources:>Things:":                                      "has no Resources",
		"Parameters:>\tParameters:":                               "the cdk CLI's bootstrap template: ",
	} {
		was, is, _ := strings.Cut(change, ">")
		changed := strings.Replace(string(stock), was, is, 1)
		require.NotEqual(t, string(stock), changed, change)
		_, err := prod.derive([]byte(changed))
		assert.ErrorContains(t, err, want, change)
	}
}

func TestEveryPropertyIsRequired(t *testing.T) {
	for _, p := range []Props{
		{Account: acct, Qualifier: "q", Regions: prod.Regions}, {Environment: "prod", Qualifier: "q", Regions: prod.Regions},
		{Environment: "prod", Account: acct, Regions: prod.Regions}, {Environment: "prod", Account: acct, Qualifier: "q"},
	} {
		_, err := p.Template()
		assert.ErrorContains(t, err, "all required")
	}
}

// written writes the template as a folder without a manifest, and reads it as the policies do.
func written(t *testing.T) *template.Stack {
	t.Helper()
	dir := t.TempDir()
	text, err := prod.Template()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bootstrap.template.json"), text, 0o600))
	e, err := template.Read(dir)
	require.NoError(t, err)
	require.Len(t, e.Stacks(), 1)
	return e.Stacks()[0]
}

// TestTheCLIAndIAMTakeTheTemplate within their limits: what cdk sends to CloudFormation without a bucket, and IAM's quotas for
// policies ("IAM and AWS STS quotas"), which leave out white space.
func TestTheCLIAndIAMTakeTheTemplate(t *testing.T) {
	text, err := prod.Template()
	require.NoError(t, err)
	assert.Less(t, len(text), 50*1024, "the CLI sends what is larger to a bucket, which is not there yet")
	s := written(t)
	for _, r := range s.Resources() {
		size := func(path ...string) int {
			v := r.Get(path...)
			require.False(t, v.Unknown(), "%s %v: %s", r.ID, path, v.Why())
			compact, err := json.Marshal(v.Any())
			require.NoError(t, err)
			return len(compact)
		}
		switch r.Type {
		case "AWS::IAM::ManagedPolicy":
			assert.LessOrEqual(t, size("PolicyDocument"), 6144, r.ID)
		case "AWS::IAM::Role":
			assert.LessOrEqual(t, size("AssumeRolePolicyDocument"), 2048, r.ID)
			inline := 0
			for i := range r.Get("Policies").Len() {
				inline += size("Policies", fmt.Sprint(i), "PolicyDocument")
			}
			assert.LessOrEqual(t, inline, 10240, r.ID)
			assert.LessOrEqual(t, len(r.Get("RoleName").Text()), 64, r.ID)
		}
	}
}

func TestCfnLintFindsNothing(t *testing.T) {
	linter := filepath.Join(root, ".venv", "bin", "cfn-lint")
	_, err := os.Stat(linter)
	require.NoError(t, err, "`make setup` installs it")
	file := filepath.Join(t.TempDir(), "bootstrap.template.json")
	text, err := prod.Template()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
	out, err := exec.Command(linter, "--region", "us-east-1", "eu-west-1", "--", file).CombinedOutput()
	assert.NoError(t, err, string(out))
	assert.Empty(t, string(out))
}

func TestEveryRoleHasTheBoundaryAndNoneIsAnAdministrator(t *testing.T) {
	s := written(t)
	roles := 0
	for _, r := range s.Resources() {
		if r.Type != "AWS::IAM::Role" {
			continue
		}
		roles++
		limits := r.Stack.Resource("CdkBoostrapPermissionsBoundaryPolicy")
		assert.True(t, r.Get("PermissionsBoundary").Is(limits.Attribute("")), r.ID)
		for _, v := range r.Get("ManagedPolicyArns").List() {
			assert.NotContains(t, v.Text(), ":iam::aws:policy/", r.ID)
		}
		for _, statement := range r.Statements() {
			assert.False(t, statement.AnyPrincipal(), r.ID)
			assert.NotContains(t, statement.Actions, "*", r.ID)
		}
	}
	assert.Equal(t, 5, roles)
}

func TestEachRoleTrustsWhoAssumesItAndNobodyElse(t *testing.T) {
	s := written(t)
	deployers := []string{"ci-deploy", "operator"}
	for id, names := range map[string][]string{
		"FilePublishingRole": deployers, "ImagePublishingRole": deployers, "DeploymentActionRole": deployers,
		"LookupRole": {"ci-deploy", "ci-diff", "operator"}, "CloudFormationExecutionRole": nil,
	} {
		var actions []string
		for _, trust := range s.Resource(id).Statements() {
			if !trust.Kind.Has(template.Trust) {
				continue
			}
			actions = append(actions, trust.Actions...)
			if names == nil {
				assert.Equal(t, map[string][]string{"Service": {"cloudformation.amazonaws.com"}}, trust.Principals)
				continue
			}
			var arns []string
			for _, name := range names {
				arns = append(arns, "arn:aws:iam::"+acct+":role/livechat-prod-"+name)
			}
			assert.Equal(t, map[string][]string{"AWS": {"arn:aws:iam::" + acct + ":root"}}, trust.Principals, id)
			assert.Equal(t, arns, trust.Condition("ArnEquals", "aws:PrincipalArn"), id)
		}
		if names != nil {
			assert.Equal(t, []string{"sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"}, actions, id)
		}
	}
}

func TestTheBucketAndItsKey(t *testing.T) {
	s := written(t)
	bucket, key := s.Resource("StagingBucket"), s.Resource("FileAssetsBucketEncryptionKey")
	encryption := bucket.Get("BucketEncryption", "ServerSideEncryptionConfiguration", "0")
	assert.True(t, encryption.Get("ServerSideEncryptionByDefault", "KMSMasterKeyID").Is(key.Attribute("Arn")))
	assert.True(t, encryption.Get("ServerSideEncryptionByDefault", "SSEAlgorithm").Is("aws:kms"))
	assert.True(t, bucket.Get("VersioningConfiguration", "Status").Is("Enabled"))
	assert.True(t, bucket.Get("OwnershipControls", "Rules", "0", "ObjectOwnership").Is("BucketOwnerEnforced"))
	for _, way := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
		assert.True(t, bucket.Get("PublicAccessBlockConfiguration", way).True(), way)
	}
	assert.True(t, key.Get("EnableKeyRotation").True())
	for _, id := range []string{"StagingBucket", "StagingBucketPolicy", "FileAssetsBucketEncryptionKey"} {
		assert.Equal(t, "Retain", s.Resource(id).DeletionPolicy(), id)
		assert.Equal(t, "Retain", s.Resource(id).UpdateReplacePolicy(), id)
	}
	repository := s.Resource("ContainerAssetsRepository")
	assert.True(t, repository.Get("ImageTagMutability").Is("IMMUTABLE"))
	assert.True(t, repository.Get("ImageScanningConfiguration", "ScanOnPush").True())
	for _, id := range []string{"StagingBucketPolicy", "ContainerAssetsRepository"} {
		refused := map[string]bool{}
		for _, statement := range s.Resource(id).Statements() {
			assert.Equal(t, "Deny", statement.Effect, id)
			assert.True(t, statement.AnyPrincipal(), id)
			refused["http"] = refused["http"] || slices.Equal(statement.Condition("Bool", "aws:SecureTransport"), []string{"false"})
			refused["others"] = refused["others"] || slices.Equal(statement.Condition("StringNotEquals", "aws:PrincipalAccount"), []string{acct})
		}
		assert.Equal(t, map[string]bool{"http": true, "others": true}, refused, id)
	}
}
