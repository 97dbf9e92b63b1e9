package estate

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/generate"
	"livechat.example/cloud/test/shipped"
)

// newcomer is the id of the partner whose file withNewcomer adds.
const newcomer = "partner-0007"

// withNewcomer returns the estate of a copy of dev's configuration to which the file of one more partner was added.
func withNewcomer(t *testing.T) *template.Estate {
	t.Helper()
	configuration := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(configuration, "dev"), os.DirFS(filepath.Join(shipped.Root, "config", "environments", "dev"))))
	require.NoError(t, generate.Partner(filepath.Join(configuration, "dev", "partners"), 7))
	out := filepath.Join(t.TempDir(), "dev")
	shipped.Synthesize(t, "dev", out, "-config", configuration)
	e, err := template.Read(out)
	require.NoError(t, err)
	return e
}

func TestOnePartnerMoreChangesNothingOfAnother(t *testing.T) {
	before, after := shipped.Estate(t, "dev"), withNewcomer(t)
	var more []string
	for _, s := range after.Stacks() {
		was := before.Stack(s.Name)
		require.NotNil(t, was, s.Name)
		for _, r := range was.Resources() {
			is := s.Resource(r.ID)
			if assert.NotNil(t, is, "%s is gone", r) {
				assert.True(t, reflect.DeepEqual(r.Raw(), is.Raw()), "%s is another", r)
			}
		}
		for _, r := range s.Resources() {
			if was.Resource(r.ID) == nil {
				more = append(more, s.Name)
				assert.Contains(t, r.Path, "/"+newcomer+"/", "%s is nothing of the partner's", r)
			}
		}
		if same := reflect.DeepEqual(was.Template(), s.Template()); !same {
			assert.Contains(t, more, s.Name, "%s is another, and has nothing of the partner's", s.Name)
			assert.Equal(t, was.Intent().Get("regions").Any(), s.Intent().Get("regions").Any())
		}
	}
	require.NotEmpty(t, more)
	for _, name := range more {
		assert.Equal(t, more[0], name, "a partner is in one stack")
	}
}

// What is left of a partner whose file was removed is what there was before it came.
func TestTheFileOfAPartnerIsAllThatKeepsHisRecord(t *testing.T) {
	records := func(e *template.Estate) (all []string) {
		for r := range e.All("Custom::Partner") {
			assert.Empty(t, r.DeletionPolicy(), "%s stays when its file has gone", r)
			all = append(all, r.Get("Partner").Text())
		}
		return all
	}
	assert.ElementsMatch(t, append(records(shipped.Estate(t, "dev")), newcomer), records(withNewcomer(t)))
}
