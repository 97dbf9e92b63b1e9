package intent

import "livechat.example/cloud/policies/template"

// BucketKey returns the KMS key that a bucket encrypts under by default, or nil.
func BucketKey(e *template.Estate, b *template.Resource) *template.Resource {
	k := e.Find(b.Get("BucketEncryption", "ServerSideEncryptionConfiguration", "0", "ServerSideEncryptionByDefault", "KMSMasterKeyID"))
	if k == nil || k.Type != "AWS::KMS::Key" {
		return nil
	}
	return k
}

// ClassKey returns the one key of a class of data in a region; nil if there is none, or two.
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

// AliasClass returns what the intent of its stack calls an alias, "" if it does not name it.
func AliasClass(a *template.Resource) string {
	for class, name := range a.Stack.Intent().Get("keys").Map() {
		if t := name.Text(); t != "" && a.Get("AliasName").Is(t) {
			return class
		}
	}
	return ""
}
