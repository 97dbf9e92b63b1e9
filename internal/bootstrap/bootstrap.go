// Package bootstrap derives what an account must have before the first stack is deployed, from the template that the cdk CLI would
// take: the bucket of what is deployed, the roles that deploy it, and the role that CloudFormation acts as. Docs/decisions/0018 says
// what is changed and why.
package bootstrap

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"livechat.example/cloud/internal/names"
)

// stock is the template of the cdk CLI that package.json pins (aws-cdk, Apache-2.0), byte for byte.
//
//go:embed cdk.yaml
var stock []byte

// Props are the environment that is bootstrapped.
type Props struct {
	Environment string   // required
	Account     string   // required
	Qualifier   string   // required: it begins the names of what the bootstrap makes
	Regions     []string // required: those of the environment; the global one is always added
}

// variant is what the CLI calls this template. It does not replace the stack of another variant unless told to.
const variant = "Live chat: roles under a boundary"

func (p Props) check() error {
	if p.Environment == "" || p.Account == "" || p.Qualifier == "" || len(p.Regions) == 0 {
		return fmt.Errorf("bootstrap.Props: Environment, Account, Qualifier and Regions are all required: %+v", p)
	}
	return nil
}

// Stack is the name of the stack that holds the bootstrap in each region.
func (p Props) Stack() string { return "CDKToolkit-" + p.Qualifier }

// Arguments are those of the cdk command that deploys the template in file to every region. With an app the CLI would run it first.
// Without --bootstrap-customer-key, or with what an earlier bootstrap was given for the empty ones, it passes parameters that this
// template does not have. With an earlier one's parameters it would keep that one's variant, and never update the stack again.
func (p Props) Arguments(file string) []string {
	args := []string{"bootstrap", "--app=", "--template", file, "--qualifier", p.Qualifier, "--toolkit-stack-name", p.Stack(),
		"--bootstrap-customer-key", "--termination-protection", "--no-previous-parameters", "--trust=", "--trust-for-lookup=", "--cloudformation-execution-policies="}
	for _, region := range names.DeployedTo(p.Regions) {
		args = append(args, "aws://"+p.Account+"/"+region)
	}
	return args
}

// Template is the derived template, as JSON; it is the same in every region.
func (p Props) Template() ([]byte, error) { return p.derive(stock) }

func (p Props) derive(stock []byte) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	var t object
	if err := yaml.Unmarshal(stock, &t); err != nil {
		return nil, fmt.Errorf("the cdk CLI's bootstrap template: %w", err)
	}
	d := derivation{p: p, template: t}
	d.seen()
	d.parameters()
	d.storage()
	d.roles()
	d.version()
	delete(t, "Conditions")
	d.metadata()
	if err := errors.Join(d.faults...); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(t, "", " ")
	return append(text, '\n'), err
}

// derivation is a template on its way from the CLI's to ours.
type derivation struct {
	p        Props
	template object
	faults   []error
}

// object is one of the template's.
type object = map[string]any

// derived are the resources of the CLI's template. The derivation has looked at each.
var derived = []string{"CdkBoostrapPermissionsBoundaryPolicy", "CdkBootstrapVersion", "CloudFormationExecutionRole", "ContainerAssetsRepository",
	"DeploymentActionRole", "FileAssetsBucketEncryptionKey", "FileAssetsBucketEncryptionKeyAlias", "FilePublishingRole",
	"FilePublishingRoleDefaultPolicy", "ImagePublishingRole", "ImagePublishingRoleDefaultPolicy", "LookupRole", "StagingBucket", "StagingBucketPolicy"}

// seen refuses a resource that the rest of the derivation would let through as the CLI has it.
func (d *derivation) seen() {
	for id := range d.section("Resources") {
		if !slices.Contains(derived, id) {
			d.faults = append(d.faults, fmt.Errorf("the cdk CLI's bootstrap template has %s, of which this derivation knows nothing", id))
		}
	}
}

func (d *derivation) section(name string) object {
	s, is := d.template[name].(object)
	if !is {
		d.faults = append(d.faults, fmt.Errorf("the cdk CLI's bootstrap template has no %s", name))
		return object{}
	}
	return s
}

// properties are those of a resource that the CLI's template must have.
func (d *derivation) properties(id, kind string) object {
	r, _ := d.section("Resources")[id].(object)
	properties, is := r["Properties"].(object)
	if !is || r["Type"] != kind {
		d.faults = append(d.faults, fmt.Errorf("the cdk CLI's bootstrap template has no %s named %s", kind, id))
		return object{}
	}
	delete(r, "Condition")
	return properties
}

// retained keeps a resource when its stack goes or replaces it.
func (d *derivation) retained(id string) {
	if r, is := d.section("Resources")[id].(object); is {
		r["DeletionPolicy"], r["UpdateReplacePolicy"] = "Retain", "Retain"
	}
}

// parameters keeps those that the CLI passes and reads, at their one value. The others are ways to weaken what is here; the CLI's
// options for them fail, since CloudFormation refuses a parameter that the template does not have.
func (d *derivation) parameters() {
	fixed := map[string]string{"Qualifier": d.p.Qualifier, "PublicAccessBlockConfiguration": "true", "BootstrapVariant": variant}
	parameters := d.section("Parameters")
	for name, value := range fixed {
		parameter, is := parameters[name].(object)
		if !is {
			d.faults = append(d.faults, fmt.Errorf("the cdk CLI's bootstrap template has no parameter %s", name))
			continue
		}
		parameter["Default"], parameter["AllowedValues"] = value, []string{value}
	}
	for name := range parameters {
		if _, kept := fixed[name]; !kept {
			delete(parameters, name)
		}
	}
}

// version leaves the version as the CLI has it, which says what the roles can do for it, and says whose template this is beside it.
func (d *derivation) version() {
	d.properties("CdkBootstrapVersion", "AWS::SSM::Parameter")["Description"] = object{"Ref": "BootstrapVariant"}
	key, is := d.section("Outputs")["FileAssetKeyArn"].(object)
	if !is {
		d.faults = append(d.faults, errors.New("the cdk CLI's bootstrap template has no output FileAssetKeyArn"))
		return
	}
	key["Value"] = object{"Fn::GetAtt": []string{"FileAssetsBucketEncryptionKey", "Arn"}}
}

// metadata says whose template it is, as the stacks say it.
func (d *derivation) metadata() {
	d.template["Description"] = "Live chat, " + d.p.Environment + ": what deployments need"
	d.template["Metadata"] = object{"LiveChat": object{
		"environment": d.p.Environment, "layer": "bootstrap", "account": d.p.Account, "region": names.GlobalRegion,
		"regions": names.DeployedTo(d.p.Regions), "boundary": names.Boundary(d.p.Environment),
	}}
}
