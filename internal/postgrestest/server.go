// Package postgrestest runs a PostgreSQL server for tests: a real one, of the version that the cloud runs, with pgaudit, reached by TLS.
package postgrestest

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// Name is a name of the server's certificate that no resolver knows, besides localhost.
const Name = "database.livechat-test.internal"

// Server is a running server. Its data is gone once it stops.
type Server struct {
	Host      string // 127.0.0.1
	Port      int
	CAFile    string // the authority that its certificate is signed by
	Superuser string
	Password  string // of the superuser

	folder string
	stop   func()
}

// Start runs a server until the test has ended. A package whose tests share one starts it by New in its TestMain.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// attempts are of finding a port: between asking for a free one and the server's taking it another program may.
const attempts = 3

// New runs a server until Stop.
func New() (*Server, error) {
	software, err := find()
	if err != nil {
		return nil, fmt.Errorf("no PostgreSQL server for the test: %w", err)
	}
	folder, err := os.MkdirTemp("", "postgrestest-")
	if err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", CAFile: filepath.Join(folder, "ca.pem"), Superuser: "postgres", Password: rand.Text(), folder: folder}
	for range attempts {
		if err = s.run(software); err == nil {
			return s, nil
		}
	}
	s.Stop()
	return nil, fmt.Errorf("start PostgreSQL: %w", err)
}

// Stop ends the server and removes its data. A second time it does nothing.
func (s *Server) Stop() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	os.RemoveAll(s.folder)
}

// DSN is how a user connects by the name localhost, to a server that proves to be this one.
func (s *Server) DSN(database, user, password string) string {
	query := url.Values{"sslmode": {"verify-full"}, "sslrootcert": {s.CAFile}}
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, password), Host: net.JoinHostPort("localhost", strconv.Itoa(s.Port)),
		Path: database, RawQuery: query.Encode(),
	}
	return address.String()
}

// Log is all that the server has logged, every statement among it.
func (s *Server) Log() (string, error) {
	text, err := os.ReadFile(s.logFile())
	return string(text), err
}

func (s *Server) logFile() string { return filepath.Join(s.folder, "log") }
func (s *Server) data() string    { return filepath.Join(s.folder, "data") }
