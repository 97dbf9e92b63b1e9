package template_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

func TestAnAssemblyIsReadByItsManifest(t *testing.T) {
	e, err := template.Read("testdata/assembly")
	require.NoError(t, err)
	require.Len(t, e.Stacks(), 2)
	keys, storage := e.Stacks()[0], e.Stacks()[1]

	assert.Equal(t, "dev-us-east-1-keys", keys.Name, "what others depend on comes first")
	assert.Equal(t, "dev-eu-west-1-storage", storage.Name)
	assert.Equal(t, []string{"dev", "eu-west-1", "storage", "111122223333"}, []string{storage.Environment, storage.Region, storage.Layer, storage.Account})
	assert.Equal(t, []string{"dev-us-east-1-keys"}, storage.Dependencies, "assets are no stacks")
	assert.True(t, storage.TerminationProtection)
	assert.False(t, keys.TerminationProtection)
	assert.Equal(t, map[string]string{"livechat:environment": "dev"}, storage.Tags)
	info, err := os.Stat("testdata/assembly/" + storage.File)
	require.NoError(t, err)
	assert.EqualValues(t, info.Size(), storage.Size)
	assert.Equal(t, "knowledge", keys.Intent().Get("keys.0").Text())
	assert.Equal(t, []template.Missing{{Key: "availability-zones:account=111122223333:region=eu-west-1", Provider: "availability-zones"}}, e.Missing())
	assert.Equal(t, map[string]string{"KnowledgeArn": "${dev-us-east-1-keys/Knowledge.Arn}"}, collect(keys))

	bucket, key := storage.Resource("Knowledge"), keys.Resource("Knowledge")
	assert.Equal(t, "chat-111122223333-eu-west-1-knowledge", bucket.Get("BucketName").Text())
	assert.Equal(t, "security", bucket.Get("Tags.0.Value").Text(), "the manifest passes a parameter")
	assert.Same(t, key, e.Find(bucket.Get("ReplicationKey")))
	assert.Equal(t, []string{"A", "B"}, bucket.DependsOn())
	assert.Equal(t, "dev-eu-west-1-storage/Knowledge", bucket.Path)
	assert.Equal(t, "dev-us-east-1-keys/Knowledge/Resource", key.Path)
	assert.Equal(t, []string{"Retain", "Retain", ""}, []string{key.DeletionPolicy(), key.UpdateReplacePolicy(), bucket.DeletionPolicy()})
}

func collect(s *template.Stack) map[string]string {
	all := map[string]string{}
	for name, v := range s.Outputs() {
		all[name] = v.Text()
	}
	return all
}

func TestABareFolderOfTemplatesIsRead(t *testing.T) {
	e, err := template.ReadFS(fstest.MapFS{
		"dev-eu-west-1-a.template.json": {Data: []byte(`{"Metadata": {"LiveChat": {"region": "eu-west-1"}}, "Resources": {"B": {"Type": "AWS::S3::Bucket",
			"Properties": {"BucketName": "b", "V": {"Ref": "AWS::AccountId"}}}}}`)},
		"other.json":   {Data: []byte(`{"Metadata": {"LiveChat": {"region": "us-east-1", "account": "111122223333", "environment": "dev", "layer": "x"}}, "Resources": {"B": {"Type": "T"}}}`)},
		"package.json": {Data: []byte(`{"name": "no template"}`)},
		"README.md":    {Data: []byte(`#`)},
	}, "folder")
	require.NoError(t, err)
	require.Len(t, e.Stacks(), 2)
	assert.Equal(t, []string{"dev", "a"}, []string{e.Stack("dev-eu-west-1-a").Environment, e.Stack("dev-eu-west-1-a").Layer})
	assert.Equal(t, "111122223333", e.Stack("other").Account)
	b := e.Resource("dev-eu-west-1-a", "B")
	assert.Equal(t, "arn:aws:s3:::b", b.Attribute("Arn"))
	assert.Equal(t, "the stack says no account", b.Get("V").Why())
}

