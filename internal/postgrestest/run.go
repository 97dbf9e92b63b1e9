package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	startTimeout = 60 * time.Second
	stopTimeout  = 10 * time.Second
)

// nobody is whom the server runs as where the test is root, since it refuses to be: the user of that name on every system.
const nobody = 65534

// settings are the server's. It need not survive a loss of power, so it waits for no disk. There is no Unix socket: who connects, connects as a service does.
func settings(port int) map[string]string {
	return map[string]string{
		"listen_addresses": "127.0.0.1", "port": strconv.Itoa(port), "unix_socket_directories": "",
		"ssl": "on", "ssl_cert_file": "../server.pem", "ssl_key_file": "../server.key", "ssl_min_protocol_version": "TLSv1.2",
		"password_encryption": "scram-sha-256", "log_statement": "all", "log_connections": "on",
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "50", "shared_buffers": "32MB",
	}
}

// admitted are all who may connect: anybody with a password, by TLS, as rds.force_ssl has it.
const admitted = "hostssl all all 127.0.0.1/32 scram-sha-256\n"

// run makes the database's files anew and starts the server on a free port.
func (s *Server) run(software software) error {
	if err := os.RemoveAll(s.data()); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	s.Port = port
	if err := certify(s.folder, "localhost", Name, s.Host); err != nil {
		return err
	}
	password := filepath.Join(s.folder, "password")
	if err := os.WriteFile(password, []byte(s.Password), 0o600); err != nil {
		return err
	}
	if err := s.handOver(); err != nil {
		return err
	}
	if software.bin, err = software.reachable(s.folder); err != nil {
		return err
	}
	initdb := s.command(software, "initdb", "--pgdata", s.data(), "--username", s.Superuser, "--pwfile", password,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	if text, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, text)
	}
	if err := os.WriteFile(filepath.Join(s.data(), "pg_hba.conf"), []byte(admitted), 0o600); err != nil {
		return err
	}
	return s.serve(software)
}

// serve starts the server and waits until it answers.
func (s *Server) serve(software software) error {
	arguments := []string{"-D", s.data()}
	for name, value := range settings(s.Port) {
		arguments = append(arguments, "-c", name+"="+value)
	}
	if software.pgaudit {
		arguments = append(arguments, "-c", "shared_preload_libraries=pgaudit", "-c", "pgaudit.log=ddl,role,write")
	}
	log, err := os.Create(s.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	server := s.command(software, "postgres", arguments...)
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	s.stop = func() { end(server, ended) }
	for since := time.Now(); time.Since(since) < startTimeout; time.Sleep(10 * time.Millisecond) {
		text, _ := s.Log()
		if strings.Contains(text, "database system is ready to accept connections") {
			return nil
		}
		select {
		case err := <-ended:
			s.stop = nil
			return fmt.Errorf("it ended: %v: %s", err, text)
		default:
		}
	}
	s.stop()
	return errors.New("it does not answer")
}

// end stops the server by a fast shutdown, which breaks off its sessions, and kills it if that takes too long.
func end(server *exec.Cmd, ended <-chan error) {
	_ = server.Process.Signal(syscall.SIGINT)
	select {
	case <-ended:
	case <-time.After(stopTimeout):
		_ = server.Process.Kill()
		<-ended
	}
}

// command runs as nobody where the test is root. It has nothing of the test's environment, whose PGHOST and the like would mislead it.
func (s *Server) command(software software, program string, arguments ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(software.bin, program), arguments...)
	c.Dir, c.Env, c.SysProcAttr = s.folder, []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}, endsWithTest()
	if os.Geteuid() == 0 {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return c
}

// handOver gives the server's folder to whom it runs as.
func (s *Server) handOver() error {
	if os.Geteuid() != 0 {
		return nil
	}
	return filepath.WalkDir(s.folder, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, nobody, nobody))
	})
}

func freePort() (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
