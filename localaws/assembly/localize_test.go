package assembly

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// localized writes an assembly of one stack, with an output of its own region and one of another to refer to, and
// localizes it.
func localized(t *testing.T, resources string) Localized {
	t.Helper()
	shipped, err := Read(written(t, `{"Resources": `+resources+`}`))
	require.NoError(t, err)
	l, err := Localize(shipped, filepath.Join(t.TempDir(), "copy"))
	require.NoError(t, err)
	return l
}

func written(t *testing.T, template string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"manifest.json": `{"artifacts": {
			"s.assets": {"type": "cdk:asset-manifest", "properties": {"file": "s.assets.json"}},
			"s": {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1", "dependencies": ["s.assets"],
				"properties": {"templateFile": "s.template.json", "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/qq/version",
					"stackTemplateAssetObjectUrl": "s3://b/0abc.json"}}}}`,
		"s.assets.json": `{"files": {
			"0abc": {"source": {"path": "s.template.json"}, "destinations": {"d": {"objectKey": "0abc.json"}}},
			"1def": {"source": {"path": "asset.1def"}, "destinations": {"d": {"objectKey": "1def.zip"}}}}}`,
		"s.template.json": template,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return dir
}

// template is what was written for the stack, as the cdk CLI reads it.
func template(t *testing.T, l Localized) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, readJSON(filepath.Join(l.Dir, "s.template.json"), &v))
	return v
}

func TestWhatTheEmulatorDoesNotKnowBecomesAStubThatKeepsItsPlaceInTheOrder(t *testing.T) {
	l := localized(t, `{
		"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
		"Acl": {"Type": "AWS::EC2::NetworkAcl", "DependsOn": ["Vpc"], "Condition": "C", "DeletionPolicy": "Retain",
			"Metadata": {"a": "b"}, "Properties": {"VpcId": {"Ref": "Vpc"}}}}`)
	assert.Equal(t, []Stub{{"s", "Acl", "AWS::EC2::NetworkAcl", "the emulator does not know the type"}}, l.Stubs)
	resources := object(template(t, l)["Resources"])
	assert.Equal(t, map[string]any{"Type": placeholder, "DependsOn": []any{"Vpc"}, "Condition": "C"}, resources["Acl"])
	assert.Equal(t, map[string]any{"Type": "AWS::EC2::VPC", "Properties": map[string]any{"CidrBlock": "10.0.0.0/16"}}, resources["Vpc"])
}

func TestATemplateThatTheEmulatorKnowsWholeIsDeployedAsItShips(t *testing.T) {
	shipped := `{"Resources": {"B": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {
		"BucketName": {"Fn::Join": ["-", [{"Ref": "AWS::AccountId"}, {"Fn::Select": [0, {"Fn::Split": ["-", "a-b"]}]}]]},
		"Tags": [{"Key": "k", "Value": {"Fn::Sub": "${AWS::Region}/${P.Arn}"}}, {"Key": "n", "Value": 12345678901234567890}]}},
		"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::GetAtt": ["B", "Arn"]}}}},
		"Parameters": {"BootstrapVersion": {"Default": "/x"}}, "Outputs": {"O": {"Value": {"Fn::GetAtt": ["B", "Arn"]}}}}`
	read, err := Read(written(t, shipped))
	require.NoError(t, err)
	l, err := Localize(read, filepath.Join(t.TempDir(), "copy"))
	require.NoError(t, err)
	assert.Empty(t, l.Stubs)
	content, err := os.ReadFile(filepath.Join(l.Dir, "s.template.json"))
	require.NoError(t, err)
	assert.JSONEq(t, shipped, string(content))
	assert.Contains(t, string(content), "12345678901234567890", "numbers keep their digits")
}

func TestAnAttributeOfAStubBecomesALiteralOfTheShapeThatItsUseNeeds(t *testing.T) {
	l := localized(t, `{
		"Fw": {"Type": "AWS::NetworkFirewall::Firewall"},
		"P": {"Type": "AWS::SSM::Parameter", "Properties": {
			"Text": {"Fn::GetAtt": ["Fw", "FirewallId"]},
			"Short": {"Fn::GetAtt": "Fw.FirewallId"},
			"Arn": {"Fn::GetAtt": ["Fw", "FirewallArn"]},
			"Selected": {"Fn::Select": [1, {"Fn::GetAtt": ["Fw", "EndpointIds"]}]},
			"Joined": {"Fn::Join": [",", {"Fn::GetAtt": ["Fw", "EndpointIds"]}]},
			"Cut": {"Fn::Select": [1, {"Fn::Split": [":", {"Fn::Select": [0, {"Fn::GetAtt": ["Fw", "EndpointIds"]}]}]}]},
			"Sub": {"Fn::Sub": "${Fw.FirewallId} in ${AWS::Region}, ${!Fw.FirewallId}"},
			"SubList": {"Fn::Sub": ["${X} ${Fw.FirewallId}", {"X": {"Fn::GetAtt": ["Fw", "FirewallId"]}}]},
			"Ref": {"Ref": "Fw"}}}}`)
	p := object(object(object(template(t, l)["Resources"])["P"])["Properties"])
	assert.Equal(t, "stub-Fw-FirewallId", p["Text"])
	assert.Equal(t, "stub-Fw-FirewallId", p["Short"])
	assert.Equal(t, "arn:aws:stub:eu-west-1:111122223333:Fw-FirewallArn", p["Arn"])
	list := object(p["Selected"])["Fn::Select"].([]any)[1]
	assert.IsType(t, []any{}, list)
	assert.Contains(t, list, "stub-Fw-EndpointIds")
	assert.Equal(t, list, object(p["Joined"])["Fn::Join"].([]any)[1])
	cut := object(object(p["Cut"])["Fn::Select"].([]any)[1])["Fn::Split"].([]any)
	assert.GreaterOrEqual(t, len(strings.Split(cut[1].(string), ":")), 2)
	assert.Equal(t, map[string]any{"Fn::Sub": "stub-Fw-FirewallId in ${AWS::Region}, ${!Fw.FirewallId}"}, p["Sub"])
	assert.Equal(t, []any{"${X} stub-Fw-FirewallId", map[string]any{"X": "stub-Fw-FirewallId"}}, object(p["SubList"])["Fn::Sub"])
	assert.Equal(t, map[string]any{"Ref": "Fw"}, p["Ref"])
}

