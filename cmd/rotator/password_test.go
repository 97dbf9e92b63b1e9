package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/master"
	"livechat.example/cloud/internal/postgrestest"
)

const (
	masterSecret = "livechat-test/database/master"
	first        = "the-first-password-of-the-test"
)

var server *postgrestest.Server

func TestMain(m *testing.M) {
	os.Exit(func() int {
		s, err := postgrestest.New()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer s.Stop()
		server = s
		return m.Run()
	}())
}

func valueOf(host string, port int, password string) string {
	return fmt.Sprintf(`{"dbname":"postgres","host":%q,"password":%q,"port":%d,"username":"livechat_admin"}`, host, password, port)
}

// begun is a database whose master has the first password, as its secret says.
func begun(t *testing.T) (*secrets, rotator) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server.DSN("postgres", server.Superuser, server.Password))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	for _, statement := range []string{"DROP ROLE IF EXISTS livechat_admin", "CREATE ROLE livechat_admin LOGIN PASSWORD '" + first + "'"} {
		_, err = conn.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	s := newSecrets(masterSecret, valueOf("localhost", server.Port, first))
	return s, rotator{vault: s, ca: server.CAFile}
}

// knows says that the server lets the master in with a version's password.
func knows(t *testing.T, s *secrets, version string) bool {
	t.Helper()
	var a access
	require.NoError(t, json.Unmarshal([]byte(s.values[version]), &a))
	conn, err := pgx.Connect(t.Context(), server.DSN("postgres", "livechat_admin", a.Password))
	if err != nil {
		require.True(t, master.WrongPassword(err), err)
		return false
	}
	return conn.Close(context.Background()) == nil
}

func TestTheOldPasswordStopsWorkingAndTheNewOneWorks(t *testing.T) {
	s, r := begun(t)
	rotates(t, r, s, "v1")
	assert.True(t, knows(t, s, "v1"))
	assert.False(t, knows(t, s, "v0"))
	rotates(t, r, s, "v2")
	assert.True(t, knows(t, s, "v2"))
	assert.False(t, knows(t, s, "v1"))

	was, is := map[string]any{}, map[string]any{}
	require.NoError(t, json.Unmarshal([]byte(s.values["v0"]), &was))
	require.NoError(t, json.Unmarshal([]byte(s.values["v2"]), &is))
	delete(was, "password")
	delete(is, "password")
	assert.Equal(t, was, is, "nothing but the password changes")
}

func TestThePasswordIsInNoStatement(t *testing.T) {
	s, r := begun(t)
	rotates(t, r, s, "v1")
	text, err := server.Log()
	require.NoError(t, err)
	var a access
	require.NoError(t, json.Unmarshal([]byte(s.values["v1"]), &a))
	assert.NotContains(t, text, a.Password)
	assert.Contains(t, text, `ALTER ROLE "livechat_admin" PASSWORD`)
}

// Whatever call a rotation dies before or after, however often, and whether Secrets Manager then goes on with it or begins another: the
// server's password is that of a labelled version, and the next rotation that is not broken off ends well.
func TestACrashLosesNothing(t *testing.T) {
	for crash := 1; crash <= 4; crash++ {
		for _, early := range []bool{true, false} {
			for _, again := range []string{"v1", "v2"} {
				t.Run(fmt.Sprint(crash, early, again), func(t *testing.T) {
					s, r := begun(t)
					s.crash, s.early = crash, early
					require.ErrorIs(t, rotate(t, r, s, "v1"), errCrash)
					within(t, s)

					if again != "v1" { // and once more at the same place
						s.calls = 0
						require.ErrorIs(t, rotate(t, r, s, again), errCrash)
						within(t, s)
						again = "v3"
					}
					s.crash = 0
					require.NoError(t, rotate(t, r, s, again))
					assert.Equal(t, again, s.labelled(master.Current))
					assert.True(t, knows(t, s, again))
				})
			}
		}
	}
}

// The server may also have been told and the function not have heard of it.
func TestAPasswordThatWasToldIsFoundByAnotherRotation(t *testing.T) {
	s, r := begun(t)
	for _, version := range []string{"v1", "v2", "v3"} {
		s.begin(version)
		for _, step := range steps[:2] {
			require.NoError(t, r.handle(t.Context(), event{step, s.name, version}))
		}
		assert.True(t, knows(t, s, version))
	}
	rotates(t, r, s, "v4")
	assert.True(t, knows(t, s, "v4"))
}

// within says that a label leads to the password that the server has, and that the migration, which reads by labels too, gets in.
func within(t *testing.T, s *secrets) {
	t.Helper()
	found := false
	for version, labels := range s.labels {
		found = found || len(labels) > 0 && s.values[version] != "" && knows(t, s, version)
	}
	assert.True(t, found, "no label leads to the server's password: %v", s.labels)
	to := master.Server{Host: "localhost", Port: uint16(server.Port), Database: "postgres", CA: server.CAFile}
	conn, err := master.Enter(t.Context(), to, s, s.name, "migrate")
	require.NoError(t, err)
	assert.NoError(t, conn.Close(t.Context()))
}

func TestAServerThatDoesNotProveWhoItIsIsToldNothing(t *testing.T) {
	s, r := begun(t)
	r.ca = postgrestest.Start(t).CAFile
	assert.ErrorContains(t, rotate(t, r, s, "v1"), "certificate signed by unknown authority")
	assert.True(t, knows(t, s, "v0"))
	assert.Equal(t, "v0", s.labelled(master.Current))
}

func TestAPendingValueThatLeadsElsewhereIsRefused(t *testing.T) {
	s, r := begun(t)
	other := strings.Repeat("another-password-", 2)
	for _, value := range []string{
		valueOf("attacker.example", server.Port, other), valueOf("localhost", 1, other),
		strings.Replace(valueOf("localhost", server.Port, other), "livechat_admin", "postgres", 1),
		`{"username":"livechat_admin"}`, other,
	} {
		s.begin("v1")
		s.values["v1"] = value
		for _, step := range steps[1:] {
			assert.Error(t, r.handle(t.Context(), event{step, s.name, "v1"}), value)
		}
	}
	assert.True(t, knows(t, s, "v0"))
}

func TestAPasswordThatNoVersionHasIsAFaultAndNothingIsTold(t *testing.T) {
	s, r := begun(t)
	s.values["v0"] = valueOf("localhost", server.Port, "not-the-password-of-the-server")
	err := rotate(t, r, s, "v1")
	require.True(t, master.WrongPassword(err), err)
	assert.Equal(t, "v0", s.labelled(master.Current))
}
