package readback

import "slices"

// Exception is a property that the emulator does not keep as AWS would, so that its difference says nothing about the
// template. Policies and cfn-lint judge those properties; nothing here does.
type Exception struct{ Type, Property, Reason string }

type exceptionKey struct{ Type, Property string }

func (e Exception) key() exceptionKey { return exceptionKey{e.Type, e.Property} }

// keptWrong is what ministack 1.5.33 is known to keep wrong. An entry that a run compares and finds equal is reported as
// stale: delete it then.
var keptWrong = []Exception{
	{"AWS::S3::Bucket", "BucketEncryption", "its CloudFormation ignores the property; every bucket reads back AES256"},
	{"AWS::S3::Bucket", "LifecycleConfiguration", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "LoggingConfiguration", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "ObjectLockConfiguration", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "ObjectLockEnabled", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "OwnershipControls", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "ReplicationConfiguration", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "Tags", "its CloudFormation ignores the property"},
	{"AWS::IAM::Role", "PermissionsBoundary", "its CloudFormation ignores the property; IAM itself keeps one that PutRolePermissionsBoundary sets"},
}

func excepted(key exceptionKey) bool {
	return slices.ContainsFunc(keptWrong, func(e Exception) bool { return e.key() == key })
}
