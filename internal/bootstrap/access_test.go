package bootstrap

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/boundary"
	"livechat.example/cloud/internal/names"
	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/template"
)

// world is the bootstrap of two regions beside the roles of the identity stack, each with the policy that lets it go on.
func world(t *testing.T) *access.Model {
	t.Helper()
	text, err := prod.Template()
	require.NoError(t, err)
	var stacks []*template.Stack
	for _, region := range prod.Regions {
		var body map[string]any
		require.NoError(t, json.Unmarshal(text, &body))
		delete(body, "Metadata") // one template for all regions names one of them
		stacks = append(stacks, template.NewStack("bootstrap-"+region, acct, region, body))
	}
	roles := map[string]any{}
	for _, name := range []string{"ci-deploy", "ci-diff", "operator", "reader"} {
		roles[name] = map[string]any{"Type": "AWS::IAM::Role", "Properties": map[string]any{
			"RoleName": names.Role("prod", name),
			"AssumeRolePolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{
				map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"AWS": acct}}}},
			"Policies": []any{map[string]any{"PolicyName": "p", "PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{
				map[string]any{"Effect": "Allow", "Action": []any{"sts:AssumeRole", "sts:SetSourceIdentity"}, "Resource": "arn:aws:iam::" + acct + ":role/cdk-lcprod-*"}}}}},
		}}
	}
	stacks = append(stacks, template.NewStack("prod-global-identity", acct, "us-east-1", map[string]any{"Resources": roles}))
	stacks = append(stacks, template.NewStack("prod-eu-west-1-keys", acct, "eu-west-1", map[string]any{"Resources": map[string]any{
		"Key": map[string]any{"Type": "AWS::KMS::Key", "Properties": map[string]any{"KeyPolicy": map[string]any{"Version": "2012-10-17", "Statement": []any{
			map[string]any{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": map[string]any{"AWS": acct}}}}}},
		"Alias": map[string]any{"Type": "AWS::KMS::Alias", "Properties": map[string]any{"AliasName": "alias/livechat-prod-logs", "TargetKeyId": map[string]any{"Ref": "Key"}}},
	}}))
	m, err := access.Read(template.New(stacks...))
	require.NoError(t, err)
	return m
}

const (
	formation = "role:cdk-lcprod-cfn-exec-role-" + acct + "-eu-west-1"
	deploys   = "role:cdk-lcprod-deploy-role-" + acct + "-eu-west-1"
	looks     = "role:cdk-lcprod-lookup-role-" + acct + "-eu-west-1"
	publishes = "role:cdk-lcprod-file-publishing-role-" + acct + "-eu-west-1"

	iam     = "arn:aws:iam::" + acct + ":"
	assets  = "arn:aws:s3:::cdk-lcprod-assets-" + acct + "-eu-west-1"
	secrets = "arn:aws:secretsmanager:eu-west-1:" + acct + ":secret:"
	stack   = "arn:aws:cloudformation:eu-west-1:" + acct + ":stack/"
	limit   = iam + "policy/livechat-prod-boundary"
)

type context = map[string][]string

// TestWhoMayDoWhat asks the model of IAM.
func TestWhoMayDoWhat(t *testing.T) {
	m, bounded, here := world(t), context{"iam:permissionsboundary": {limit}}, context{"aws:requestedregion": {"eu-west-1"}}
	for _, q := range []struct {
		who, does, on string
		with          context
		may           bool
	}{
		// People and CI go on, by no external id.
		{"role:livechat-prod-operator", "sts:AssumeRole", iam + "role/cdk-lcprod-deploy-role-" + acct + "-eu-west-1", context{"sts:externalid": nil}, true},
		{"role:livechat-prod-operator", "sts:AssumeRole", iam + "role/cdk-lcprod-deploy-role-" + acct + "-eu-west-1", context{"sts:externalid": {"x"}}, false},
		{"role:livechat-prod-operator", "sts:SetSourceIdentity", iam + "role/cdk-lcprod-deploy-role-" + acct + "-eu-west-1", nil, true},
		{"role:livechat-prod-operator", "sts:SetSourceIdentity", iam + "role/cdk-lcprod-lookup-role-" + acct + "-us-east-1", nil, true},
		{"role:livechat-prod-ci-deploy", "sts:AssumeRole", iam + "role/cdk-lcprod-file-publishing-role-" + acct + "-us-east-1", nil, true},
		{"role:livechat-prod-ci-diff", "sts:AssumeRole", iam + "role/cdk-lcprod-lookup-role-" + acct + "-eu-west-1", nil, true},
		{"role:livechat-prod-ci-diff", "sts:AssumeRole", iam + "role/cdk-lcprod-deploy-role-" + acct + "-eu-west-1", nil, false},
		{"role:livechat-prod-ci-diff", "sts:AssumeRole", iam + "role/cdk-lcprod-file-publishing-role-" + acct + "-eu-west-1", nil, false},
		{"role:livechat-prod-operator", "sts:AssumeRole", iam + "role/cdk-lcprod-cfn-exec-role-" + acct + "-eu-west-1", nil, false},
		{"role:livechat-prod-reader", "sts:AssumeRole", iam + "role/cdk-lcprod-lookup-role-" + acct + "-eu-west-1", nil, false},

		// The deploy role deploys the environment's stacks, through CloudFormation's role, and reads no data.
		{deploys, "cloudformation:CreateChangeSet", stack + "prod-eu-west-1-data/x", here, true},
		{deploys, "cloudformation:DeleteStack", stack + "CDKToolkit-lcprod/x", here, false},
		{deploys, "cloudformation:UpdateTerminationProtection", stack + "CDKToolkit-lcprod/x", here, false},
		{deploys, "cloudformation:UpdateStack", stack + "prod-eu-eu-west-1-data/x", here, false},
		{deploys, "cloudformation:DescribeStacks", stack + "CDKToolkit-lcprod/x", here, true},
		{deploys, "iam:PassRole", iam + "role/cdk-lcprod-cfn-exec-role-" + acct + "-eu-west-1", nil, true},
		{deploys, "iam:PassRole", iam + "role/livechat-prod-eu-west-1-chat", nil, false},
		{deploys, "s3:GetObject", assets + "/template.json", here, true},
		{deploys, "s3:GetObject", "arn:aws:s3:::livechat-prod-" + acct + "-eu-west-1-knowledge/x", here, false},
		{deploys, "s3:PutObject", assets + "/template.json", here, false},

		// Publishing puts and does not take.
		{publishes, "s3:PutObject", assets + "/code.zip", here, true},
		{publishes, "s3:GetObject", assets + "/code.zip", here, false},
		{publishes, "s3:DeleteObject", assets + "/code.zip", here, false},
		{publishes, "s3:PutBucketPolicy", assets, here, false},

		// Looking up reads stacks.
		{looks, "cloudformation:GetTemplate", stack + "prod-eu-west-1-data/x", here, true},
		{looks, "ssm:GetParameter", "arn:aws:ssm:eu-west-1:" + acct + ":parameter/cdk-bootstrap/lcprod/version", here, true},
		{looks, "ssm:GetParameter", "arn:aws:ssm:eu-west-1:" + acct + ":parameter/other", here, false},
		{looks, "cloudformation:CreateChangeSet", stack + "prod-eu-west-1-data/x", here, false},
		{looks, "s3:GetObject", assets + "/code.zip", here, false},
		{looks, "secretsmanager:GetSecretValue", secrets + "livechat-prod/partner/acme/signing-abcdef", here, false},
		{looks, "kms:Decrypt", "arn:aws:kms:eu-west-1:" + acct + ":key/x", here, false},
		{looks, "logs:GetLogEvents", "arn:aws:logs:eu-west-1:" + acct + ":log-group:/x:*", here, false},

		// CloudFormation makes identities of the environment, within the boundary.
		{formation, "iam:CreateRole", iam + "role/livechat-prod-eu-west-1-chat", bounded, true},
		{formation, "iam:CreateRole", iam + "role/prod-eu-west-1-data-Role", bounded, true},
		{formation, "iam:CreateRole", iam + "role/livechat-prod-eu-west-1-chat", context{"iam:permissionsboundary": nil}, false},
		{formation, "iam:CreateRole", iam + "role/livechat-prod-eu-west-1-chat", context{"iam:permissionsboundary": {iam + "policy/mine"}}, false},
		{formation, "iam:PutRolePolicy", iam + "role/livechat-prod-eu-west-1-chat", context{"iam:permissionsboundary": nil}, false},
		{formation, "iam:CreateRole", iam + "role/somebody", bounded, false},
		{formation, "iam:DeleteRolePermissionsBoundary", iam + "role/livechat-prod-eu-west-1-chat", bounded, false},
		{formation, "iam:CreateUser", iam + "user/livechat-prod-x", bounded, false},
		{formation, "iam:CreateAccessKey", iam + "user/x", nil, false},
		{formation, "iam:AttachUserPolicy", iam + "user/x", nil, false},
		// It does not change what it is held by.
		{formation, "iam:UpdateAssumeRolePolicy", iam + "role/cdk-lcprod-deploy-role-" + acct + "-eu-west-1", bounded, false},
		{formation, "iam:CreatePolicyVersion", iam + "policy/cdk-lcprod-permissions-boundary-" + acct + "-eu-west-1", nil, false},
		{formation, "iam:CreatePolicyVersion", iam + "policy/livechat-prod-eu-west-1-x", nil, true},
		{formation, "iam:CreatePolicyVersion", limit, nil, false},
		{"role:cdk-lcprod-cfn-exec-role-" + acct + "-us-east-1", "iam:CreatePolicyVersion", limit, nil, true},
		{formation, "s3:PutBucketPolicy", assets, here, false},
		{formation, "kms:PutKeyPolicy", "bootstrap-eu-west-1/FileAssetsBucketEncryptionKey", here, false},
		{formation, "kms:PutKeyPolicy", "prod-eu-west-1-keys/Key", here, true},
		// It hands roles on that it made, to services that use them.
		{formation, "iam:PassRole", iam + "role/livechat-prod-eu-west-1-chat", context{"iam:passedtoservice": {"ecs-tasks.amazonaws.com"}}, true},
		{formation, "iam:PassRole", iam + "role/livechat-prod-eu-west-1-chat", context{"iam:passedtoservice": {"ec2.amazonaws.com"}}, false},
		{formation, "iam:PassRole", iam + "role/cdk-lcprod-cfn-exec-role-" + acct + "-eu-west-1", nil, false},
		{formation, "iam:PassRole", iam + "role/somebody", nil, false},
		// It reads the password that the database is made with, and what it deploys; nothing else.
		{formation, "secretsmanager:GetSecretValue", secrets + "livechat-prod/database/master-abcdef", here, true},
		{formation, "secretsmanager:GetSecretValue", secrets + "livechat-prod/partner/acme/signing-abcdef", here, false},
		{formation, "secretsmanager:CreateSecret", secrets + "livechat-prod/partner/acme/signing-abcdef", here, true},
		{formation, "s3:GetObject", assets + "/code.zip", here, true},
		{formation, "s3:GetObject", "arn:aws:s3:::livechat-prod-" + acct + "-eu-west-1-knowledge/x", here, false},
		{formation, "s3:PutBucketPolicy", "arn:aws:s3:::livechat-prod-" + acct + "-eu-west-1-knowledge", here, true},
		{formation, "s3:PutBucketPolicy", "arn:aws:s3:::livechat-prod-" + acct + "-us-east-1-knowledge", context{"aws:requestedregion": {"us-east-1"}}, false},
		{formation, "s3:DeleteBucket", "arn:aws:s3:::livechat-prod-" + acct + "-eu-west-1-knowledge", here, false},
		{formation, "kms:ScheduleKeyDeletion", "prod-eu-west-1-keys/Key", here, false},
		{formation, "kms:Decrypt", "prod-eu-west-1-keys/Key", context{"kms:viaservice": nil, "aws:requestedregion": {"eu-west-1"}}, false},
		{formation, "kms:Decrypt", "prod-eu-west-1-keys/Key", context{"kms:viaservice": {"secretsmanager.eu-west-1.amazonaws.com"}, "aws:requestedregion": {"eu-west-1"}}, true},
		{formation, "rds:StartExportTask", "*", here, false},
		{formation, "rds:ModifyDBClusterSnapshotAttribute", "*", here, false},
		{formation, "ecs:RunTask", "*", here, false},
		{formation, "ecs:CreateService", "*", here, true},
		{formation, "rds:CreateDBCluster", "*", here, true},
		{formation, "ec2:CreateVpc", "*", here, true},
		{formation, "ec2:RunInstances", "*", here, false},
		{formation, "ec2:CreateVpcPeeringConnection", "*", here, false},
		{formation, "ec2:CreateVpc", "*", context{"aws:requestedregion": {"ap-south-1"}}, false},
		{formation, "cloudformation:UpdateStack", stack + "CDKToolkit-lcprod/x", here, false},
		{formation, "organizations:LeaveOrganization", "*", here, false},
		{formation, "sts:AssumeRole", iam + "role/livechat-prod-operator", nil, false},
	} {
		v, err := m.May(access.Request{Principal: q.who, Action: q.does, Resource: q.on, Context: q.with})
		require.NoError(t, err, "%v", q)
		assert.True(t, v.Allowed == access.Yes && q.may || refused(v) && !q.may, "%s %s %s %v: %s by %v; %v", q.who, q.does, q.on, q.with, v.Allowed, v.Why, v.Doubts)
	}
}

// refused says that the answer is no, as far as the bootstrap goes: what a thing's own policy allows, which is in no template here, is
// the one thing that is open.
func refused(v access.Verdict) bool {
	return v.Allowed == access.No || v.Allowed == access.Unsure &&
		!slices.ContainsFunc(v.Doubts, func(d string) bool { return !strings.HasSuffix(d, "are in no template") }) &&
		!slices.ContainsFunc(v.Why, func(s access.Step) bool {
			return s.Policy == "identity policy" && s.Effect == "Allow" && s.Applies != access.No
		})
}

// formations are the statements that CloudFormation acts by, its boundary apart.
func formations(t *testing.T) (allows, denies []template.Statement) {
	t.Helper()
	s := written(t)
	for _, id := range []string{"CloudFormationExecutionRole", "CloudFormationExecutionPolicy"} {
		for _, statement := range s.Resource(id).Statements() {
			switch {
			case statement.Kind.Has(template.Trust):
			case statement.Effect == "Allow":
				allows = append(allows, statement)
			case len(statement.Conditions) == 0 && slices.Equal(statement.Resources, []string{"*"}):
				denies = append(denies, statement)
			}
		}
	}
	return allows, denies
}

func mayCall(action string, allows, denies []template.Statement) bool {
	return slices.ContainsFunc(allows, func(s template.Statement) bool { return s.Allows(action) }) &&
		!slices.ContainsFunc(denies, func(s template.Statement) bool { return s.Denies(action) })
}

// TestCloudFormationMayDoNothingThatTheBoundaryDenies in its own policy already, but for what it is excepted from by name.
func TestCloudFormationMayDoNothingThatTheBoundaryDenies(t *testing.T) {
	allows, denies := formations(t)
	for _, action := range slices.Concat(boundary.LongLived, boundary.Audit) {
		assert.Equal(t, slices.Contains(audited, action) || slices.Contains(maintained, action), mayCall(action, allows, denies), action)
	}
	var all []template.Statement
	for _, s := range written(t).Resource("CloudFormationExecutionRole").Statements() {
		if s.Effect == "Deny" {
			all = append(all, s)
		}
	}
	for _, action := range slices.Concat(boundary.Identities, boundary.Itself) {
		assert.True(t, slices.ContainsFunc(all, func(s template.Statement) bool { return s.Denies(action) && len(s.Conditions) == 1 }), action)
	}
}

// TestEveryServiceOfTheEstateIsDecided, so that one more in the boundary is also one that CloudFormation makes things of, or not.
func TestEveryServiceOfTheEstateIsDecided(t *testing.T) {
	allows, _ := formations(t)
	allowed := map[string]bool{}
	for _, s := range allows {
		for _, action := range s.Actions {
			service, _, _ := strings.Cut(action, ":")
			allowed[service] = true
			assert.True(t, service == "backup-storage" || slices.Contains(boundary.Services, service), "%s is none of the estate's services", action)
		}
	}
	for _, service := range boundary.Services {
		assert.NotEqual(t, slices.Contains(unneeded, service), allowed[service], "say in execution.go what CloudFormation does with %s", service)
	}
}

// withheld are calls that a resource type's handlers can make and that CloudFormation is not allowed, because no template asks for them.
var withheld = map[string]string{
	"iam:DeleteRolePermissionsBoundary": "no role loses the boundary",
	"kms:DisableKey":                    "every key is enabled",
	"kms:DisableKeyRotation":            "every key rotates",
	"kms:ScheduleKeyDeletion":           "every key is retained",
	"s3:DeleteBucket":                   "every bucket is retained",
	"s3:DeleteBucketPolicy":             "every bucket keeps its policy",
}

// TestCloudFormationCanMakeWhatTheEstateIsMadeOf holds its policy against what the handlers of the estate's resource types call.
func TestCloudFormationCanMakeWhatTheEstateIsMadeOf(t *testing.T) {
	text, err := os.ReadFile("testdata/calls.txt")
	require.NoError(t, err)
	allows, denies := formations(t)
	used, calls := map[string]bool{}, 0
	for line := range strings.Lines(string(text)) {
		service, actions, is := strings.Cut(strings.TrimSpace(line), ": ")
		if strings.HasPrefix(line, "#") || !is {
			continue
		}
		for _, name := range strings.Fields(actions) {
			action := service + ":" + name
			calls++
			used[action] = true
			assert.Equal(t, withheld[action] == "", mayCall(action, allows, denies), "%s; either name why it is withheld, or allow it", action)
		}
	}
	assert.Greater(t, calls, 200)
	for action := range withheld {
		assert.True(t, used[action], "no handler calls %s: take it out of withheld", action)
	}
}

func TestTheArgumentsNameEveryRegionOnceAndTheGlobalOne(t *testing.T) {
	line := strings.Join(Props{Environment: "e", Account: acct, Qualifier: "q", Regions: []string{"eu-west-1"}}.Arguments("f"), " ")
	assert.Regexp(t, regexp.MustCompile(`^bootstrap --app= --template f --qualifier q .*--bootstrap-customer-key.* aws://`+acct+`/us-east-1 aws://`+acct+`/eu-west-1$`), line)
	assert.Equal(t, 1, strings.Count(strings.Join(prod.Arguments("f"), " "), "us-east-1"))
}