func TestOnlyAnOutputOfAnotherRegionBecomesALiteral(t *testing.T) {
	l := localized(t, `{"P": {"Type": "AWS::SSM::Parameter", "Properties": {
		"Here": {"Fn::GetStackOutput": {"StackName": "k", "Region": "eu-west-1", "OutputName": "KeyArn"}},
		"There": {"Fn::GetStackOutput": {"StackName": "k", "Region": "us-east-1", "OutputName": "KeyArn"}}}}}`)
	p := object(object(object(template(t, l)["Resources"])["P"])["Properties"])
	assert.Equal(t, "KeyArn", object(object(p["Here"])["Fn::GetStackOutput"])["OutputName"])
	assert.Equal(t, "arn:aws:stub:eu-west-1:111122223333:k-KeyArn", p["There"])
}

func TestACustomResourceIsAStubIfItsLambdaRunsNode(t *testing.T) {
	l := localized(t, `{
		"Node": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x"}},
		"Go": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "provided.al2023"}},
		"OnNode": {"Type": "Custom::RestrictDefaultSG", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Node", "Arn"]}}},
		"OnGo": {"Type": "Custom::PrefixList", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Go", "Arn"]}}}}`)
	require.Len(t, l.Stubs, 1)
	assert.Equal(t, "OnNode", l.Stubs[0].LogicalID)
	assert.Contains(t, l.Stubs[0].Why, "nodejs22.x")
}

func TestACustomResourceIsAStubIfItIsAboutATableOfAnotherRegion(t *testing.T) {
	l := localized(t, `{
		"Here": {"Type": "Custom::TablePolicy", "Properties": {"Table": "arn:aws:dynamodb:eu-west-1:111122223333:table/t"}},
		"Named": {"Type": "Custom::Partner", "Properties": {"Table": "t"}},
		"There": {"Type": "Custom::TablePolicy", "Properties": {"Table": "arn:aws:dynamodb:us-east-1:111122223333:table/t"}}}`)
	require.Len(t, l.Stubs, 1)
	assert.Equal(t, "There", l.Stubs[0].LogicalID)
	assert.Contains(t, l.Stubs[0].Why, "global table")
}

func TestEveryTemplateIsUploadedUnderTheHashOfItsContentAlsoAfterAnEdit(t *testing.T) {
	l := localized(t, `{"B": {"Type": "AWS::S3::Bucket", "Properties": {}}}`)
	first := hashIsThatOfTheContent(t, l)
	require.NoError(t, l.Edit("s", func(template map[string]any) {
		object(template["Resources"])["Ip"] = map[string]any{"Type": "AWS::EC2::EIP"}
	}))
	assert.NotEqual(t, first, hashIsThatOfTheContent(t, l))
	assert.Len(t, l.Stubs, 1, "what an edit adds is localized too")
	assert.ErrorContains(t, l.Edit("t", nil), "no stack")
}

func hashIsThatOfTheContent(t *testing.T, l Localized) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(l.Dir, "s.template.json"))
	require.NoError(t, err)
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	var assets struct {
		Files map[string]struct {
			Destinations map[string]struct{ ObjectKey string }
		}
	}
	require.NoError(t, readJSON(filepath.Join(l.Dir, "s.assets.json"), &assets))
	require.Contains(t, assets.Files, hash)
	assert.Equal(t, hash+".json", assets.Files[hash].Destinations["d"].ObjectKey)
	assert.Contains(t, assets.Files, "1def", "other assets stay")
	assert.Len(t, assets.Files, 2)
	manifest, err := os.ReadFile(filepath.Join(l.Dir, "manifest.json"))
	require.NoError(t, err)
	assert.Contains(t, string(manifest), "s3://b/"+hash+".json")
	assert.True(t, json.Valid(manifest))
	return hash
}

func TestLocalizingLeavesTheShippedAssemblyAlone(t *testing.T) {
	dir := written(t, `{"Resources": {"Ip": {"Type": "AWS::EC2::EIP"}}}`)
	before := contents(t, dir)
	shipped, err := Read(dir)
	require.NoError(t, err)
	_, err = Localize(shipped, filepath.Join(t.TempDir(), "copy"))
	require.NoError(t, err)
	assert.Equal(t, before, contents(t, dir))
	assert.Equal(t, "qq", shipped.Qualifier)
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		all[e.Name()] = string(content)
	}
	return all
}
