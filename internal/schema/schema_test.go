package schema

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheFilesAreNumberedWithoutAGap(t *testing.T) {
	for i, f := range Files() {
		assert.Equal(t, i+1, f.Version)
		assert.Len(t, f.SHA256, 64)
	}
}

func TestAFolderThatIsNoSchemaIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		folder fstest.MapFS
		want   string
	}{
		"nothing":     {fstest.MapFS{}, "there is no file of SQL"},
		"a gap":       {fstest.MapFS{"0001_a.sql": {}, "0003_b.sql": {}}, "0003_b.sql: the next is number 2"},
		"two of one":  {fstest.MapFS{"0001_a.sql": {}, "0001_b.sql": {}}, "0001_b.sql: the next is number 2"},
		"from zero":   {fstest.MapFS{"0000_a.sql": {}}, "0000_a.sql: the next is number 1"},
		"no number":   {fstest.MapFS{"notes.sql": {}}, "notes.sql is not named as 0001_words.sql"},
		"commit":      {fstest.MapFS{"0001_a.sql": {Data: []byte("SELECT 1;\n commit;")}}, "would end the transaction"},
		"and chain":   {fstest.MapFS{"0001_a.sql": {Data: []byte("COMMIT AND CHAIN;")}}, "would end the transaction"},
		"a new start": {fstest.MapFS{"0001_a.sql": {Data: []byte("START TRANSACTION READ ONLY;")}}, "would end the transaction"},
	} {
		_, err := Read(c.folder)
		assert.ErrorContains(t, err, c.want, name)
	}
	_, err := Read(fstest.MapFS{"0001_a.sql": {Data: []byte("DO $$\nBEGIN\n  IF true THEN PERFORM 1;\n  END IF;\nEND\n$$;")}})
	require.NoError(t, err, "the blocks of a procedure are no transactions")
}
