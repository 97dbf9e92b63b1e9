package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asProgram makes the test binary livechatctl itself, for what only a process of its own can show.
const asProgram = "LIVECHATCTL_IS_THE_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func call(args ...string) (code int, out, faults string) {
	var o, f bytes.Buffer
	code = run(args, &o, &f)
	return code, o.String(), f.String()
}

// object is JSON.
type object = map[string]any

const weakBucket = "prod-eu-west-1-storage/KnowledgeBucket"

// weak returns an estate of one stack whose bucket gives away more than it should.
func weak() object {
	return object{"Resources": object{
		"Aaa": object{"Type": "AWS::SNS::Topic"},
		"KnowledgeBucket": object{
			"Type": "AWS::S3::Bucket",
			"Properties": object{
				"VersioningConfiguration": object{"Status": "Enabled"},
				"OwnershipControls":       object{"Rules": []any{object{"ObjectOwnership": "BucketOwnerEnforced"}}},
				"PublicAccessBlockConfiguration": object{
					"BlockPublicAcls": false, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
				},
			},
			"Metadata": object{"aws:cdk:path": "prod-eu-west-1-storage/Knowledge/Bucket/Resource"},
		},
	}}
}

// strong returns weak without its faults.
func strong() object {
	estate := weak()
	bucket := estate["Resources"].(object)["KnowledgeBucket"].(object)["Properties"].(object)
	bucket["PublicAccessBlockConfiguration"].(object)["BlockPublicAcls"] = true
	return estate
}

const templateFile = "prod-eu-west-1-storage.template.json"

// assembly writes what synth would have written of one stack.
func assembly(t *testing.T, template object) (dir string) {
	t.Helper()
	dir = t.TempDir()
	put(t, dir, templateFile, template)
	put(t, dir, "manifest.json", object{"version": "54.0.0", "artifacts": object{"prod-eu-west-1-storage": object{
		"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1",
		"properties": object{"templateFile": templateFile, "terminationProtection": true},
	}}})
	return dir
}

func put(t *testing.T, dir, file string, content any) {
	t.Helper()
	text, ok := content.(string)
	if !ok {
		data, err := json.MarshalIndent(content, "", " ")
		require.NoError(t, err)
		text = string(data)
	}
	path := filepath.Join(dir, file)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func lineOf(t *testing.T, dir, needle string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, templateFile))
	require.NoError(t, err)
	before, _, found := strings.Cut(string(text), needle)
	require.True(t, found, needle)
	return 1 + strings.Count(before, "\n")
}

func TestAWrongCallIsOneLineAndExitTwo(t *testing.T) {
	for line, want := range map[string]string{
		"chek":                            `unknown command "chek" for "livechatctl"; did you mean "check"?`,
		"report x":                        `unknown command "report"`,
		"config valdate prod":             `unknown command "valdate" for "livechatctl config"; did you mean "validate"?`,
		"help nothing":                    `unknown command "nothing"`,
		"help config nothing":             `unknown command "nothing" for "livechatctl config"`,
		"check --frmat json":              `unknown flag: --frmat`,
		"check -x":                        `unknown shorthand flag`,
		"check --format xml":              `text, json, sarif`,
		"check --format sarif --json":     `[format json]`,
		"check a b":                       `accepts at most 1 arg`,
		"check --policy STORE-99":         `no policy "STORE-99"`,
		"diagram a b":                     `accepts at most 1 arg`,
		"diagram --format png":            `unknown flag: --format`,
		"policies STORE-01":               `unknown command "STORE-01"`,
		"policies --format sarif":         `text, json, markdown`,
		"bootstrap":                       `accepts 1 arg`,
		"bootstrap dev prod":              `accepts 1 arg`,
		"config validate":                 `accepts 1 arg`,
		"config schema partners":          `"partners"`,
		"doctor --root /nowhere/whatever": `/nowhere/whatever is not the repository`,
	} {
		code, out, faults := call(strings.Fields(line)...)
		assert.Equal(t, 2, code, line)
		assert.Empty(t, out, line)
		assert.Contains(t, faults, want, line)
		assert.Regexp(t, `^livechatctl: [^\n]+\n$`, faults, line)
	}
}

func TestEveryCommandExplainsItselfWithExamplesThatRead(t *testing.T) {
	commands := append(newRoot().Commands(), newConfig().Commands()...)
	require.GreaterOrEqual(t, len(commands), 6)
	for _, c := range append(commands, newRoot()) {
		require.NotEmpty(t, c.Example, c.Name())
		for line := range strings.Lines(c.Example) {
			words := strings.Fields(regexp.MustCompile(`\s>.*|\s{3,}.*`).ReplaceAllString(strings.TrimSpace(line), ""))
			require.Equal(t, "livechatctl", words[0], line)
			found, rest, err := newRoot().Find(words[1:])
			require.NoError(t, err, line)
			require.NoError(t, found.ParseFlags(rest), line)
			assert.NoError(t, found.ValidateArgs(found.Flags().Args()), line)

			path := strings.Fields(found.CommandPath())[1:]
			code, out, faults := call(append(path, "--help")...)
			assert.Equal(t, 0, code, line)
			assert.Contains(t, out, found.Example)
			assert.Empty(t, faults, line)
		}
	}
}

func TestAloneItIsItsHelp(t *testing.T) {
	code, out, _ := call()
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "livechatctl check cdk.out/prod")
	_, asked, _ := call("help")
	assert.Equal(t, out, asked)
}

// refusing is an output that cannot be written to.
type refusing struct{ fault error }

func (r refusing) Write([]byte) (int, error) {
	if r.fault == nil {
		panic("first line\nsecond line")
	}
	return 0, r.fault
}

func TestAReaderThatHasSeenEnoughChangesNothing(t *testing.T) {
	dir := assembly(t, weak())
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	defer writer.Close()
	program := exec.Command(os.Args[0], "check", dir)
	var faults bytes.Buffer
	program.Env, program.Stdout, program.Stderr = append(os.Environ(), asProgram+"=1"), writer, &faults
	assert.Error(t, program.Run())
	assert.Equal(t, 1, program.ProcessState.ExitCode(), "the verdict stands")
	assert.Empty(t, faults.String())
}

func TestAResultThatCannotBeWrittenIsNoResult(t *testing.T) {
	var faults bytes.Buffer
	assert.Equal(t, 2, run([]string{"policies"}, refusing{os.ErrClosed}, &faults))
	assert.Equal(t, "livechatctl: cannot write: file already closed\n", faults.String())
}

func TestAPanicIsOneLineAndExitThree(t *testing.T) {
	var faults bytes.Buffer
	assert.Equal(t, 3, run([]string{"policies"}, refusing{}, &faults))
	assert.Equal(t, "livechatctl: a fault of livechatctl itself: first line second line\n", faults.String())
}
