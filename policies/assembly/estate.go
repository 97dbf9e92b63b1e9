package assembly

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var estatePolicies = []policies.Policy{estateIsWhole, stacksAreProtected, orderOfDeployment, stacksAreTagged}

// The layers that every region has, those that the primary alone has besides, and those that an environment has once.
var (
	regionalLayers = []string{"keys", "network", "storage", "data", "services"}
	primaryLayers  = append([]string{intent.SecretsLayer, "registry"}, intent.ShardLayers()...)
	globalLayers   = []string{"identity"}
)

// globalRegion is where the layers are that an environment has once.
const globalRegion = "us-east-1"

var estateIsWhole = policies.Policy{
	ID: "EST-01", Title: "Every intended region has every layer once, the primary those that write, the global ones are there, and nothing else is",
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
				f.FailStack(s, "is none of the estate's stacks")
			}
			delete(missing, s.Name)
		}
		for name := range missing {
			f.FailEstate("there is no stack %s", name)
		}
	},
}

// judgeStack holds a stack to its name, and to the environment, regions and account that the first one says.
func judgeStack(f *policies.Findings, s, first *template.Stack) {
	where := s.Region
	if s.Global() {
		where = "global"
	}
	if s.Name != s.Environment+"-"+where+"-"+s.Layer || s.Global() && s.Region != globalRegion {
		f.FailStack(s, "is layer %q of environment %q in %s, which is not its name", s.Layer, s.Environment, s.Region)
	}
	i := s.Intent()
	if !i.Get("environment").Is(s.Environment) || !i.Get("region").Is(s.Region) || !i.Get("layer").Is(s.Layer) {
		f.FailStack(s, "its intent says %s, %s, %s", i.Get("environment"), i.Get("region"), i.Get("layer"))
	}
	if s.Account != first.Account || s.Environment != first.Environment || !slices.Equal(intent.RegionsOf(s), intent.RegionsOf(first)) {
		f.FailStack(s, "is of account %s, environment %s and regions %v; %s is of %s, %s and %v", s.Account, s.Environment, intent.RegionsOf(s),
			first.Name, first.Account, first.Environment, intent.RegionsOf(first))
	}
	if len(intent.RegionsOf(s)) == 0 {
		f.FailStack(s, "says no regions")
	}
}

var stacksAreProtected = policies.Policy{
	ID: "EST-02", Title: "No stack can be deleted by a slip: termination protection is as intended, and always on in production",
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
				f.FailStack(s, "does not say whether it is protected")
			case strings.HasPrefix(s.Environment, "prod") && !meant.True():
				f.FailStack(s, "is production, and not meant to be protected")
			case s.TerminationProtection != meant.True():
				f.FailStack(s, "its termination protection is %t, its intent %t", s.TerminationProtection, meant.True())
			}
		}
	},
}

var orderOfDeployment = policies.Policy{
	ID: "EST-03", Title: "Stacks are deployed in an order that works on an empty account: boundary, keys, copies before what copies, the database that writes before the others",
	Source:    policies.MultiRegion,
	Component: policies.Management, STRIDE: "D", Severity: policies.Medium,
	Fix:   "state it in stacks.Build's order",
	Reads: []string{"AWS::IAM::Role"},
	Check: func(e *template.Estate, f *policies.Findings) {
		before := map[string]map[string]bool{}
		for _, s := range e.Stacks() { // in an order in which what they depend on is there already
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
					f.FailStack(s, "does not wait for %s", first)
				}
			}
		}
	},
}

// mustPrecede are the stacks that must be there before a stack: the boundary before roles, keys before what they encrypt, also those of the
// regions that secrets and the registry are copied to, the endpoint before what is read by it alone, the buckets that are copied to before
// the one that copies, the master's password before the database that writes, that one before those that follow it, the rotator
// and the closed table before partners' secrets and records.
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
	ID: "EST-04", Title: "Everything is tagged with its environment and layer, by its stack",
	Source:    policies.ManagementRow,
	Component: policies.Management, STRIDE: "R", Severity: policies.Low,
	Fix:   "make the stack with stacks.Build's newStack",
	Reads: []string{policies.StacksAlone},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
			if s.Tags["livechat:environment"] != s.Environment || s.Tags["livechat:layer"] != s.Layer {
				f.FailStack(s, "is tagged %v", s.Tags)
			}
		}
	},
}
