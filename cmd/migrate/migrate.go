package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"livechat.example/cloud/internal/master"
	"livechat.example/cloud/internal/schema"
)

func migrate(ctx context.Context, s settings, dial func(context.Context) (master.Vault, error), out io.Writer) error {
	v, err := dial(ctx)
	if err != nil {
		return err
	}
	conn, err := master.Enter(ctx, s.server, v, s.secret, "migrate")
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	files := schema.Files()
	applied, err := schema.Migrate(ctx, conn, files)
	for _, f := range applied {
		fmt.Fprintln(out, "applied", f)
	}
	if err != nil {
		return err
	}
	faults, err := schema.Faults(ctx, conn)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return fmt.Errorf("services or tenants are not kept apart: %s", strings.Join(faults, "; "))
	}
	fmt.Fprintf(out, "%s has schema %d, the newest\n", s.server.Database, len(files))
	return nil
}
