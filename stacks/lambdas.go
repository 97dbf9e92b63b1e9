package stacks

import (
	"os"
	"path/filepath"

	"livechat.example/cloud/constructs/function"
)

// The functions of the estate, by their program in cmd.
const (
	vpcTask          = "vpctask"
	registrar        = "registrar"
	tablePolicy      = "tablepolicy"
	rotatorProgram   = "rotator"
	secretAgeProgram = "secretage"
)

var lambdas = []string{vpcTask, registrar, tablePolicy, rotatorProgram, secretAgeProgram}

// Lambdas are the functions' code, by their program.
type Lambdas map[string]function.Code

// LoadLambdas reads the functions that `make build` packed into a folder. The error names the one that is not there.
func LoadLambdas(folder string) (Lambdas, error) {
	code := Lambdas{}
	for _, name := range lambdas {
		var err error
		if code[name], err = function.Load(filepath.Join(folder, name+".zip")); err != nil {
			return nil, err
		}
	}
	return code, nil
}

// stage puts the code into the assembly, where the cdk CLI takes it from.
func (l Lambdas) stage(dir string) error {
	for _, name := range lambdas {
		if err := os.WriteFile(filepath.Join(dir, l[name].Asset()), l[name].Zip, 0o644); err != nil {
			return err
		}
	}
	return nil
}
