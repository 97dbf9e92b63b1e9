package stacks

import (
	_ "embed"
	"encoding/json"

	"livechat.example/cloud/config"
)

// flags are all feature flags of aws-cdk-lib 2.277.0 at the value it recommends, the expired ones left out. Listing each
// keeps the library from choosing for us, and the cdk CLI from asking.
//
//go:embed flags.json
var flags []byte

// appContext is the whole CDK context of an environment. It is the only source: the app ignores what the cdk CLI or a
// cdk.json would add, so that a direct run, a run under the CLI and a test write the same templates (DEPLOY-TRAPS §1).
func appContext(env config.Environment) map[string]any {
	context := map[string]any{}
	if err := json.Unmarshal(flags, &context); err != nil {
		panic("stacks/flags.json: " + err.Error())
	}
	// Within a region a reference is an export that cannot vanish while it is in use; across regions names are computed,
	// and a reference that slips in must fail the synthesis.
	context["@aws-cdk/core:defaultCrossStackReferences"] = "strong"
	// Off: usage metadata that nothing reports, and a table of all regions' facts that takes 0.15 s to load only to write
	// "aws" where a template may say ${AWS::Partition}.
	context["@aws-cdk/core:enableAdditionalMetadataCollection"] = false
	context["@aws-cdk/core:enablePartitionLiterals"] = false
	// The library would put statements of one action into one, and order the references in it by numbers that differ between runs.
	context["@aws-cdk/aws-iam:minimizePolicies"] = false
	// CDK's own findings are read from its report and told once, by Synth.
	context["@aws-cdk/core:failSynthOnValidationErrors"] = false
	// The stacks make their own synthesizer of it. One that was made here could be asked for nothing: a stack works with a copy,
	// which jsii takes for the original.
	context["@aws-cdk/core:bootstrapQualifier"] = env.Delivery.Qualifier
	context["aws:cdk:enable-path-metadata"] = true
	context["aws:cdk:enable-asset-metadata"] = false
	context["aws:cdk:version-reporting"] = false
	context["aws:cdk:disable-creation-stack-traces"] = true
	context["aws:cdk:bundling-stacks"] = []string{"**"}
	for _, r := range env.Regions {
		context["availability-zones:account="+env.Account+":region="+r.Name] = r.Zones
	}
	return context
}
