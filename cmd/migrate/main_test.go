package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/master"
	"livechat.example/cloud/internal/postgrestest"
	"livechat.example/cloud/internal/schema"
)

var server *postgrestest.Server

const password = "only-for-this-test"

func TestMain(m *testing.M) {
	os.Exit(func() int {
		s, err := postgrestest.New()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer s.Stop()
		server = s
		if err := s.LikeRDS(context.Background(), "livechat_admin", password); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// secrets are the versions of the master's secret, by their labels.
type secrets map[string]string

func (s secrets) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	text, is := s[*in.VersionStage]
	if *in.SecretId != "livechat-test/database/master" || !is {
		return nil, &types.ResourceNotFoundException{Message: new("Secrets Manager can't find the specified secret.")}
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: &text}, nil
}

func value(password string) string {
	return fmt.Sprintf(`{"username":"livechat_admin","password":%q}`, password)
}

// call is a run of the program, with what is in the environment, against a database of the test's own.
func call(t *testing.T, v secrets, env map[string]string, args ...string) (code int, out, faults string) {
	t.Helper()
	var o, f bytes.Buffer
	code = run(t.Context(), args, func(name string) string { return env[name] }, func(context.Context) (master.Vault, error) { return v, nil }, &o, &f)
	assert.NotContains(t, o.String()+f.String(), password)
	assert.LessOrEqual(t, strings.Count(f.String(), "\n"), 1, f.String())
	return code, o.String(), f.String()
}

// settingsFor are the environment of a call that is right.
func settingsFor(t *testing.T, name string) map[string]string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server.DSN("postgres", "livechat_admin", password))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	return map[string]string{
		"MIGRATE_SECRET": "livechat-test/database/master", "MIGRATE_ADDRESS": net.JoinHostPort("localhost", strconv.Itoa(server.Port)),
		"MIGRATE_DATABASE": name, "MIGRATE_CA": server.CAFile,
	}
}

func TestTheSecondRunSaysThatTheSchemaIsTheNewest(t *testing.T) {
	env := settingsFor(t, "twice")
	code, out, faults := call(t, secrets{"AWSCURRENT": value(password)}, env)
	assert.Equal(t, newest, code, faults)
	var want strings.Builder
	for _, f := range schema.Files() {
		fmt.Fprintln(&want, "applied", f)
	}
	last := fmt.Sprintf("twice has schema %d, the newest\n", len(schema.Files()))
	assert.Equal(t, want.String()+last, out)

	code, out, faults = call(t, secrets{"AWSCURRENT": value(password)}, env)
	assert.Equal(t, newest, code, faults)
	assert.Equal(t, last, out)
}

func TestWhileThePasswordIsRotatedTheNewOneIsTried(t *testing.T) {
	env := settingsFor(t, "rotated")
	code, _, faults := call(t, secrets{"AWSCURRENT": value("former"), "AWSPENDING": value(password)}, env)
	assert.Equal(t, newest, code, faults)
	// A rotation that was broken off has left its label to the next.
	code, _, faults = call(t, secrets{"AWSCURRENT": value("former"), "LIVECHATTOLD": value("never told"), "LIVECHATKNOWN": value(password)}, env)
	assert.Equal(t, newest, code, faults)
	for _, v := range []secrets{{"AWSCURRENT": value("former")}, {"AWSCURRENT": value("former"), "AWSPENDING": value("other")}} {
		code, _, faults = call(t, v, env)
		assert.Equal(t, failed, code)
		assert.Contains(t, faults, "password authentication failed")
	}
}

func TestASecretThatIsNoneIsRefusedWithoutTellingIt(t *testing.T) {
	env := settingsFor(t, "nosecret")
	for _, text := range []string{"", password, `"` + password + `"`, `{"username":"livechat_admin"}`, `{"password":"` + password + `"}`} {
		code, _, faults := call(t, secrets{"AWSCURRENT": text}, env)
		assert.Equal(t, failed, code)
		assert.Equal(t, "migrate: AWSCURRENT of livechat-test/database/master is no object with username and password\n", faults)
	}
	code, _, faults := call(t, secrets{}, env)
	assert.Equal(t, failed, code)
	assert.Contains(t, faults, "migrate: read AWSCURRENT of livechat-test/database/master: ResourceNotFoundException")
}

