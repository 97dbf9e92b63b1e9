package localaws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// startTimeout is what an emulator that starts in two seconds may take on a busy machine.
const startTimeout = 60 * time.Second

// deadProxy is where every request goes that does not go to loopback: nowhere. Nothing can leave the machine, even by mistake.
var deadProxy = []string{
	"HTTPS_PROXY=http://127.0.0.1:9", "HTTP_PROXY=http://127.0.0.1:9", "NO_PROXY=localhost,127.0.0.1",
	"https_proxy=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9", "no_proxy=localhost,127.0.0.1",
}

// emulator is a running ministack. Its state lives in memory and goes with it.
type emulator struct {
	process  *guarded
	endpoint string // http://localhost:PORT
}

// startEmulator starts ministack for an account on a free loopback port and waits until it is healthy.
func startEmulator(ctx context.Context, python, account, scratch string, log io.Writer) (*emulator, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	process, err := child{
		python: python, scratch: scratch, dir: scratch, output: log,
		env:     append(isolated(scratch), emulatorSettings(account, port)...),
		command: []string{python, "-m", "ministack"},
	}.start()
	if err != nil {
		return nil, fmt.Errorf("start the emulator: %w", err)
	}
	e := &emulator{process: process, endpoint: "http://localhost:" + strconv.Itoa(port)}
	if err := e.waitHealthy(ctx); err != nil {
		process.stop()
		return nil, err
	}
	return e, nil
}

func emulatorSettings(account string, port int) []string {
	return append([]string{
		"BIND_HOST=127.0.0.1", "GATEWAY_PORT=" + strconv.Itoa(port), "MINISTACK_HOST=localhost",
		"AWS_ENDPOINT_URL=http://localhost:" + strconv.Itoa(port), // a Lambda that runs here calls here
		"MINISTACK_ACCOUNT_ID=" + account, "IOT_MTLS_ENABLED=0", "SFTP_ENABLED=0", "DOCKER_HOST=unix:///nonexistent",
	}, deadProxy...)
}

// isolated is an environment that holds nothing of the user's: no profile, no credentials, no cache, no configuration.
func isolated(scratch string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + scratch, "TMPDIR=" + scratch, "LANG=C.UTF-8", "PYTHONDONTWRITEBYTECODE=1"}
}

func (e *emulator) waitHealthy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	client := http.Client{Transport: &http.Transport{Proxy: nil}, Timeout: 2 * time.Second}
	for {
		if response, err := client.Get(e.endpoint + "/_ministack/health"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-e.process.ended:
			return fmt.Errorf("the emulator ended before it was ready: %w", e.process.err)
		case <-ctx.Done():
			return errors.Join(errors.New("the emulator did not become ready"), ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// freePort asks the system for a loopback port that nothing listens on.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// Tools are where the repository keeps what it installed for itself.
type Tools struct {
	Python string // the interpreter of the virtual environment that requirements.txt was installed into
	Node   string
	CDK    string // the cdk CLI's entry, a script for Node
}

// ToolsIn finds the tools of the repository at root. The error names what is missing and the target that installs it.
func ToolsIn(root string) (Tools, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return Tools{}, err
	}
	t := Tools{
		Python: filepath.Join(root, ".venv", "bin", "python"),
		Node:   filepath.Join(root, "node_modules", ".bin", "node"),
		CDK:    filepath.Join(root, "node_modules", "aws-cdk", "bin", "cdk"),
	}
	for _, file := range []string{t.Python, t.Node, t.CDK} {
		if _, err := os.Stat(file); err != nil {
			return t, fmt.Errorf("%w; `make setup` installs it", err)
		}
	}
	return t, nil
}
