package schema_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
)

// escapes are what a session of dashboard or chat that is acme's may try to get at bravo's rows, and PostgreSQL's answer: the SQLSTATE
// of a refusal, or "" where it goes through and touches nothing of bravo's.
var escapes = []struct{ service, statement, state string }{
	{"chat", "SET row_security = off; SELECT * FROM messages", "42501"},
	{"chat", "SET ROLE livechat_owner", "42501"},
	{"chat", "SET ROLE livechat_retention", "42501"},
	{"chat", "SET ROLE livechat_admin", "42501"},
	{"chat", "SET ROLE dashboard", "42501"},
	{"chat", "SET SESSION AUTHORIZATION livechat_owner", "42501"},
	{"chat", "ALTER ROLE chat BYPASSRLS", "42501"},
	{"chat", "ALTER ROLE chat SUPERUSER", "42501"},
	{"chat", "ALTER ROLE chat SET app.tenant = 'bravo'", "42501"},
	{"chat", "GRANT livechat_owner TO chat", "42501"},
	{"chat", "GRANT SELECT ON messages TO PUBLIC", ""}, // a warning: nothing was granted
	{"chat", "ALTER TABLE messages DISABLE ROW LEVEL SECURITY", "42501"},
	{"chat", "ALTER TABLE messages NO FORCE ROW LEVEL SECURITY", "42501"},
	{"chat", "DROP POLICY tenant ON messages", "42501"},
	{"chat", "CREATE POLICY mine ON messages USING (true)", "42501"},
	{"chat", "CREATE TRIGGER mine AFTER INSERT ON messages EXECUTE FUNCTION livechat.purge()", "42501"},
	{"chat", "CREATE RULE mine AS ON SELECT TO messages DO INSTEAD SELECT 1", "42501"},

	{"chat", "CREATE TABLE livechat.mine (a int)", "42501"},
	{"chat", "CREATE TABLE public.mine (a int)", "42501"},
	{"chat", "CREATE TEMP TABLE messages (body text)", "42501"},
	{"chat", "CREATE VIEW livechat.mine AS SELECT * FROM messages", "42501"},
	{"chat", "CREATE FUNCTION public.leak(text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'", "42501"},
	{"chat", "CREATE FUNCTION pg_temp.leak(text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'", "42501"},
	{"chat", "CREATE SCHEMA mine", "42501"},
	{"chat", "CREATE EXTENSION dblink", "42501"},

	{"chat", "COPY messages FROM STDIN", "42501"},
	{"chat", "COPY messages TO PROGRAM 'cat'", "42501"},
	{"chat", "COPY messages TO '/tmp/messages'", "42501"},
	{"chat", "TRUNCATE messages", "42501"},
	{"chat", "LOCK TABLE messages IN ACCESS EXCLUSIVE MODE", "42501"},
	{"chat", "DELETE FROM messages", "42501"},
	{"chat", "UPDATE messages SET body = ''", "42501"},
	{"chat", "UPDATE conversations SET tenant = 'bravo'", "42501"},
	{"chat", "UPDATE conversations SET created_at = '-infinity'", "42501"},
	{"chat", "INSERT INTO conversations (tenant, end_user, created_at) VALUES ('acme', 'a', '-infinity')", "42501"},
	{"chat", "INSERT INTO conversations (tenant, end_user) VALUES ('bravo', 'a')", "42501"},
	{"chat", "INSERT INTO messages (tenant, conversation, author, body) VALUES ('bravo', '" + row("bravo") + "', 'agent', '')", "42501"},
	{"chat", "INSERT INTO messages (tenant, conversation, author, body) VALUES ('acme', '" + row("bravo") + "', 'agent', '')", "23503"},
	{"chat", "INSERT INTO messages (tenant, conversation, message, author, body) VALUES ('acme', '" + row("acme") + "', '" + row("bravo") + "', 'agent', '') ON CONFLICT (tenant, message) DO NOTHING", ""},
	{"chat", "UPDATE conversations SET closed_at = now()", ""},
	{"chat", "SELECT 1 / (CASE WHEN body LIKE '%bravo%' THEN 0 ELSE 1 END) FROM messages", ""},
	{"chat", "SELECT body::int FROM messages WHERE tenant = 'bravo'", ""},
	{"chat", "SELECT livechat.purge(1)", "42501"},
	{"chat", "SELECT livechat.set_retention('bravo', 30)", "42501"},
	{"chat", "SELECT livechat.due_before('bravo')", "42501"},
	{"chat", "SELECT * FROM tenants", "42501"},
	{"chat", "SELECT * FROM migrations.applied", "42501"},
	{"chat", "SELECT rolpassword FROM pg_authid", "42501"},
	{"chat", "SELECT * FROM pg_statistic", "42501"},
	{"chat", "SELECT pg_read_file('/etc/passwd')", "42501"},
	{"chat", "SELECT lo_import('/etc/passwd')", "42501"},
	{"chat", "SET session_replication_role = replica", "42501"},
	{"chat", "SET log_statement = 'none'", "42501"},
	{"chat", "SET pgaudit.log = 'none'", "42501"},

	{"dashboard", "DELETE FROM agents; DELETE FROM knowledge_documents", ""},
	{"dashboard", "UPDATE agents SET name = 'mine'", ""},
	{"dashboard", "UPDATE legal_holds SET released_by = 'x', released_at = now()", ""},
	{"dashboard", "UPDATE knowledge_documents SET state = 'clean'", ""},
	{"dashboard", "DELETE FROM dashboard_audit", "42501"},
	{"dashboard", "UPDATE dashboard_audit SET actor = 'somebody else'", "42501"},
	{"dashboard", "DELETE FROM legal_holds", "42501"},
	{"dashboard", "UPDATE tenants SET retention_days = 30", "42501"},
	{"dashboard", "UPDATE agents SET tenant = 'bravo'", "42501"},
	{"dashboard", "INSERT INTO agents (tenant, agent, name, role) VALUES ('bravo', 'x', 'x', 'admin')", "42501"},
	{"dashboard", "INSERT INTO agents (tenant, agent, name, role) VALUES ('bravo', '" + row("bravo") + "', 'x', 'admin') ON CONFLICT (tenant, agent) DO UPDATE SET name = 'x'", "42501"},
	{"dashboard", "MERGE INTO agents a USING (VALUES ('bravo')) v (t) ON a.tenant = v.t WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN DO NOTHING", ""},
	{"dashboard", "INSERT INTO legal_holds (tenant, reason, placed_by) VALUES ('bravo', 'x', 'x')", "42501"},

	{"llm", "INSERT INTO messages (tenant, conversation, author, body) VALUES ('acme', '" + row("acme") + "', 'agent', '')", "42501"},
	{"llm", "SELECT * FROM conversations", "42501"},
	{"llm", "SELECT * FROM agents", "42501"},
	{"worker", "SELECT * FROM messages", "42501"},
	{"worker", "DELETE FROM messages", "42501"},
	{"worker", "SET ROLE livechat_retention", "42501"},
	{"worker", "SELECT livechat.held('acme', NULL)", "42501"},
}

func TestATenantsSessionGetsAtNothingOfAnother(t *testing.T) {
	name := populate(t)
	before := state(t, name, "bravo")
	sessions := map[string]*pgx.Conn{}
	for _, service := range services {
		sessions[service] = login(t, name, service)
	}
	for _, e := range escapes {
		conn := sessions[e.service]
		exec(t, conn, "ROLLBACK; SET app.tenant = 'acme'")
		results, err := conn.PgConn().Exec(t.Context(), "BEGIN; "+e.statement+"; COMMIT").ReadAll()
		if e.state == "" {
			assert.NoError(t, err, "%s: %s", e.service, e.statement)
		} else {
			refused(t, err, e.state, e.service+": "+e.statement)
		}
		for _, result := range results {
			assert.NotContains(t, fmt.Sprintf("%s", result.Rows), "bravo", "%s: %s", e.service, e.statement)
		}
	}
	assert.Equal(t, before, state(t, name, "bravo"))
	assert.Empty(t, ask[string](t, superuser(t, name), granted, "PUBLIC"))
}
