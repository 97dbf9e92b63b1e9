package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzEnvironment(f *testing.F) { fuzz(f, "environment.yaml") }

func FuzzPartner(f *testing.F) { fuzz(f, "partners/acme.yaml") }

func FuzzCertificateRequest(f *testing.F) { fuzz(f, "partners/acme.csr.pem") }

func FuzzCertificateAuthority(f *testing.F) { fuzz(f, "partners/bakery.ca.pem") }

// fuzz puts any bytes in a file's place: the loader may refuse them, with faults that a person can go to, but never panics.
func fuzz(f *testing.F, name string) {
	for _, seed := range seeds(f, name) {
		f.Add(seed)
	}
	valid := base(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		files := fstest.MapFS{}
		for file, data := range valid {
			files[file] = data
		}
		put(files, name, content)
		e, err := load(files, "envs", "test", DateOf(today))
		if err == nil {
			judgeLoaded(t, e)
			return
		}
		var faults Faults
		require.True(t, errors.As(err, &faults))
		require.NotEmpty(t, faults)
		for _, fault := range faults {
			judgeFault(t, fault, files)
		}
	})
}

// judgeLoaded holds what the rest of the program relies on in an environment that loaded.
func judgeLoaded(t *testing.T, e Environment) {
	require.NotEmpty(t, e.Regions)
	assert.Contains(t, AllowedRegions(), e.Primary().Name)
	assert.Len(t, e.Images, len(services))
	assert.NotEmpty(t, e.Costs())
	for _, p := range e.Partners {
		assert.Regexp(t, partnerForm.pattern, p.ID)
		assert.Contains(t, RetentionClasses, p.RetentionDays)
	}
}

// judgeFault holds a fault to one line that names a place inside an existing file.
func judgeFault(t *testing.T, fault Fault, files fstest.MapFS) {
	assert.NotContains(t, fault.Error(), "\n")
	assert.NotEmpty(t, fault.Message)
	file := files[strings.TrimPrefix(fault.File, "envs/")]
	require.NotNil(t, file, fault.File)
	if fault.Line != 0 {
		assert.GreaterOrEqual(t, fault.Column, 1, fault.Error())
		assert.LessOrEqual(t, fault.Line, max(1, len(strings.Split(string(file.Data), "\n"))), fault.Error())
	}
}

// seeds are all the files of one kind that the tests know: the committed ones, the base's, and every spoiled one of the corpus.
func seeds(f *testing.F, name string) [][]byte {
	contents := [][]byte{base(f)["test/"+name].Data}
	committed, err := filepath.Glob("environments/*/" + strings.Replace(name, "acme", "*", 1))
	require.NoError(f, err)
	for _, file := range committed {
		content, err := os.ReadFile(file)
		require.NoError(f, err)
		contents = append(contents, content)
	}
	topics, err := filepath.Glob("testdata/faults/*.txt")
	require.NoError(f, err)
	for _, topic := range topics {
		for _, c := range casesOf(f, topic) {
			files := base(f)
			c.apply(f, files)
			if file := files["test/"+name]; file != nil {
				contents = append(contents, file.Data)
			}
		}
	}
	if filepath.Ext(name) == ".pem" {
		for _, content := range pems() {
			contents = append(contents, content)
		}
	}
	for _, odd := range []string{"- - - - -", "? ? ? a", "&a &a a", "a: &a [*a]", "{a: {a: {a: ", "\ufeffid: acme", "\"\\u0000\"", "!!binary x"} {
		contents = append(contents, []byte(odd))
	}
	slices.SortFunc(contents, bytes.Compare)
	return slices.CompactFunc(contents, bytes.Equal)
}