// TestWhatWouldBeJudgedWronglyIsNotRead breaks the assembly in testdata in one place each.
func TestWhatWouldBeJudgedWronglyIsNotRead(t *testing.T) {
	const keys, storage, manifest = "dev-us-east-1-keys.template.json", "dev-eu-west-1-storage.template.json", "manifest.json"
	replace := func(file, from, to string) func(fstest.MapFS) {
		return func(files fstest.MapFS) {
			text := string(files[file].Data)
			if !strings.Contains(text, from) {
				panic(file + " has no " + from)
			}
			files[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, from, to, 1))}
		}
	}
	write := func(file, text string) func(fstest.MapFS) {
		return func(files fstest.MapFS) { files[file] = &fstest.MapFile{Data: []byte(text)} }
	}
	for name, c := range map[string]struct {
		breaks func(fstest.MapFS)
		want   string
	}{
		"truncated": {func(f fstest.MapFS) { f[keys] = &fstest.MapFile{Data: f[keys].Data[:100]} },
			"out/" + keys + ": line 2 (byte 100): unexpected end of JSON input"},
		"syntax":              {replace(keys, `"EnableKeyRotation": true`, `"EnableKeyRotation": yes`), "out/" + keys + ": line 6 (byte 227): invalid character 'y' looking for beginning of value"},
		"empty file":          {write(keys, ""), "out/" + keys + ": line 1 (byte 0): unexpected end of JSON input"},
		"not UTF-8":           {write(keys, "{\"a\": \"\xff\"}"), "out/" + keys + ": not UTF-8"},
		"key twice":           {replace(keys, `"EnableKeyRotation": true`, `"EnableKeyRotation": true, "EnableKeyRotation": false`), "out/" + keys + `: line 6 (byte 251): the key "EnableKeyRotation" stands twice`},
		"a list":              {write(keys, "[]"), "out/" + keys + ": not a JSON object"},
		"no resources":        {write(keys, "{}"), "out/" + keys + ": the template has no Resources"},
		"empty resources":     {write(keys, `{"Resources": {}}`), "out/" + keys + ": the template has no Resources"},
		"resource is a list":  {write(keys, `{"Resources": {"Fn::ForEach::X": []}}`), "out/" + keys + ": resource Fn::ForEach::X has no Type"},
		"outputs are a list":  {write(keys, `{"Resources": {"A": {"Type": "T"}}, "Outputs": []}`), "out/" + keys + ": Outputs is not an object"},
		"stray":               {write("old.template.json", "{}"), "out/old.template.json: a template that manifest.json does not list"},
		"missing":             {func(f fstest.MapFS) { delete(f, keys) }, "out/" + keys + ": file does not exist"},
		"no account":          {replace(manifest, "aws://111122223333/us-east-1", "aws://unknown-account/unknown-region"), `out/manifest.json: stack dev-us-east-1-keys has no certain account and region, but "aws://unknown-account/unknown-region"`},
		"nested assembly":     {replace(manifest, "cdk:tree", "cdk:cloud-assembly"), "out/manifest.json: Tree is a nested assembly (a CDK Stage), which is not read"},
		"another region":      {replace(keys, `"region": "us-east-1"`, `"region": "us-east-2"`), "out/" + keys + ": Metadata.LiveChat says region us-east-2, the manifest says us-east-1"},
		"template elsewhere":  {replace(manifest, keys, "../"+keys), `out/manifest.json: stack dev-us-east-1-keys has its template in "../` + keys + `", which is not in the folder`},
		"one file twice":      {replace(manifest, keys, storage), "out/" + storage + ": the manifest lists it for both dev-eu-west-1-storage and dev-us-east-1-keys"},
		"one name twice":      {replace(manifest, `"stackName": "dev-eu-west-1-storage"`, `"stackName": "dev-us-east-1-keys"`), "out: two stacks are named dev-us-east-1-keys"},
		"circle":              {replace(manifest, `"dependencies": ["dev-us-east-1-keys.assets"]`, `"dependencies": ["a-storage"]`), "out: the dependencies of the stacks go in a circle"},
		"no stack":            {write(manifest, `{"version": "54.0.0", "artifacts": {}}`), "out/manifest.json: it lists no stack"},
		"artifact of no type": {write(manifest, `{"artifacts": {"x": {}}}`), "out/manifest.json: artifact x has no type"},
		"manifest truncated":  {write(manifest, `{"artifacts"`), "out/manifest.json: line 1 (byte 12): unexpected end of JSON input"},
		"no manifest, no region": {func(f fstest.MapFS) {
			delete(f, manifest)
			write(keys, `{"Resources": {"A": {"Type": "T"}}}`)(f)
		}, "out/" + keys + ": without a manifest, Metadata.LiveChat must say the region"},
		"nothing": {func(f fstest.MapFS) { clear(f) }, "out: neither manifest.json nor a template"},
	} {
		t.Run(name, func(t *testing.T) {
			files := files(t)
			c.breaks(files)
			_, err := template.ReadFS(files, "out")
			assert.EqualError(t, err, c.want)
		})
	}
}

// files returns those of testdata/assembly, in memory.
func files(t testing.TB) fstest.MapFS {
	all := fstest.MapFS{}
	entries, err := os.ReadDir("testdata/assembly")
	require.NoError(t, err)
	for _, e := range entries {
		data, err := os.ReadFile("testdata/assembly/" + e.Name())
		require.NoError(t, err)
		all[e.Name()] = &fstest.MapFile{Data: data}
	}
	return all
}

func TestAFolderThatIsNotThereIsNamed(t *testing.T) {
	_, err := template.Read("testdata/nowhere")
	assert.EqualError(t, err, "testdata/nowhere: no such file or directory")
}

func TestTheOrderOfStacksIsThatOfTheirDependenciesThenOfTheirNames(t *testing.T) {
	needs := map[string][]string{"e": nil, "a": {"d"}, "b": nil, "d": {"e"}, "c": {"unknown"}}
	var stacks []*template.Stack
	for _, name := range slices.Sorted(maps.Keys(needs)) {
		s := stack(t, name, `{"Resources": {}}`)
		for _, d := range needs[name] {
			s.Dependencies = append(s.Dependencies, "dev-eu-west-1-"+d)
		}
		stacks = append(stacks, s)
	}
	var order []string
	for _, s := range template.New(stacks...).Stacks() {
		order = append(order, s.Layer)
	}
	assert.Equal(t, []string{"b", "c", "e", "d", "a"}, order)
}
