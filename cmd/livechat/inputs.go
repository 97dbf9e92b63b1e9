package main

import (
	"fmt"
	"os"
	"path/filepath"

	"livechat.example/cloud/internal/stamp"
)

// inputs returns the stamp of the assembly that a request would write: the content of its configuration, of the program, of the functions' code and
// of the Node that the library runs on, and whether CDK's validator judges it. What is deleted or renamed is another input.
func inputs(r request) (stamp.Stamp, error) {
	made := stamp.Stamp{Environment: r.environment, Validator: os.Getenv("CDK_VALIDATION") != "false"}
	program, err := os.Executable()
	if err != nil {
		return made, fmt.Errorf("the program's own file: %w", err)
	}
	read := []string{filepath.Join(r.root, r.environment), program, r.lambdas}
	if node := os.Getenv("JSII_NODE"); node != "" {
		read = append(read, node)
	}
	made.Inputs, err = stamp.Sum(read...)
	return made, err
}
