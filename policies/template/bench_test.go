package template_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"runtime"
	"testing"
	"testing/fstest"

	"livechat.example/cloud/policies/template"
)

// generated returns an estate of so many stacks and resources each, which refer to each other as the real one's do:
// keys, buckets with policies, roles, log groups, and imports from the stack before.
func generated(stacks, resources int) *template.Estate {
	var all []*template.Stack
	for i := range stacks {
		s := template.NewStack(fmt.Sprintf("dev-eu-west-1-s%03d", i), account, "eu-west-1", body(i, resources))
		if i > 0 {
			s.Dependencies = []string{fmt.Sprintf("dev-eu-west-1-s%03d", i-1)}
		}
		all = append(all, s)
	}
	return template.New(all...)
}

func body(stack, count int) map[string]any {
	type m = map[string]any
	resources, outputs := m{}, m{}
	for i := 0; len(resources) < count; i++ {
		id := func(kind string) string { return fmt.Sprintf("%s%04d", kind, i) }
		name := m{"Fn::Sub": fmt.Sprintf("chat-${AWS::AccountId}-${AWS::Region}-%d-%d", stack, i)}
		add := func(kind, of string, properties m) {
			if len(resources) < count {
				resources[id(kind)] = m{"Type": of, "Properties": properties, "Metadata": m{"aws:cdk:path": "dev/" + id(kind)}}
			}
		}
		add("Key", "AWS::KMS::Key", m{"EnableKeyRotation": true, "KeyPolicy": m{"Version": "2012-10-17", "Statement": []any{
			m{"Effect": "Allow", "Principal": m{"AWS": m{"Fn::Join": []any{"", []any{"arn:", m{"Ref": "AWS::Partition"}, ":iam::", m{"Ref": "AWS::AccountId"}, ":root"}}}}, "Action": "kms:*", "Resource": "*"}}}})
		bucket := m{"BucketName": name, "VersioningConfiguration": m{"Status": "Enabled"}, "BucketEncryption": m{"ServerSideEncryptionConfiguration": []any{
			m{"ServerSideEncryptionByDefault": m{"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": m{"Fn::GetAtt": []any{id("Key"), "Arn"}}}}}}}
		if stack > 0 {
			bucket["LoggingConfiguration"] = m{"DestinationBucketName": m{"Fn::ImportValue": fmt.Sprintf("dev-eu-west-1-s%03d-%d", stack-1, i)}}
		}
		add("Bucket", "AWS::S3::Bucket", bucket)
		add("Policy", "AWS::S3::BucketPolicy", m{"Bucket": m{"Ref": id("Bucket")}, "PolicyDocument": m{"Statement": []any{
			m{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": m{"Bool": m{"aws:SecureTransport": "false"}},
				"Resource": []any{m{"Fn::GetAtt": []any{id("Bucket"), "Arn"}}, m{"Fn::Join": []any{"", []any{m{"Fn::GetAtt": []any{id("Bucket"), "Arn"}}, "/*"}}}}}}}})
		add("Role", "AWS::IAM::Role", m{"AssumeRolePolicyDocument": m{"Statement": []any{m{"Effect": "Allow", "Principal": m{"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}}},
			"Policies": []any{m{"PolicyName": "use", "PolicyDocument": m{"Statement": []any{m{"Effect": "Allow", "Action": []any{"s3:GetObject", "s3:PutObject"}, "Resource": m{"Fn::Sub": "${" + id("Bucket") + ".Arn}/*"}}}}}}})
		add("Logs", "AWS::Logs::LogGroup", m{"LogGroupName": m{"Fn::Sub": "/chat/${AWS::StackName}/" + id("x")}, "KmsKeyId": m{"Fn::GetAtt": []any{id("Key"), "Arn"}}})
		if resources[id("Bucket")] != nil && i < 100 {
			outputs[id("Out")] = m{"Value": m{"Ref": id("Bucket")}, "Export": m{"Name": m{"Fn::Sub": fmt.Sprintf("${AWS::StackName}-%d", i)}}}
		}
	}
	return m{"Resources": resources, "Outputs": outputs}
}

// renamed returns a resource's body with another name where it has one.
func renamed(r *template.Resource) map[string]any {
	b := r.Clone()
	p, _ := b["Properties"].(map[string]any)
	for _, name := range []string{"BucketName", "LogGroupName", "RoleName"} {
		if p[name] != nil {
			p[name] = "renamed"
		}
	}
	return b
}

// assembly returns a generated estate as files, about 4 MB for 2,500 resources.
func assembly(b testing.TB, stacks, resources int) (fs.FS, int) {
	files, size := fstest.MapFS{}, 0
	artifacts := map[string]any{}
	for i := range stacks {
		name := fmt.Sprintf("dev-eu-west-1-s%03d", i)
		t := body(i, resources)
		for _, r := range t["Resources"].(map[string]any) {
			p := r.(map[string]any)["Properties"].(map[string]any)
			p["Description"] = fmt.Sprintf("%0700d", i)
		}
		data, err := json.MarshalIndent(t, "", " ")
		if err != nil {
			b.Fatal(err)
		}
		files[name+".template.json"] = &fstest.MapFile{Data: data}
		size += len(data)
		artifacts[name] = map[string]any{"type": "aws:cloudformation:stack", "environment": "aws://" + account + "/eu-west-1",
			"properties": map[string]any{"templateFile": name + ".template.json"}}
	}
	data, err := json.Marshal(map[string]any{"version": "54.0.0", "artifacts": artifacts})
	if err != nil {
		b.Fatal(err)
	}
	files["manifest.json"] = &fstest.MapFile{Data: data}
	return files, size
}

func BenchmarkRead2500(b *testing.B) {
	files, size := assembly(b, 10, 250)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var before, after runtime.MemStats
	for b.Loop() {
		e, err := template.ReadFS(files, "cdk.out")
		if err != nil {
			b.Fatal(err)
		}
		for r := range e.All() {
			r.Properties()
		}
		for range e.Statements() {
		}
		e.Find(template.Of("x"))
	}
	runtime.GC()
	runtime.ReadMemStats(&before)
	e, _ := template.ReadFS(files, "cdk.out")
	e.Find(template.Of("x"))
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-held")
	runtime.KeepAlive(e)
}

func BenchmarkWith1500(b *testing.B) {
	e := generated(6, 250)
	for name, id := range map[string]string{"Key": "Key0001", "Bucket": "Bucket0001", "Policy": "Policy0001"} {
		r := e.Resource("dev-eu-west-1-s002", id)
		changed := renamed(r)
		e.With(r, changed)
		b.Run("change"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.With(r, changed)
			}
		})
		b.Run("remove"+name+"AndLook", func(b *testing.B) {
			for b.Loop() {
				n := e.With(r, nil)
				n.Find(template.Of("chat-" + account + "-eu-west-1-2-1"))
				for range n.Statements() {
				}
			}
		})
	}
}
