package postgrestest

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// LikeRDS gives the server what RDS has and PostgreSQL has not: rds_iam, the role of those whom IAM lets in, which lets nobody in here; and
// a master who makes databases and roles and lets them be members of it, and is no superuser ("Master user account privileges").
func (s *Server) LikeRDS(ctx context.Context, master, password string) error {
	conn, err := pgx.Connect(ctx, s.DSN("postgres", s.Superuser, s.Password))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	quoted, err := conn.PgConn().EscapeString(password)
	if err != nil {
		return err
	}
	name := pgx.Identifier{master}.Sanitize()
	_, err = conn.PgConn().Exec(ctx, "CREATE ROLE rds_iam;"+
		"CREATE ROLE "+name+" LOGIN CREATEROLE CREATEDB PASSWORD '"+quoted+"';"+
		"GRANT rds_iam TO "+name+" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;").ReadAll()
	return err
}
