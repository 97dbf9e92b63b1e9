package intent

import "livechat.example/cloud/policies/template"

const (
	KeyType   = "AWS::KMS::Key"
	AliasType = "AWS::KMS::Alias"
)

func Texts(v template.Value) []string {
	var all []string
	for _, x := range v.List() {
		all = append(all, x.Text())
	}
	return all
}

func Regions(e *template.Estate) []string {
	for _, s := range e.Stacks() {
		if r := Texts(s.Intent().Get("regions")); len(r) > 0 {
			return r
		}
	}
	return nil
}

func ClassKey(e *template.Estate, region, class string) *template.Resource {
	var found *template.Resource
	for a := range e.All("AWS::KMS::Alias") {
		if a.Stack.Region != region || AliasClass(a) != class {
			continue
		}
		k := e.Find(a.Get("TargetKeyId"), "AWS::KMS::Key")
		if k == nil || found != nil {
			return nil
		}
		found = k
	}
	return found
}

func AliasClass(a *template.Resource) string {
	for class, name := range a.Stack.Intent().Get("keys").Map() {
		if t := name.Text(); t != "" && a.Get("AliasName").Is(t) {
			return class
		}
	}
	return ""
}
