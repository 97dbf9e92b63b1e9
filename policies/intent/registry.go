package intent

import "livechat.example/cloud/policies/template"

// RegistryName returns that of the environment's registry, in every region.
func RegistryName(s *template.Stack) string { return "livechat-" + s.Environment + "-registry" }

// RegistryARN returns that of a region's replica.
func RegistryARN(s *template.Stack, region string) string {
	return "arn:" + s.Partition() + ":dynamodb:" + region + ":" + s.Account + ":table/" + RegistryName(s)
}

// RegistryAlias returns the alias of a region's key of the registry's class, nil if it has none.
func RegistryAlias(e *template.Estate, region string) *template.Resource {
	for a := range e.All("AWS::KMS::Alias") {
		if a.Stack.Region == region && AliasClass(a) == "registry" && e.Find(a.Get("TargetKeyId"), "AWS::KMS::Key") != nil {
			return a
		}
	}
	return nil
}

// Registrar returns the function that writes the registry's records, nil if there is none.
func Registrar(e *template.Estate) *template.Resource {
	for r := range e.All(FunctionType) {
		if r.Stack.Layer == "registry" && r.Get("FunctionName").Is(r.Stack.Environment+"-"+r.Stack.Region+"-registrar") {
			return r
		}
	}
	return nil
}
