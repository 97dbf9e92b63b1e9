package schema

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Migrate brings the database of the connection to the newest of the files, each in a transaction of its own together with the record that
// it was applied, and says which it applied. Where they all were, it changes nothing.
//
// It refuses a database that is newer than the files or that was made by other ones. Of several at once one goes first and the
// others wait for it until the context's end.
func Migrate(ctx context.Context, conn *pgx.Conn, files []File) (applied []File, err error) {
	if err := lock(ctx, conn); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock(conn)) }()
	if _, err := conn.Exec(ctx, record); err != nil {
		return nil, fmt.Errorf("make the record of what was applied: %w", err)
	}
	done, err := recorded(ctx, conn)
	if err != nil {
		return nil, err
	}
	pending, err := after(done, files)
	if err != nil {
		return nil, err
	}
	for _, f := range pending {
		if err := apply(ctx, conn, f); err != nil {
			return applied, err
		}
		applied = append(applied, f)
	}
	return applied, nil
}

// Faults are what is wrong with how a migrated database keeps services and tenants apart, each in words. There is none.
func Faults(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, isolation)
	if err != nil {
		return nil, fmt.Errorf("judge who may do what: %w", err)
	}
	faults, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("judge who may do what: %w", err)
	}
	return faults, nil
}

// key is the advisory lock's: "livechat" in ASCII.
const key = 0x6c69766563686174

// lock waits for its turn by asking again and again, so that it can say in the end whom it waited for: any login may
// take an advisory lock.
func lock(ctx context.Context, conn *pgx.Conn) error {
	holder := ""
	for {
		var mine bool
		err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(key)).Scan(&mine)
		if err == nil && mine {
			return nil
		}
		if err == nil {
			err = conn.QueryRow(ctx, holders, int64(key)).Scan(&holder)
		}
		if err == nil {
			err = sleep(ctx, 100*time.Millisecond)
		}
		if ctx.Err() != nil && holder != "" {
			return fmt.Errorf("another migration holds the schema's lock, logged in as %s: %w", holder, context.Cause(ctx))
		}
		if err != nil {
			return fmt.Errorf("lock the schema: %w", err)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

const holders = `SELECT coalesce(string_agg(usename, ', '), 'nobody any more') FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND (classid::int8 << 32) | objid::int8 = $1`

// unlock also where the context has ended.
func unlock(conn *pgx.Conn) error {
	if conn.IsClosed() {
		return nil // and the lock with it
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", int64(key))
	return err
}

// record is what tells the schema's version. Services have no right to it.
const record = `
CREATE SCHEMA IF NOT EXISTS migrations;
CREATE TABLE IF NOT EXISTS migrations.applied (
  version    integer     PRIMARY KEY,
  name       text        NOT NULL,
  sha256     text        NOT NULL,
  applied_by text        NOT NULL DEFAULT session_user,
  applied_at timestamptz NOT NULL DEFAULT now()
)`

func recorded(ctx context.Context, conn *pgx.Conn) ([]File, error) {
	rows, err := conn.Query(ctx, "SELECT version, name, sha256 FROM migrations.applied ORDER BY version")
	if err != nil {
		return nil, fmt.Errorf("read what was applied: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f File, err error) {
		return f, row.Scan(&f.Version, &f.Name, &f.SHA256)
	})
}

// after is what is still to be applied, if what was applied is the beginning of the files.
func after(done, files []File) ([]File, error) {
	if n := len(done); n > 0 && done[n-1].Version > len(files) {
		return nil, fmt.Errorf("the database has schema %d, and this program knows of none above %d: run a newer one", done[n-1].Version, len(files))
	}
	for i, d := range done {
		f := files[i]
		if d.Version != f.Version || d.Name != f.Name {
			return nil, fmt.Errorf("the database was made by %s where this program has %s", d, f)
		}
		if d.SHA256 != f.SHA256 {
			return nil, fmt.Errorf("%s was edited since it was applied: write another file instead", f)
		}
	}
	return files[len(done):], nil
}

// apply is one file in one transaction.
func apply(ctx context.Context, conn *pgx.Conn, f File) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		// The simple protocol, which takes several statements.
		if _, err := tx.Conn().PgConn().Exec(ctx, f.SQL).ReadAll(); err != nil {
			return place(f, err)
		}
		if _, err := tx.Exec(ctx, "RESET ROLE"); err != nil {
			return place(f, err)
		}
		_, err := tx.Exec(ctx, "INSERT INTO migrations.applied (version, name, sha256) VALUES ($1, $2, $3)", f.Version, f.Name, f.SHA256)
		return place(f, err)
	})
}

// place says in one line where in a file PostgreSQL found the fault.
func place(f File, err error) error {
	fault := (*pgconn.PgError)(nil)
	if !errors.As(err, &fault) {
		if err != nil {
			err = fmt.Errorf("%s: %w", f, err)
		}
		return err
	}
	where := f.String()
	if p := int(fault.Position); p > 0 {
		characters := []rune(f.SQL)
		where += fmt.Sprintf(":%d", 1+strings.Count(string(characters[:min(p-1, len(characters))]), "\n"))
	}
	return fmt.Errorf("%s: %s (SQLSTATE %s)", where, fault.Message, fault.Code)
}
