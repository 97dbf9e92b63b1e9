package stamp

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAStampIsReadAsItWasWritten(t *testing.T) {
	dir := t.TempDir()
	_, err := Of(dir)
	require.ErrorIs(t, err, fs.ErrNotExist)
	s := Stamp{Environment: "prod", Inputs: "ab", Validator: true}
	require.NoError(t, s.Write(dir))
	read, err := Of(dir)
	require.NoError(t, err)
	assert.Equal(t, s, read)
}

func TestOnlyWhatNothingIsLostWithMayBeReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		says  string
	}{
		"an empty folder":            {nil, ""},
		"the CLI's locks":            {[]string{"synth.lock", "read.1.lock"}, ""},
		"an assembly":                {[]string{File, "manifest.json", "cdk.out", "dev-global-identity.template.json", "asset.0a.zip"}, ""},
		"a file beside an assembly":  {[]string{File, "manifest.json", "notes.txt"}, "holds notes.txt, which is no part of an assembly"},
		"somebody's files":           {[]string{"a.txt"}, "holds a.txt"},
		"an assembly of another app": {[]string{"cdk.out", "manifest.json"}, "no livechat.json of this program"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range c.files {
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte("{}"), 0o644))
			}
			err := MayReplace(dir)
			if c.says == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, c.says)
			}
		})
	}
	assert.NoError(t, MayReplace(filepath.Join(t.TempDir(), "absent")))
	assert.ErrorContains(t, MayReplace(os.DevNull), "is no folder")
	broken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(broken, File), []byte("{"), 0o644))
	assert.ErrorContains(t, MayReplace(broken), "of this program")
}

func TestASumIsOfNamesAndContentsWhereverTheyLie(t *testing.T) {
	sum := func(names ...string) string {
		folder := t.TempDir()
		for _, name := range names {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("content of "+name[:1]), 0o600))
		}
		sum, err := Sum(folder)
		require.NoError(t, err)
		return sum
	}
	assert.Equal(t, sum("a", "b"), sum("a", "b"))
	assert.NotEqual(t, sum("a", "b"), sum("a"))
	assert.NotEqual(t, sum("a"), sum("ab"), "another name")
	assert.NotEqual(t, sum("a"), sum("b"), "another content")
	_, err := Sum(filepath.Join(t.TempDir(), "missing"))
	assert.Error(t, err)
}
