package assembly

import (
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var estatePolicies = []policies.Policy{estateIsWhole, stacksAreProtected, orderOfDeployment, stacksAreTagged}

// The layers that every region has, those that only the primary has, and those that an environment has once.
var (
	regionalLayers = []string{"keys", "network", "storage", "data", "services"}
	primaryLayers  = append([]string{intent.SecretsLayer, "registry"}, intent.ShardLayers()...)
	globalLayers   = []string{"identity"}
)

// globalRegion is the region of the layers that an environment has once.
const globalRegion = "us-east-1"

var estateIsWhole = policies.Policy{
	ID: "EST-01", Title: "The estate has one stack for each layer of each intended region, and no others",
	Source:    policies.MultiRegion,
	Component: policies.Management, STRIDE: "TD", Severity: policies.High,
	Fix:   "build the estate with stacks.Build, whole; a layer more is stated in policies/assembly/estate.go",
	Reads: []string{policies.StacksAlone},
	Check: func(e *template.Estate, f *policies.Findings) {
		stacks := e.Stacks()
		if len(stacks) == 0 {
			return
		}
		first := stacks[0]
		missing := map[string]bool{}
		for _, layer := range globalLayers {
			missing[first.Environment+"-global-"+layer] = true
		}
		for i, region := range intent.RegionsOf(first) {
			layers := regionalLayers
			if i == 0 {
				layers = slices.Concat(regionalLayers, primaryLayers)
			}
			for _, layer := range layers {
				missing[first.Environment+"-"+region+"-"+layer] = true
			}
		}
		for _, s := range stacks {
			f.ExaminedStack(s)
			judgeStack(f, s, first)
			if !missing[s.Name] {
				f.FailStack(s, "is no stack of the intended regions and layers, must be one")
			}
			delete(missing, s.Name)
		}
		for name := range missing {
			f.FailEstate("there is no stack %s, must be one", name)
		}
	},
}

// judgeStack reports a stack that is other than its name, than its intent, or than the first one in environment, account and regions.
func judgeStack(f *policies.Findings, s, first *template.Stack) {
	where := s.Region
	if s.Global() {
		where = "global"
	}
	must := func(what, is, want string) {
		if is != want {
			f.FailStack(s, "%s is %s, must be %s", what, is, want)
		}
	}
	must("name", s.Name, s.Environment+"-"+where+"-"+s.Layer)
	if s.Global() {
		must("region", s.Region, globalRegion)
	}
	i := s.Intent()
	must("the intent's environment", i.Get("environment").Text(), s.Environment)
	must("the intent's region", i.Get("region").Text(), s.Region)
	must("the intent's layer", i.Get("layer").Text(), s.Layer)
	must("account", s.Account, first.Account)
	must("environment", s.Environment, first.Environment)
	must("regions", fmt.Sprint(intent.RegionsOf(s)), fmt.Sprint(intent.RegionsOf(first)))
	if len(intent.RegionsOf(s)) == 0 {
		f.FailStack(s, "regions is empty, must name the environment's")
	}
}

var stacksAreProtected = policies.Policy{
	ID: "EST-02", Title: "Termination protection of every stack is as intended, and on in production",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "D", Severity: policies.High,
	Fix:   "leave ephemeral out of environment.yaml",
	Reads: []string{policies.StacksAlone},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
			meant := s.Intent().Get("protected")
			switch {
			case !meant.True() && !meant.False():
				f.FailStack(s, "the intent's protected is %s, must be true or false", meant)
			case strings.HasPrefix(s.Environment, "prod") && !meant.True():
				f.FailStack(s, "the intent's protected is false, must be true: it is production")
			case s.TerminationProtection != meant.True():
				f.FailStack(s, "termination protection is %t, must be %t", s.TerminationProtection, meant.True())
			}
		}
	},
}

var orderOfDeployment = policies.Policy{
	ID: "EST-03", Title: "Stacks are deployed in an order that works on an empty account",
	Source:    policies.MultiRegion,
	Component: policies.Management, STRIDE: "D", Severity: policies.Medium,
	Fix:   "state it in stacks.Build's order",
	Reads: []string{"AWS::IAM::Role"},
	Check: func(e *template.Estate, f *policies.Findings) {
		before := map[string]map[string]bool{}
		for _, s := range e.Stacks() { // those that a stack depends on come first
			f.ExaminedStack(s)
			before[s.Name] = map[string]bool{}
			for _, d := range s.Dependencies {
				before[s.Name][d] = true
				for name := range before[d] {
					before[s.Name][name] = true
				}
			}
			for _, first := range mustPrecede(s) {
				if e.Stack(first) == nil || !before[s.Name][first] {
					f.FailStack(s, "does not wait for %s, must be deployed after it", first)
				}
			}
		}
	},
}

// mustPrecede returns the stacks that a stack needs: the boundary for its roles, its region's keys, and by its layer
//   - storage: the endpoint by which its buckets are read; in the primary the buckets that it copies to
//   - data: in the primary its master's password, elsewhere the database that writes
//   - secrets and registry: the keys of the regions that they are copied to
//   - partners: the rotator of their secrets, and the closed table of their records
func mustPrecede(s *template.Stack) []string {
	var names []string
	hasRole := slices.ContainsFunc(s.Resources(), func(r *template.Resource) bool { return r.Type == "AWS::IAM::Role" })
	if hasRole && s.Layer != "identity" {
		names = append(names, s.Environment+"-global-identity")
	}
	if !s.Global() && s.Layer != "keys" {
		names = append(names, s.Environment+"-"+s.Region+"-keys")
	}
	first := func(layer string, regions ...string) {
		for _, region := range regions {
			names = append(names, s.Environment+"-"+region+"-"+layer)
		}
	}
	regions := intent.RegionsOf(s)
	if len(regions) == 0 {
		return names // EST-01
	}
	primary, secondaries := s.Region == regions[0], regions[1:]
	switch {
	case s.Layer == "storage":
		first("network", s.Region)
		if primary {
			first("storage", secondaries...)
		}
	case s.Layer == "data" && primary:
		first(intent.SecretsLayer, s.Region)
	case s.Layer == "data":
		first("data", regions[0])
	case s.Layer == intent.SecretsLayer || s.Layer == "registry":
		first("keys", secondaries...)
	case slices.Contains(intent.ShardLayers(), s.Layer):
		first(intent.SecretsLayer, s.Region)
		first("registry", s.Region)
	}
	return names
}

var stacksAreTagged = policies.Policy{
	ID: "EST-04", Title: "Every stack tags its resources with its environment and layer",
	Source:    policies.ManagementRow,
	Component: policies.Management, STRIDE: "R", Severity: policies.Low,
	Fix:   "make the stack with stacks.Build's newStack",
	Reads: []string{policies.StacksAlone},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
			for tag, want := range map[string]string{"livechat:environment": s.Environment, "livechat:layer": s.Layer} {
				if s.Tags[tag] != want {
					f.FailStack(s, "tag %s is %q, must be %s", tag, s.Tags[tag], want)
				}
			}
		}
	},
}
