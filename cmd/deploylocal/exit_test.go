package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBadInputExitsTwoAndSaysWhatToDo(t *testing.T) {
	broken, empty, nested, nameless := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	write(t, broken, "manifest.json", "{")
	write(t, empty, "manifest.json", `{"artifacts": {}}`)
	write(t, nested, "manifest.json", `{"artifacts": {"s": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/eu-west-1"}}}`)
	write(t, nameless, "manifest.json", `{"artifacts": {"s": {"type": "aws:cloudformation:stack", "environment": "aws://444455556666/eu-west-1",
		"properties": {"templateFile": "s.json", "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/lctest/version"}}}}`)
	write(t, nameless, "s.json", `{"Resources": {}}`)
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no assembly":          {[]string{"-root", *root, "-assembly", filepath.Join(broken, "none")}, "make synth ENV=dev"},
		"a truncated manifest": {[]string{"-root", *root, "-assembly", broken, "-env", "prod"}, "make synth ENV=prod"},
		"no stacks":            {[]string{"-root", *root, "-assembly", empty}, "no stack at its top level"},
		"no account":           {[]string{"-root", *root, "-assembly", nested}, "names no account and region"},
		"of no environment":    {[]string{"-root", *root, "-assembly", nameless}, "Metadata.LiveChat.environment"},
		"no tools":             {[]string{"-root", empty}, "make setup"},
		"a stray argument":     {[]string{"stray"}, "Usage"},
		"an unknown flag":      {[]string{"-nonsense"}, "Usage"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, faults bytes.Buffer
			if code := run(append([]string{"-logs", t.TempDir()}, c.args...), &out, &faults); code != 2 || !strings.Contains(faults.String(), c.want) {
				t.Errorf("exit code %d, want 2 and %q in:\n%s", code, c.want, &faults)
			}
		})
	}
}

// TestATemplateThatCannotBeDeployedExitsOneWithItsReasonAndTheLogs for whoever has to find out.
//
// Its account is no other test's: what the cdk CLI remembers of one run must not reach the next.
func TestATemplateThatCannotBeDeployedExitsOneWithItsReasonAndTheLogs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "manifest.json", `{"version": "54.0.0", "artifacts": {
		"a.assets": {"type": "cdk:asset-manifest", "properties": {"file": "a.assets.json"}},
		"a": {"type": "aws:cloudformation:stack", "environment": "aws://444455556666/eu-west-1", "dependencies": ["a.assets"],
			"properties": {"templateFile": "a.template.json", "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/lctest/version",
				"stackTemplateAssetObjectUrl": "s3://cdk-lctest-assets-444455556666-eu-west-1/0000.json"}}}}`)
	write(t, dir, "a.assets.json", `{"version": "54.0.0", "dockerImages": {}, "files": {"0000": {
		"source": {"path": "a.template.json", "packaging": "file"},
		"destinations": {"d": {"bucketName": "cdk-lctest-assets-444455556666-eu-west-1", "objectKey": "0000.json", "region": "eu-west-1"}}}}}`)
	write(t, dir, "a.template.json", `{"Metadata": {"LiveChat": {"environment": "test"}}, "Resources": {"Impossible": {"Type": "AWS::IAM::Policy", "Properties": {
		"PolicyName": "p", "Roles": ["nobody-has-this-role"], "PolicyDocument": {"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}}}}}`)
	p := deploylocal(t, "-assembly", dir)
	err := p.Run()
	if p.ProcessState.ExitCode() != 1 {
		t.Errorf("%v, want exit code 1", err)
	}
	for _, want := range []string{"nobody-has-this-role", "emulator-", "cdk-", ".log"} {
		if !strings.Contains(p.faults.String(), want) {
			t.Errorf("no %q in:\n%s", want, p.faults)
		}
	}
	if strings.Contains(p.faults.String(), ".js:") {
		t.Errorf("a JavaScript stack in:\n%s", p.faults)
	}
	p.leavesNothing(t)
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
