// Package node chooses the JavaScript runtime that CDK's constructs live in: the one that package.json pins.
//
// jsii picks its Node, and unpacks its runtime, while Go initializes packages, before any function of ours runs. So this
// package sets its environment in init. Go initializes packages whose imports are done in the order of their paths (the
// language specification, "Program initialization"): this one needs nothing but os and path/filepath, and sorts before
// os/exec, which jsii needs. TestTheAppRunsOnThePinnedNode sees it fail.
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
	choose("JSII_NODE", filepath.Join(root, "node_modules", ".bin", "node"))
	// What Node has compiled of aws-cdk-lib is kept from run to run.
	choose("NODE_COMPILE_CACHE", filepath.Join(root, ".cache", "node"))
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
		if _, err := os.Stat(filepath.Join(dir, "node_modules", ".bin", "node")); err == nil {
			return dir, true
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
		dir = filepath.Dir(dir)
	}
}
