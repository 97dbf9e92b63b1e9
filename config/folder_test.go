package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onDisk writes the base's environment to a folder of the operating system.
func onDisk(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	require.NoError(t, os.CopyFS(root, base(t)))
	return root
}

func TestAnEnvironmentLoadsFromAFolder(t *testing.T) {
	_, err := Load(onDisk(t), "test", today)
	require.NoError(t, err)
}

func TestAnUnknownEnvironmentIsMetWithTheKnownOnes(t *testing.T) {
	for name, want := range map[string]string{
		"prd":         `environments: unknown environment "prd"; did you mean "prod"?`,
		"production1": `environments: unknown environment "production1"; it is one of dev, prod, prod-eu, staging`,
		"":            `environments: unknown environment ""; it is one of dev, prod, prod-eu, staging`,
		"../config":   `environments: unknown environment "../config"; it is one of dev, prod, prod-eu, staging`,
	} {
		_, err := Load("environments", name, today)
		assert.EqualError(t, err, want)
	}
}

func TestAMissingRootIsSaid(t *testing.T) {
	root := filepath.Join(t.TempDir(), "nowhere")
	_, err := Load(root, "dev", today)
	assert.EqualError(t, err, root+": cannot be read; it is the folder of the environments")
	_, err = Environments(root)
	assert.EqualError(t, err, root+": cannot be read; it is the folder of the environments")
}

func TestAnEmptyRootIsSaid(t *testing.T) {
	root := t.TempDir()
	_, err := Load(root, "dev", today)
	assert.EqualError(t, err, root+": holds no environment: no folder with an environment.yaml")
}

func TestALinkedEnvironmentIsNotFollowed(t *testing.T) {
	root := onDisk(t)
	require.NoError(t, os.Symlink("test", filepath.Join(root, "alias")))
	names, err := Environments(root)
	require.NoError(t, err)
	assert.Equal(t, []string{"test"}, names)
}

func TestALinkOutOfTheFolderIsNotRead(t *testing.T) {
	root := onDisk(t)
	secret := filepath.Join(t.TempDir(), "secret.yaml")
	require.NoError(t, os.WriteFile(secret, []byte("password: hunter2\n"), 0o600))
	require.NoError(t, os.Symlink(secret, filepath.Join(root, "test", "partners", "crate.yaml")))
	_, err := Load(root, "test", today)
	assert.EqualError(t, err, root+"/test/partners/crate.yaml:1:1: is not a regular file; links are not followed")
}

func TestALinkedPartnersFolderIsNotFollowed(t *testing.T) {
	root := onDisk(t)
	partners := filepath.Join(root, "test", "partners")
	require.NoError(t, os.Rename(partners, filepath.Join(root, "elsewhere")))
	require.NoError(t, os.Symlink("../elsewhere", partners))
	require.NoError(t, os.WriteFile(filepath.Join(root, "elsewhere", "acme.yaml"), []byte("wrong: yes"), 0o644))
	_, err := Load(root, "test", today)
	assert.ErrorContains(t, err, "partners: is a link, which is not followed; put the file itself here")
	assert.NotContains(t, err.Error(), "acme.yaml")
}

func TestAHugeFileIsRefusedUnread(t *testing.T) {
	root := onDisk(t)
	file := filepath.Join(root, "test", "environment.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.Repeat("# much\n", 20_000)), 0o644))
	_, err := Load(root, "test", today)
	assert.ErrorContains(t, err, file+":1:1: is larger than 65536 bytes; split or shorten it")
}

func TestAnEnvironmentsFolderHasAShortPlainName(t *testing.T) {
	for _, name := range []string{"Test", "te_st", "an-environment-too-long", "1test"} {
		root := onDisk(t)
		require.NoError(t, os.Rename(filepath.Join(root, "test"), filepath.Join(root, name)))
		_, err := Load(root, name, today)
		assert.ErrorContains(t, err, "the folder's name \""+name+"\" is not lower-case words joined by dashes, 16 characters at most")
	}
}

func TestProdMayNotBeEphemeral(t *testing.T) {
	for name, refused := range map[string]bool{"prod": true, "prod-eu": true, "demo": false} {
		root := onDisk(t)
		require.NoError(t, os.Rename(filepath.Join(root, "test"), filepath.Join(root, name)))
		file := filepath.Join(root, name, "environment.yaml")
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, append(content, "ephemeral: true\n"...), 0o644))
		_, err = Load(root, name, today)
		if refused {
			assert.EqualError(t, err, file+":51:12: "+name+" cannot be ephemeral: its stacks are protected from deletion; remove the line")
		} else {
			assert.NoError(t, err)
		}
	}
}

func TestAnEphemeralEnvironmentMayUseMadeUpDigests(t *testing.T) {
	files := base(t)
	replace(t, files, "environment.yaml", "6e6f44f7cfc4913db5fdcae90fb8a4c896ae395b44bfff2ff57aab29f8185a17", strings.Repeat("0", 64))
	put(files, "environment.yaml", append(files["test/environment.yaml"].Data, "ephemeral: true\n"...))
	_, err := load(files, "envs", "test", DateOf(today))
	assert.NoError(t, err)
}

func TestAnEnvironmentMayHaveNoPartnerYet(t *testing.T) {
	root := onDisk(t)
	require.NoError(t, os.RemoveAll(filepath.Join(root, "test", "partners")))
	file := filepath.Join(root, "test", "environment.yaml")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(content), "partnerCAs:\n- bakery\n", "", 1)), 0o644))
	e, err := Load(root, "test", today)
	require.NoError(t, err)
	assert.Empty(t, e.Partners)
}
