// Package node prepares the JavaScript runtime that CDK's constructs live in.
package node

import (
	"fmt"
	"os"
	"path/filepath"
)

// Use makes jsii start the Node that package.json pins, below root, with a folder of its own for what it unpacks and
// with compiled code kept from run to run. The function it returns removes that folder.
//
// jsii removes its folder when it is closed, but closing it races with the end of the child process, and reports that
// race as a crash about once in ten runs. So it is not closed: the child ends with its standard input.
func Use(root string) (cleanup func(), err error) {
	binary := filepath.Join(root, "node_modules", ".bin", "node")
	if _, err := os.Stat(binary); err != nil {
		return nil, fmt.Errorf("%s: not there; run `make setup`", binary)
	}
	temp, err := os.MkdirTemp("", "livechat-node-")
	if err != nil {
		return nil, err
	}
	cache, err := filepath.Abs(filepath.Join(root, ".cache", "node"))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"JSII_NODE": binary, "TMPDIR": temp, "NODE_COMPILE_CACHE": cache,
		// What the cdk CLI would add to the context must not reach the app: stacks.appContext is the only source.
		"CDK_CONTEXT_JSON": "", "CDK_OUTDIR": "",
	} {
		set := func() error { return os.Setenv(name, value) }
		if value == "" {
			set = func() error { return os.Unsetenv(name) }
		}
		if err := set(); err != nil {
			return nil, err
		}
	}
	return func() { os.RemoveAll(temp) }, nil
}
