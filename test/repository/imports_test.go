package repository

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/test/shipped"
)

const (
	module = "livechat.example/cloud/"
	cdkLib = "github.com/aws/aws-cdk-go"
	jsii   = "github.com/aws/jsii-runtime-go"
)

// forbidden are imports that would turn the program's direction round (DESIGN.md §2), at however many removes.
var forbidden = []struct{ in, of, because string }{
	{"config", cdkLib, "configuration is read and checked where no Node is"},
	{"config", jsii, "configuration is read and checked where no Node is"},
	{"config", module + "stacks", "configuration does not know what is made of it"},
	{"config", module + "constructs", "configuration does not know what is made of it"},
	{"config", module + "policies", "a policy that configuration could reach would judge itself"},
	{"constructs", module + "config", "a construct is one idea, whatever file asked for it: it takes plain values"},
	{"constructs", module + "stacks", "what is composed does not know its composition"},
	{"constructs", module + "policies", "what is judged must not know its judge"},
	{"stacks", module + "policies", "what is judged must not know its judge"},
	{"policies", cdkLib, "policies judge what was written, not what was meant to be"},
	{"policies", jsii, "policies judge what was written, not what was meant to be"},
	{"policies", module + "stacks", "a constant shared with the stacks would make both wrong together"},
	{"policies", module + "constructs", "a constant shared with the constructs would make both wrong together"},
	{"policies", module + "config", "the intent is read from the templates, so that check needs nothing else"},
	{"cmd", module + "policies/policytest", "what ships links no tests"},
	{"localaws", cdkLib, "what is deployed locally is what was written"},
	{"cmd/livechatctl", cdkLib, "a reviewer needs no Node"},
	{"cmd/livechatctl", jsii, "a reviewer needs no Node"},
	{"cmd/livechatctl", module + "stacks", "a reviewer needs no Node"},
	{"cmd/deploylocal", cdkLib, "what is deployed locally is what was written"},
	{"test", cdkLib, "tests judge the program that ships, and link in a second"},
}

// apart are packages that may import no component of the policies: only the catalogue may.
var apart = []struct{ in, because string }{
	{"policies", "the driver judges whatever list it is given"},
	{"policies/template", "what is read does not depend on who judges it"},
	{"policies/reach", "a model of AWS knows no policy"},
	{"policies/access", "a model of AWS knows no policy"},
	{"policies/expect", "the form of a policy knows no policy"},
	{"policies/intent", "the vocabulary does not know who speaks it"},
	{"policies/policytest", "fixtures are run alike for every component"},
	{"policies/network", anothersFact},
	{"policies/egress", anothersFact},
	{"policies/storage", anothersFact},
	{"policies/data", anothersFact},
	{"policies/secrets", anothersFact},
	{"policies/identity", anothersFact},
	{"policies/services", anothersFact},
	{"policies/audit", anothersFact},
	{"policies/assembly", anothersFact},
	{"policies/proof", anothersFact},
	{"cmd", listIsOne},
	{"test", listIsOne},
}

const (
	anothersFact = "a fact that two components need is stated in intent"
	listIsOne    = "the catalogue is the one list of policies"
)

type listed struct {
	ImportPath  string
	Deps        []string
	Imports     []string
	TestImports []string
	Standard    bool
}

func TestImportsPointOneWay(t *testing.T) {
	packages := list(t, "./...")
	require.NotEmpty(t, packages)
	for _, rule := range forbidden {
		seen := false
		for _, p := range packages {
			if !within(p.ImportPath, module+rule.in) {
				continue
			}
			seen = true
			for _, dep := range p.Deps {
				assert.False(t, within(dep, rule.of), "%s imports %s: %s", p.ImportPath, dep, rule.because)
			}
		}
		assert.True(t, seen, "no package %s: the rule guards nothing", rule.in)
	}
}

func TestOnlyTheCatalogueImportsComponents(t *testing.T) {
	reasons := map[string]string{}
	for _, rule := range apart {
		reasons[module+rule.in] = rule.because
	}
	components := list(t, "./policies/catalogue")[0].Imports
	components = slices.DeleteFunc(components, func(path string) bool {
		return !within(path, module+"policies") || slices.Contains([]string{"policies", "policies/template", "policies/expect"}, strings.TrimPrefix(path, module))
	})
	require.NotEmpty(t, components)
	seen := map[string]bool{}
	for _, p := range list(t, "./policies/...", "./cmd/...", "./test/...") {
		if p.ImportPath == module+"policies/catalogue" {
			continue
		}
		in := p.ImportPath
		if below, _, _ := strings.Cut(strings.TrimPrefix(in, module), "/"); below != "policies" {
			in = module + below
		}
		seen[in] = true
		because := reasons[in]
		assert.NotEmpty(t, because, "nothing says what %s may import", p.ImportPath)
		for _, imported := range slices.Concat(p.Imports, p.TestImports) {
			assert.NotContains(t, components, imported, "%s: %s", p.ImportPath, because)
		}
	}
	for in := range reasons {
		assert.True(t, seen[in], "no package %s: the rule guards nothing", in)
	}
}

func TestTheTemplateReaderNeedsNothingButTheStandardLibrary(t *testing.T) {
	for _, p := range list(t, "./policies/...") {
		if p.ImportPath == module+"policies/policytest" {
			continue
		}
		for _, imported := range p.Imports {
			first, _, _ := strings.Cut(imported, "/")
			assert.False(t, strings.Contains(first, ".") && !within(imported, module+"policies"), "%s imports %s", p.ImportPath, imported)
		}
	}
}

func within(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, strings.TrimSuffix(prefix, "/")+"/")
}

func list(t *testing.T, patterns ...string) []listed {
	t.Helper()
	run := exec.Command("go", slices.Concat([]string{"list", "-json=ImportPath,Deps,Imports,TestImports"}, patterns)...)
	run.Dir = shipped.Root
	out, err := run.Output()
	require.NoError(t, err)
	var packages []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else {
			require.NoError(t, err)
		}
		packages = append(packages, p)
	}
}
