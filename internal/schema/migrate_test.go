package schema_test

import (
	"context"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/schema"
)

func TestTheSecondMigrationChangesNothing(t *testing.T) {
	name := database(t)
	conn := login(t, name, master)
	applied, err := schema.Migrate(t.Context(), conn, schema.Files())
	require.NoError(t, err)
	assert.Equal(t, schema.Files(), applied)
	faults, err := schema.Faults(t.Context(), conn)
	require.NoError(t, err)
	assert.Empty(t, faults)

	catalog := everything(t, name)
	applied, err = schema.Migrate(t.Context(), conn, schema.Files())
	require.NoError(t, err)
	assert.Empty(t, applied)
	assert.Equal(t, catalog, everything(t, name))
}

// everything is each row of the catalogs that a change of the schema writes, by the transaction that wrote it.
func everything(t *testing.T, name string) []string {
	t.Helper()
	conn := superuser(t, name)
	var rows []string
	for _, catalog := range []string{"pg_class", "pg_attribute", "pg_proc", "pg_policy", "pg_namespace", "pg_authid", "pg_auth_members", "pg_default_acl", "pg_constraint", "migrations.applied"} {
		rows = append(rows, ask[string](t, conn, "SELECT tableoid::regclass || ' ' || ctid || ' ' || xmin FROM "+catalog+" ORDER BY 1")...)
	}
	return rows
}

func TestOfTwoMigrationsAtOnceOneDoesTheWork(t *testing.T) {
	name := database(t)
	var all sync.WaitGroup
	counts, faults := make([]int, 4), make([]error, 4)
	for i := range counts {
		conn := login(t, name, master)
		all.Go(func() {
			applied, err := schema.Migrate(t.Context(), conn, schema.Files())
			counts[i], faults[i] = len(applied), err
		})
	}
	all.Wait()
	for _, err := range faults {
		require.NoError(t, err)
	}
	assert.ElementsMatch(t, []int{0, 0, 0, len(schema.Files())}, counts)
}

func TestAMigrationSaysWhomItWaitedFor(t *testing.T) {
	name := database(t)
	conn := login(t, name, master)
	exec(t, superuser(t, name), "SELECT pg_advisory_lock(x'6c69766563686174'::int8)")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := schema.Migrate(ctx, conn, schema.Files())
	require.ErrorContains(t, err, "another migration holds the schema's lock, logged in as "+server.Superuser)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAMigrationLeavesNoLockBehind(t *testing.T) {
	name := migrated(t)
	assert.Empty(t, ask[int32](t, superuser(t, name), "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"))
}

func TestANewerSchemaIsRefused(t *testing.T) {
	name := database(t)
	conn := login(t, name, master)
	files := toy(t, "CREATE TABLE one ()", "CREATE TABLE two ()", "CREATE TABLE three ()")
	_, err := schema.Migrate(t.Context(), conn, files)
	require.NoError(t, err)
	applied, err := schema.Migrate(t.Context(), conn, files[:2])
	require.EqualError(t, err, "the database has schema 3, and this program knows of none above 2: run a newer one")
	assert.Empty(t, applied)
}

func TestAnEditedFileIsRefused(t *testing.T) {
	name := database(t)
	conn := login(t, name, master)
	_, err := schema.Migrate(t.Context(), conn, toy(t, "CREATE TABLE one ()"))
	require.NoError(t, err)
	applied, err := schema.Migrate(t.Context(), conn, toy(t, "CREATE TABLE one (a int)", "CREATE TABLE two ()"))
	require.EqualError(t, err, "0001_a.sql was edited since it was applied: write another file instead")
	assert.Empty(t, applied)
}

func TestADatabaseMadeByOtherFilesIsRefused(t *testing.T) {
	name := database(t)
	conn := login(t, name, master)
	_, err := schema.Migrate(t.Context(), conn, toy(t, "CREATE TABLE one ()", "CREATE TABLE two ()"))
	require.NoError(t, err)
	exec(t, conn, "UPDATE migrations.applied SET name = 'other' WHERE version = 1")
	_, err = schema.Migrate(t.Context(), conn, toy(t, "CREATE TABLE one ()", "CREATE TABLE two ()"))
	require.EqualError(t, err, "the database was made by 0001_other.sql where this program has 0001_a.sql")
	exec(t, conn, "DELETE FROM migrations.applied WHERE version = 1")
	_, err = schema.Migrate(t.Context(), conn, toy(t, "CREATE TABLE one ()", "CREATE TABLE two ()"))
	require.EqualError(t, err, "the database was made by 0002_b.sql where this program has 0001_a.sql")
}

func TestNothingOfAFileThatFailsIsKept(t *testing.T) {
	name := database(t)
	conn := login(t, name, master)
	applied, err := schema.Migrate(t.Context(), conn, toy(t, "CREATE TABLE one ();", "CREATE TABLE two ();\n\nCREATE TABLE ünï ();\nCREATE TABEL three ();"))
	require.EqualError(t, err, `0002_b.sql:4: syntax error at or near "TABEL" (SQLSTATE 42601)`)
	assert.Len(t, applied, 1)
	applied, err = schema.Migrate(t.Context(), conn, toy(t, "CREATE TABLE one ();", "CREATE TABLE two ();\nSELECT 1 / 0;"))
	require.EqualError(t, err, `0002_b.sql: division by zero (SQLSTATE 22012)`)
	assert.Empty(t, applied)
	assert.Equal(t, []string{"one"}, ask[string](t, conn, "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"))

	applied, err = schema.Migrate(t.Context(), conn, toy(t, "CREATE TABLE one ();", "CREATE TABLE two ();"))
	require.NoError(t, err, "what was mended goes on from there")
	assert.Len(t, applied, 1)
}

func TestAMigrationThatIsCutOffIsTakenUpAgain(t *testing.T) {
	name := database(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	conn := login(t, name, master)
	files := toy(t, "CREATE TABLE one ()", "CREATE TABLE two (); SELECT pg_sleep(60)")
	_, err := schema.Migrate(ctx, conn, files)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = schema.Migrate(t.Context(), login(t, name, master), toy(t, "CREATE TABLE one ()", "CREATE TABLE two ()"))
	require.NoError(t, err)
}

// toy are files of the statements: 0001_a.sql, 0002_b.sql and so on.
func toy(t *testing.T, statements ...string) []schema.File {
	t.Helper()
	folder := fstest.MapFS{}
	for i, s := range statements {
		folder["000"+string(rune('1'+i))+"_"+string(rune('a'+i))+".sql"] = &fstest.MapFile{Data: []byte(s)}
	}
	files, err := schema.Read(folder)
	require.NoError(t, err)
	return files
}
