// Writes the templates of an assembly anew, each resource as a CfnResource: what aws-cdk-lib takes by itself, without jsii, Go and the
// constructs' own work. It is the floor that a synthesis is measured against.
//   node floor.js ASSEMBLY OUT
"use strict";
const fs = require("fs");
const path = require("path");
const { App, CfnOutput, CfnResource, DefaultStackSynthesizer, Stack } = require("aws-cdk-lib");

const [assembly, outdir] = process.argv.slice(2);
const read = (name) => JSON.parse(fs.readFileSync(path.join(assembly, name), "utf8"));

// As the program has it (stacks/context.go): nothing is written beside the templates, and no call stack is kept.
const context = { "aws:cdk:disable-creation-stack-traces": true, "@aws-cdk/core:enableAdditionalMetadataCollection": false };
const app = new App({ outdir, context, analyticsReporting: false, autoSynth: false, stackTraces: false, treeMetadata: false });
for (const [name, { type, environment, properties }] of Object.entries(read("manifest.json").artifacts)) {
  if (type !== "aws:cloudformation:stack") continue;
  const template = read(properties.templateFile);
  const [account, region] = environment.replace("aws://", "").split("/");
  const qualifier = template.Parameters.BootstrapVersion.Default.split("/")[2];
  const stack = new Stack(app, name, {
    env: { account, region }, description: template.Description, tags: properties.tags,
    synthesizer: new DefaultStackSynthesizer({ qualifier }), terminationProtection: properties.terminationProtection,
  });
  stack.templateOptions.metadata = template.Metadata;
  for (const [id, { Type, Properties, ...rest }] of Object.entries(template.Resources)) {
    const resource = new CfnResource(stack, id, { type: Type, properties: Properties });
    resource.overrideLogicalId(id);
    for (const [key, value] of Object.entries(rest)) resource.addOverride(key, value);
  }
  for (const [id, { Value, Export }] of Object.entries(template.Outputs ?? {})) {
    new CfnOutput(stack, id, { value: Value, exportName: Export?.Name }).overrideLogicalId(id);
  }
}
app.synth();
