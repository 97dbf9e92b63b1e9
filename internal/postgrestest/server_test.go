package postgrestest

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAServerIsOfThePinnedVersionAndAuditsWhatIsDone(t *testing.T) {
	s := Start(t)
	conn, err := pgx.Connect(t.Context(), s.DSN("postgres", s.Superuser, s.Password))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	var version string
	require.NoError(t, conn.QueryRow(t.Context(), "SHOW server_version").Scan(&version))
	assert.Equal(t, Version, version)
	_, err = conn.Exec(t.Context(), "CREATE EXTENSION pgaudit; CREATE TABLE audited ()")
	require.NoError(t, err)
	log, err := s.Log()
	require.NoError(t, err)
	assert.Regexp(t, `AUDIT: SESSION,\d+,\d+,DDL,CREATE TABLE,TABLE,public.audited`, log)
}

func TestAServerAnswersByTLSAlone(t *testing.T) {
	s := Start(t)
	config, err := pgx.ParseConfig(s.DSN("postgres", s.Superuser, s.Password))
	require.NoError(t, err)
	config.TLSConfig = nil
	_, err = pgx.ConnectConfig(t.Context(), config)
	require.ErrorContains(t, err, "no encryption")
}

func TestNothingIsLeftOfAServerThatStopped(t *testing.T) {
	s, err := New()
	require.NoError(t, err)
	s.Stop()
	s.Stop()
	assert.NoDirExists(t, s.folder)
	_, err = net.Dial("tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	require.Error(t, err)
}

func TestWhatIsNotWhatWasPinnedIsNotInstalled(t *testing.T) {
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("forged")) }))
	defer served.Close()
	unpacked := false
	unpack := func(string, []byte) error { unpacked = true; return nil }
	require.ErrorContains(t, file{served.URL, hex.EncodeToString(make([]byte, 32))}.into(t.TempDir(), unpack), "is not what was pinned")
	assert.False(t, unpacked)
	sum := sha256.Sum256([]byte("forged"))
	require.NoError(t, file{served.URL, hex.EncodeToString(sum[:])}.into(t.TempDir(), unpack))
	assert.True(t, unpacked)
}

func TestWhatIsNoPackageIsRefused(t *testing.T) {
	header := func(name, size string) string { return name + size + "`\n" }
	name := "data.tar.xz/                                    " // 16 of name, 32 of dates, owners and mode
	for _, deb := range []string{"", "!<arch>\n", "!<arch>\n" + header(name, "99        "), "!<arch>\n" + header(name, "-1        "), "!<arch>\n" + header(name, "x         ")} {
		_, err := member([]byte(deb), "data.tar.xz")
		assert.Error(t, err, "%q", deb)
	}
	assert.Error(t, unpackServer(t.TempDir(), []byte("no zip")))
}

func TestAFolderInsideOneClosedToOthersIsClosed(t *testing.T) {
	closed := filepath.Join(t.TempDir(), "closed")
	inside := filepath.Join(closed, "inside")
	require.NoError(t, os.MkdirAll(inside, 0o755))
	require.NoError(t, os.Chmod(closed, 0o700))
	assert.False(t, open(inside))
	assert.True(t, open("/usr/bin"))
}
