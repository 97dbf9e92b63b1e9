package schema_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/postgrestest"
	"livechat.example/cloud/internal/schema"
)

// server is one for all tests of the package, with what RDS has and PostgreSQL has not: the role of those that IAM lets in, and a master
// who is no superuser.
var server *postgrestest.Server

const (
	master   = "livechat_admin"
	password = "only-for-this-test"
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		s, err := postgrestest.New()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer s.Stop()
		server = s
		if err := s.LikeRDS(context.Background(), master, password); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// database is an empty one of the master's.
func database(t *testing.T) string {
	t.Helper()
	name := "db_" + strings.ToLower(rand.Text())
	exec(t, login(t, "postgres", master), `CREATE DATABASE "`+name+`"`)
	return name
}

// migrated is a database of the newest schema.
func migrated(t *testing.T) string {
	t.Helper()
	name := database(t)
	_, err := schema.Migrate(t.Context(), login(t, name, master), schema.Files())
	require.NoError(t, err)
	admit(t)
	return name
}

// admit lets the services in by a password, as RDS does by a token of IAM.
func admit(t *testing.T) {
	t.Helper()
	for _, service := range services {
		exec(t, login(t, "postgres", master), "ALTER ROLE "+service+" PASSWORD '"+password+"'")
	}
}

var services = []string{"chat", "dashboard", "llm", "worker"}

// login is a session of a user, until the test ends.
func login(t *testing.T, database, user string) *pgx.Conn {
	t.Helper()
	return connect(t, server.DSN(database, user, password))
}

// superuser is a session that no right and no policy binds.
func superuser(t *testing.T, database string) *pgx.Conn {
	t.Helper()
	return connect(t, server.DSN(database, server.Superuser, server.Password))
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	require.NoError(t, err)
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // nothing is prepared that a test could discard
	conn, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// exec runs statements that must succeed.
func exec(t *testing.T, conn *pgx.Conn, statements string) {
	t.Helper()
	_, err := conn.PgConn().Exec(t.Context(), statements).ReadAll()
	require.NoError(t, err, statements)
}

// ask is the one column of a query that must succeed.
func ask[T any](t *testing.T, conn *pgx.Conn, query string, arguments ...any) []T {
	t.Helper()
	rows, err := conn.Query(t.Context(), query, arguments...)
	require.NoError(t, err, query)
	values, err := pgx.CollectRows(rows, pgx.RowTo[T])
	require.NoError(t, err, query)
	return values
}
