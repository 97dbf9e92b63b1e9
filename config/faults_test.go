package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// base is a valid environment named test, in memory: testdata/base and the certificates that it names.
func base(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	root := os.DirFS("testdata/base")
	require.NoError(t, fs.WalkDir(root, ".", func(name string, f fs.DirEntry, err error) error {
		if err != nil || f.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, name)
		put(files, name, content)
		return err
	}))
	for _, name := range []string{"acme.csr.pem", "bakery.ca.pem"} {
		put(files, "partners/"+name, pems()[name])
	}
	return files
}

func put(files fstest.MapFS, name string, content []byte) {
	files["test/"+name] = &fstest.MapFile{Data: content, Mode: 0o644}
}

func replace(t testing.TB, files fstest.MapFS, name, old, new string) {
	t.Helper()
	file := files["test/"+name]
	require.NotNil(t, file, name)
	require.Equal(t, 1, strings.Count(string(file.Data), old), "%s holds %q not exactly once", name, old)
	put(files, name, []byte(strings.Replace(string(file.Data), old, new, 1)))
}

func TestTheBaseOfTheCorpusIsValid(t *testing.T) {
	_, err := load(base(t), "envs", "test", DateOf(today))
	require.NoError(t, err)
}

// TestEveryWrongConfigurationIsReportedAtItsPlaceWithItsRemedy runs the cases of testdata/faults; its README says how one is written.
func TestEveryWrongConfigurationIsReportedAtItsPlaceWithItsRemedy(t *testing.T) {
	topics, err := filepath.Glob("testdata/faults/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, topics)
	for _, topic := range topics {
		for _, c := range casesOf(t, topic) {
			t.Run(strings.TrimSuffix(filepath.Base(topic), ".txt")+"/"+c.title, func(t *testing.T) {
				files := base(t)
				c.apply(t, files)
				_, err := load(files, "envs", "test", DateOf(today))
				require.Error(t, err)
				assert.Equal(t, strings.Join(c.want, "\n"), err.Error())
			})
		}
	}
}

// faultCase is one wrong configuration: the edits that spoil the base, and the report that they deserve.
type faultCase struct {
	title string
	edits []edit
	want  []string
}

// edit replaces old by new in a file. Without old it adds new at the file's end, and makes the file if there is none.
type edit struct{ file, verb, old, new string }

func casesOf(t testing.TB, topic string) []faultCase {
	text, err := os.ReadFile(topic)
	require.NoError(t, err)
	var cases []faultCase
	for line := range strings.Lines(string(text)) {
		sign, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if sign == "##" {
			cases = append(cases, faultCase{title: rest})
			continue
		}
		if len(cases) == 0 || sign == "" {
			continue
		}
		c := &cases[len(cases)-1]
		switch sign {
		case "in", "delete", "link", "folder":
			c.edits = append(c.edits, edit{file: rest, verb: sign})
		case "-", "+":
			c.edit(sign, rest+"\n")
		case "!":
			c.want = append(c.want, rest)
		default:
			require.Failf(t, "not a line of a case", "%s: %s", topic, line)
		}
	}
	return cases
}

// edit adds a line to the case's current edit; an old line after a new one begins another edit of the same file.
func (c *faultCase) edit(sign, line string) {
	e := &c.edits[len(c.edits)-1]
	if sign == "-" && e.new != "" {
		c.edits = append(c.edits, edit{file: e.file, verb: e.verb})
		e = &c.edits[len(c.edits)-1]
	}
	if sign == "-" {
		e.old += line
	} else {
		e.new += line
	}
}

func (c faultCase) apply(t testing.TB, files fstest.MapFS) {
	unescape := strings.NewReplacer(`\x00`, "\x00", `\xff`, "\xff", `\t`, "\t")
	for _, e := range c.edits {
		name := "test/" + e.file
		switch {
		case e.verb == "delete":
			require.Contains(t, files, name)
			delete(files, name)
		case e.verb == "link":
			files[name] = &fstest.MapFile{Data: []byte("acme.yaml"), Mode: fs.ModeSymlink | 0o777}
		case e.verb == "folder":
			files[name] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
		case e.old != "":
			replace(t, files, e.file, e.old, unescape.Replace(e.new))
		case files[name] != nil:
			put(files, e.file, append(files[name].Data, unescape.Replace(e.new)...))
		default:
			put(files, e.file, []byte(unescape.Replace(e.new)))
		}
	}
	c.certify(files)
}

// certify puts the certificates there that the case's edits name, and takes those away that nothing names any more.
func (c faultCase) certify(files fstest.MapFS) {
	for _, e := range c.edits {
		for name, content := range pems() {
			if strings.Contains(e.new, name) {
				put(files, "partners/"+name, content)
			}
			if strings.Contains(e.old, name) {
				delete(files, "test/partners/"+name)
			}
		}
	}
}
