// Package node chooses the JavaScript runtime that CDK's constructs live in: the one that package.json pins.
//
// jsii picks its Node, and unpacks its runtime, while Go initializes packages, before any function of ours runs. So this
// package sets its environment in init. Go initializes packages whose imports are done in the order of their paths (the
// language specification, "Program initialization"): this one needs little more than os, and sorts before os/exec, which
// jsii needs. TestTheAppRunsOnThePinnedNode sees it fail.
package node

import (
	"os"
	"path/filepath"
)

func init() {
	root, found := module()
	if !found {
		return
	}
	node := filepath.Join(root, "node_modules", ".bin", "node")
	choose("JSII_NODE", node)
	choose("JSII_RUNTIME_PACKAGE_CACHE_ROOT", filepath.Join(root, ".cache", "jsii", "packages"))
	// make copies the kernel of the jsii that go.mod names; without it jsii launches its own, only slower.
	launcher, kernel := filepath.Join(root, "internal", "node", "launch.js"), filepath.Join(root, ".cache", "jsii", "kernel", "program.js")
	if exists(launcher) && exists(kernel) && os.Getenv("JSII_NODE") == node {
		choose("JSII_RUNTIME", "exec "+quote(node)+" --preserve-symlinks --require "+quote(launcher)+" "+quote(kernel))
	}
}

// choose sets a variable that nobody has set.
func choose(name, value string) {
	if os.Getenv(name) == "" {
		os.Setenv(name, value)
	}
}

// module is the nearest folder, upwards from the working one, that has the pinned Node.
func module() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if exists(filepath.Join(dir, "node_modules", ".bin", "node")) {
			return dir, true
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
		dir = filepath.Dir(dir)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// quote is text as one word of the shell, which jsii passes JSII_RUNTIME to.
func quote(text string) string {
	quoted := "'"
	for _, c := range text {
		if c == '\'' {
			quoted += `'\'`
		}
		quoted += string(c)
	}
	return quoted + "'"
}
