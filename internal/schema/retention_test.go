package schema_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// made are rows of two tenants, one that keeps 30 days and one that keeps a year: the table, the tenant, the row's age in days, and
// whether it is due. A row is called by the order of them.
var made = []struct {
	table, tenant string
	age           int
	due           bool
}{
	{"conversations", "month", 31, true},
	{"conversations", "month", 29, false},
	{"conversations", "month", 31, false}, // it has a message that is not due
	{"conversations", "month", 31, false}, // it is held
	{"conversations", "year", 31, false},
	{"conversations", "year", 366, true},
	{"conversations", "held", 9999, false},
	{"knowledge_documents", "month", 31, true},
	{"knowledge_documents", "month", 29, false},
	{"knowledge_documents", "year", 31, false},
	{"knowledge_documents", "held", 9999, false},
	{"dashboard_audit", "month", 31, false}, // kept for longer than what it is about
	{"dashboard_audit", "month", 401, true},
	{"dashboard_audit", "held", 9999, false},
	{"agents", "month", 31, true},
	{"agents", "month", 29, false},
	{"agents", "held", 9999, false},
}

// id is the id of the row that was made as the i-th.
func id(i int) string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", i) }

// aged is a database with the rows that were made, each conversation with a message as old as itself, and one of them with a younger one.
func aged(t *testing.T) string {
	t.Helper()
	name := migrated(t)
	conn := superuser(t, name)
	exec(t, conn, "SELECT livechat.set_retention('month', 30), livechat.set_retention('year', 365), livechat.set_retention('held', 30)")
	age := map[string]string{"agents": "disabled_at"}
	for i, m := range made {
		into := []string{m.table}
		if m.table == "conversations" {
			into = append(into, "messages")
		}
		for _, table := range into {
			_, err := conn.Exec(t.Context(), tables[table], m.tenant, id(i))
			require.NoError(t, err, table)
			column := age[table]
			if column == "" {
				column = "created_at"
			}
			exec(t, conn, fmt.Sprintf("UPDATE %s SET %s = now() - interval '%d days' WHERE %s::text = '%s'", table, column, m.age, keys[table], id(i)))
		}
	}
	exec(t, conn, fmt.Sprintf("INSERT INTO messages (tenant, conversation, author, body) VALUES ('month', '%s', 'agent', 'young')", id(2)))
	exec(t, conn, fmt.Sprintf("INSERT INTO legal_holds (tenant, conversation, reason, placed_by) VALUES ('month', '%s', 'court', 'ann')", id(3)))
	exec(t, conn, "INSERT INTO legal_holds (tenant, reason, placed_by) VALUES ('held', 'court', 'ann')")
	exec(t, conn, "INSERT INTO legal_holds (tenant, reason, placed_by, released_by, released_at) VALUES ('year', 'court', 'ann', 'ann', now())")
	return name
}

// keys are the columns that tell a table's rows of one tenant apart.
var keys = map[string]string{"conversations": "conversation", "messages": "message", "knowledge_documents": "document", "dashboard_audit": "entry", "agents": "agent"}

// kept are the rows of a table.
func kept(t *testing.T, name, table string) []string {
	t.Helper()
	return ask[string](t, superuser(t, name), "SELECT tenant || ' ' || "+keys[table]+" FROM "+table+" ORDER BY 1")
}

// want are the rows of a table that are not due.
func want(table string) (rows []string) {
	for i, m := range made {
		if m.table == table && !m.due {
			rows = append(rows, m.tenant+" "+id(i))
		}
	}
	slices.Sort(rows)
	return rows
}

func TestThePurgeTakesWhatIsDueAndNothingElse(t *testing.T) {
	name := aged(t)
	worker := login(t, name, "worker")
	report := purge(t, worker, 10000)
	assert.Equal(t, []string{
		"month messages 2", "month conversations 1", "month knowledge_documents 1", "month agents 1", "month dashboard_audit 1",
		"year messages 1", "year conversations 1",
	}, report)
	for table := range keys {
		if table != "messages" {
			assert.Equal(t, want(table), kept(t, name, table), table)
		}
	}
	assert.Len(t, kept(t, name, "messages"), 5, "those of the conversations that are kept, but for the old one of the conversation that goes on")
	assert.Empty(t, purge(t, worker, 10000))

	exec(t, as(t, name, "dashboard", "held"), "UPDATE legal_holds SET released_by = 'ann', released_at = now()")
	assert.Equal(t, []string{"held messages 1", "held conversations 1", "held knowledge_documents 1", "held agents 1", "held dashboard_audit 1"}, purge(t, worker, 10000))
}

func TestThePurgeTakesNoMoreThanItIsTold(t *testing.T) {
	name := aged(t)
	worker := login(t, name, "worker")
	total := 0
	for range 20 {
		report := purge(t, worker, 1)
		if len(report) == 0 {
			break
		}
		assert.Len(t, report, 1)
		total++
	}
	assert.Equal(t, 8, total)
	for _, most := range []string{"0", "-1", "10001", "NULL"} {
		_, err := worker.Exec(t.Context(), "SELECT purge("+most+")")
		refused(t, err, "22023", most)
	}
}

// purge is the worker's, as "tenant table rows".
func purge(t *testing.T, worker *pgx.Conn, most int) []string {
	t.Helper()
	return ask[string](t, worker, "SELECT of_tenant || ' ' || relation || ' ' || purged FROM purge($1)", most)
}

// Whatever the functions say, their owner's policies keep what is not due.
func TestWhoPurgesCannotDeleteWhatIsNotDueByAnyOtherWay(t *testing.T) {
	name := aged(t)
	conn := superuser(t, name)
	exec(t, conn, "SET ROLE livechat_retention")
	for _, table := range []string{"messages", "conversations", "knowledge_documents", "dashboard_audit", "agents"} {
		statement := "DELETE FROM " + table
		if table == "conversations" {
			statement += fmt.Sprintf(" WHERE conversation <> '%s'", id(2)) // which its message keeps
		}
		exec(t, conn, statement)
		if table != "messages" {
			assert.Equal(t, want(table), kept(t, name, table), table)
		}
	}
	assert.Len(t, kept(t, name, "messages"), 5)
	for _, statement := range []string{"SELECT body FROM messages", "SELECT end_user FROM conversations", "SELECT name FROM agents", "DELETE FROM legal_holds",
		"UPDATE legal_holds SET released_at = now()", "DELETE FROM tenants", "UPDATE messages SET created_at = '-infinity'", "TRUNCATE messages"} {
		_, err := conn.Exec(t.Context(), statement)
		refused(t, err, "42501", statement)
	}
}

func TestAShorterRetentionTakesEffectAtTheNextPurge(t *testing.T) {
	name := aged(t)
	worker := login(t, name, "worker")
	purge(t, worker, 10000)
	exec(t, worker, "SELECT set_retention('year', 30)")
	assert.Equal(t, []string{"year messages 1", "year conversations 1", "year knowledge_documents 1"}, purge(t, worker, 10000))
	for _, bad := range []string{"'year', 29", "'year', NULL", "NULL, 30", "'', 30", "'A B', 30", "'ab', 30"} {
		_, err := worker.Exec(t.Context(), "SELECT set_retention("+bad+")")
		require.Error(t, err, bad)
	}
}
