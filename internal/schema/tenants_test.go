package schema_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tables are those that hold what is of a tenant, and how a row of each is made by whoever may.
var tables = map[string]string{
	"conversations":       "INSERT INTO conversations (tenant, conversation, end_user) VALUES ($1, $2, 'somebody')",
	"messages":            "INSERT INTO messages (tenant, conversation, message, author, body) VALUES ($1, $2, $2, 'end-user', 'secret of ' || $1)",
	"agents":              "INSERT INTO agents (tenant, agent, name, role) VALUES ($1, $2::text, 'Ann', 'agent')",
	"dashboard_audit":     "INSERT INTO dashboard_audit (tenant, entry, actor, address, action, subject) VALUES ($1, $2, 'ann', '::1', 'look', 'x')",
	"knowledge_documents": "INSERT INTO knowledge_documents (tenant, document, file, version, sha256) VALUES ($1, $2::uuid, $2::uuid::text, '1', sha256(''))",
	"legal_holds":         "INSERT INTO legal_holds (tenant, hold, reason, placed_by) VALUES ($1, $2, 'court', 'ann')",
}

// order is that in which rows may be made.
var order = []string{"conversations", "messages", "agents", "dashboard_audit", "knowledge_documents", "legal_holds"}

// row is the id of a tenant's one row in each table.
func row(tenant string) string { return fmt.Sprintf("00000000-0000-0000-0000-%012x", tenant[0]) }

// populated is a database in which acme and bravo have a row in each table. Tests share it, so they change nothing of bravo's.
func populated(t *testing.T) string {
	t.Helper()
	once.Do(func() { shared = populate(t) })
	require.NotEmpty(t, shared, "another test could not make it")
	return shared
}

var (
	once   sync.Once
	shared string
)

func populate(t *testing.T) string {
	t.Helper()
	name := migrated(t)
	conn := superuser(t, name)
	for _, tenant := range []string{"acme", "bravo"} {
		exec(t, conn, "SELECT livechat.set_retention('"+tenant+"', 30)")
		for _, table := range order {
			_, err := conn.Exec(t.Context(), tables[table], tenant, row(tenant))
			require.NoError(t, err, table)
		}
	}
	exec(t, conn, "ANALYZE")
	return name
}

// as is a service's session that has set a tenant.
func as(t *testing.T, database, service, tenant string) *pgx.Conn {
	t.Helper()
	conn := login(t, database, service)
	exec(t, conn, "SET app.tenant = '"+tenant+"'")
	return conn
}

// readable are the tables that a service may read.
func readable(service string) (tables []string) {
	for _, right := range each(rights[service]) {
		if table, is := strings.CutPrefix(right, "SELECT "); is {
			tables = append(tables, table)
		}
	}
	return tables
}

func TestASessionSeesItsTenantsRowsAlone(t *testing.T) {
	name := populated(t)
	for _, service := range services {
		for _, tenant := range []string{"acme", "bravo"} {
			conn := as(t, name, service, tenant)
			for _, table := range readable(service) {
				assert.Equal(t, []string{tenant}, ask[string](t, conn, "SELECT tenant FROM "+table), "%s of %s in %s", service, tenant, table)
				assert.Empty(t, ask[string](t, conn, "SELECT tenant FROM "+table+" WHERE tenant <> '"+tenant+"'"))
			}
		}
	}
}

func TestASessionWithoutATenantSeesAndWritesNothing(t *testing.T) {
	name := populated(t)
	for _, service := range services {
		conn := login(t, name, service)
		for _, setting := range []string{"SELECT 1", "SET app.tenant = ''", "BEGIN; SET LOCAL app.tenant = 'acme'; COMMIT", "SET app.tenant = 'acme'; RESET ALL", "SET app.tenant = 'acme'; DISCARD ALL", "SET app.tenant = 'nobody'", "SET app.tenant = '%'"} {
			exec(t, conn, "DISCARD ALL")
			for statement := range strings.SplitSeq(setting, ";") {
				exec(t, conn, statement)
			}
			for _, table := range readable(service) {
				assert.Empty(t, ask[string](t, conn, "SELECT tenant FROM "+table), "%s in %s after %s", service, table, setting)
			}
		}
	}
	_, err := login(t, name, "chat").Exec(t.Context(), tables["conversations"], "acme", "00000000-0000-0000-0000-0000000000ff")
	refused(t, err, "42501", "a row of a tenant that was not set")
}

// state is all that a tenant has.
func state(t *testing.T, name, tenant string) (rows []string) {
	t.Helper()
	conn := superuser(t, name)
	for _, table := range append(order, "tenants") {
		rows = append(rows, ask[string](t, conn, "SELECT '"+table+"' || r::text FROM "+table+" r WHERE tenant = $1 ORDER BY 1", tenant)...)
	}
	return rows
}

func refused(t *testing.T, err error, state, message string) {
	t.Helper()
	fault := (*pgconn.PgError)(nil)
	if assert.ErrorAs(t, err, &fault, message) {
		assert.Equal(t, state, fault.Code, "%s: %s", message, fault.Message)
	}
}

func TestTheStatisticsOfATableTellNobodyWhatIsInIt(t *testing.T) {
	name := populated(t)
	for _, service := range services {
		conn := as(t, name, service, "acme")
		assert.Empty(t, ask[string](t, conn, "SELECT attname::text FROM pg_stats WHERE schemaname = 'livechat'"), service)
		assert.Empty(t, ask[string](t, conn, "SELECT statistics_name::text FROM pg_stats_ext"), service)
	}
	assert.NotEmpty(t, ask[string](t, superuser(t, name), "SELECT attname::text FROM pg_stats WHERE schemaname = 'livechat'"), "there are some")
}

func TestTheOwnerItselfSeesNoRow(t *testing.T) {
	name := populated(t)
	conn := login(t, name, master)
	exec(t, conn, "SET ROLE livechat_owner; SET app.tenant = 'acme'")
	for _, table := range order {
		assert.Empty(t, ask[string](t, conn, "SELECT tenant FROM "+table), table)
	}
	_, err := login(t, name, master).Exec(t.Context(), "SELECT * FROM livechat.messages")
	refused(t, err, "42501", "the master has no right to the tables of its own")
}

func TestNobodyGetsInWithoutTLS(t *testing.T) {
	name := populated(t)
	for _, user := range append([]string{master}, services...) {
		config, err := pgx.ParseConfig(server.DSN(name, user, password))
		require.NoError(t, err)
		config.TLSConfig = nil
		_, err = pgx.ConnectConfig(t.Context(), config)
		require.ErrorContains(t, err, "no encryption", user)
	}
}