func TestAServerThatDoesNotProveWhoItIsGetsNoPassword(t *testing.T) {
	env := settingsFor(t, "unproven")
	other := postgrestest.Start(t)
	for variable, c := range map[string]struct{ value, want string }{
		"MIGRATE_CA":      {other.CAFile, "certificate signed by unknown authority"},
		"MIGRATE_ADDRESS": {under(t, "127.0.0.2"), "certificate is valid for 127.0.0.1, not 127.0.0.2"},
	} {
		changed := maps.Clone(env)
		changed[variable] = c.value
		code, _, faults := call(t, secrets{"AWSCURRENT": value(password)}, changed)
		assert.Equal(t, failed, code)
		assert.Contains(t, faults, c.want)
	}
	changed := maps.Clone(env)
	changed["MIGRATE_CA"] = "" // RDS's own
	code, _, faults := call(t, secrets{"AWSCURRENT": value(password)}, changed)
	assert.Equal(t, failed, code)
	assert.NotEmpty(t, faults)

	code, _, _ = call(t, secrets{"AWSCURRENT": value(password)}, env)
	assert.Equal(t, newest, code)
}

// under is another address that leads to the server.
func under(t *testing.T, host string) string {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", net.JoinHostPort(server.Host, strconv.Itoa(server.Port)))
			if err != nil {
				_ = near.Close()
				continue
			}
			go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
			go func() { _, _ = io.Copy(near, far); _ = near.Close() }()
		}
	}()
	return listener.Addr().String()
}

func TestADatabaseThatDoesNotKeepTenantsApartFails(t *testing.T) {
	env := settingsFor(t, "apart")
	call(t, secrets{"AWSCURRENT": value(password)}, env)
	conn, err := pgx.Connect(t.Context(), server.DSN("apart", server.Superuser, server.Password))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), "ALTER TABLE livechat.messages DISABLE ROW LEVEL SECURITY")
	require.NoError(t, err)
	code, out, faults := call(t, secrets{"AWSCURRENT": value(password)}, env)
	assert.Equal(t, failed, code)
	assert.Empty(t, out)
	assert.Equal(t, "migrate: services or tenants are not kept apart: livechat.messages does not hold its rows apart\n", faults)
}

func TestACallThatIsWrongSaysHow(t *testing.T) {
	right := []string{"-secret", "s", "-address", "localhost:5432", "-database", "d"}
	for want, args := range map[string][]string{
		"-secret is missing: see migrate -help":               nil,
		"-address is missing: see migrate -help":              {"-secret", "s"},
		"-database is missing: see migrate -help":             {"-secret", "s", "-address", "localhost:5432"},
		"flag provided but not defined: -x":                   {"-x"},
		`"now" is no flag`:                                    append(right, "now"),
		"-timeout soon is no duration: write 10m":             append(right, "-timeout", "soon"),
		"-timeout -1s is no duration: write 10m":              append(right, "-timeout", "-1s"),
		"-address localhost is no host and port: write data":  append(right, "-address", "localhost"),
		"-address :5432 is no host and port: write database.": append(right, "-address", ":5432"),
		"-address localhost:0 has no port":                    append(right, "-address", "localhost:0"),
	} {
		code, out, faults := call(t, nil, nil, args...)
		assert.Equal(t, misuse, code, args)
		assert.Empty(t, out)
		assert.True(t, strings.HasPrefix(faults, "migrate: "+want), faults)
	}
	code, out, faults := call(t, nil, nil, "-help")
	assert.Equal(t, newest, code)
	assert.Contains(t, out, "-timeout DURATION")
	assert.Empty(t, faults)
}

func TestAnAccountThatCannotBeReachedFails(t *testing.T) {
	var out, faults bytes.Buffer
	dial := func(context.Context) (master.Vault, error) { return nil, errors.New("no credentials") }
	code := run(t.Context(), []string{"-secret", "s", "-address", "localhost:1", "-database", "d"}, func(string) string { return "" }, dial, &out, &faults)
	assert.Equal(t, failed, code)
	assert.Equal(t, "migrate: no credentials\n", faults.String())
}

func TestARunTakesNoLongerThanItMay(t *testing.T) {
	env := settingsFor(t, "slow")
	conn, err := pgx.Connect(t.Context(), server.DSN("slow", "livechat_admin", password))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), "SELECT pg_advisory_lock(x'6c69766563686174'::int8)")
	require.NoError(t, err)
	code, _, faults := call(t, secrets{"AWSCURRENT": value(password)}, env, "-timeout", "1s")
	assert.Equal(t, failed, code)
	assert.Equal(t, "migrate: another migration holds the schema's lock, logged in as livechat_admin: it took longer than 1s\n", faults)
}
