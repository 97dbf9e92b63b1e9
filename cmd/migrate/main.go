// Migrate brings a region's database to the newest schema: the SQL that is built into it. It runs before the services are deployed,
// as a task of its own, and changes nothing where the schema is the newest already.
//
// It logs in as the database's master, whom no service knows, with the password that Secrets Manager has, to a server that proves to be RDS's.
//
// Exit codes: 0 the schema is the newest, and keeps services and tenants apart; 1 it does not; 2 the call is wrong.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"livechat.example/cloud/internal/master"
	"livechat.example/cloud/internal/schema"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) // which ECS stops a task by
	defer cancel()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, connectVault, os.Stdout, os.Stderr))
}

func connectVault(ctx context.Context) (master.Vault, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	return secretsmanager.NewFromConfig(cfg), nil
}

// The exit codes.
const (
	newest = 0
	failed = 1
	misuse = 2
)

// run is the whole program but for the process.
func run(ctx context.Context, args []string, env func(string) string, dial func(context.Context) (master.Vault, error), out, faults io.Writer) int {
	s, err := parse(args, env, out)
	if errors.Is(err, flag.ErrHelp) {
		return newest
	}
	if err != nil {
		complain(faults, err)
		return misuse
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, fmt.Errorf("it took longer than %s", s.timeout))
	defer cancel()
	if err := migrate(ctx, s, dial, out); err != nil {
		complain(faults, err)
		return failed
	}
	return newest
}

// complain in one line, however many an error has.
func complain(faults io.Writer, err error) {
	fmt.Fprintln(faults, "migrate:", strings.Join(strings.Fields(err.Error()), " "))
}

// settings are what the program is called with.
type settings struct {
	secret  string
	server  master.Server
	timeout time.Duration
}

const usage = `usage: migrate -secret NAME -address HOST:PORT -database NAME [-ca FILE] [-timeout 10m]

Brings the database to the newest schema, %d, and says what it applied. A flag may be given by the environment
instead: MIGRATE_SECRET, MIGRATE_ADDRESS, MIGRATE_DATABASE, MIGRATE_CA, MIGRATE_TIMEOUT.

  migrate -secret livechat-prod/database/master -address database.livechat-prod.internal:5432 -database livechat

`

func parse(args []string, env func(string) string, out io.Writer) (s settings, err error) {
	var address, timeout string
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // a fault is said once, by run
	flags.StringVar(&s.secret, "secret", env("MIGRATE_SECRET"), "the master's secret, by `NAME` or ARN: an object with username and password")
	flags.StringVar(&address, "address", env("MIGRATE_ADDRESS"), "the server, as `HOST:PORT`")
	flags.StringVar(&s.server.Database, "database", env("MIGRATE_DATABASE"), "the database's `NAME`")
	flags.StringVar(&s.server.CA, "ca", env("MIGRATE_CA"), "a `FILE` of the authorities, in PEM, of a server that is not RDS's")
	flags.StringVar(&timeout, "timeout", cmp.Or(env("MIGRATE_TIMEOUT"), "10m"), "how long it may take, as a `DURATION`")
	flags.Usage = func() {}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(out, usage, len(schema.Files()))
			flags.SetOutput(out)
			flags.PrintDefaults()
		}
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("%q is no flag", flags.Arg(0))
	}
	for _, required := range [][2]string{{"secret", s.secret}, {"address", address}, {"database", s.server.Database}} {
		if required[1] == "" {
			return s, fmt.Errorf("-%s is missing: see migrate -help", required[0])
		}
	}
	if s.server.Host, s.server.Port, err = split(address); err != nil {
		return s, err
	}
	if s.timeout, err = time.ParseDuration(timeout); err != nil || s.timeout <= 0 {
		return s, fmt.Errorf("-timeout %s is no duration: write 10m", timeout)
	}
	return s, nil
}

func split(address string) (string, uint16, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return "", 0, fmt.Errorf("-address %s is no host and port: write database.livechat-dev.internal:5432", address)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return "", 0, fmt.Errorf("-address %s has no port: write database.livechat-dev.internal:5432", address)
	}
	return host, uint16(port), nil
}
