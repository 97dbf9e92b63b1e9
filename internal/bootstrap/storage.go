package bootstrap

// storage closes the bucket and the repository of what is deployed to everyone but this account.
func (d *derivation) storage() {
	d.key()
	d.bucket()
	d.repository()
}

// key is the bucket's alone: it rotates, is used through S3 by this account, and outlives its stack as the bucket does.
func (d *derivation) key() {
	key := d.properties("FileAssetsBucketEncryptionKey", "AWS::KMS::Key")
	key["Description"] = sub("Live chat: what ${Qualifier} deploys")
	key["EnableKeyRotation"], key["PendingWindowInDays"] = true, 30
	key["KeyPolicy"] = document(
		statement{Sid: "Administration", Principal: account, Resource: all, Action: []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias",
			"kms:UpdateKeyDescription", "kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:EnableKey", "kms:DisableKey",
			"kms:EnableKeyRotation", "kms:DisableKeyRotation", "kms:RotateKeyOnDemand", "kms:TagResource", "kms:UntagResource",
			"kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:RevokeGrant"}},
		statement{Sid: "UseThroughS3", Principal: account, Resource: all, Action: []string{"kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"},
			Condition: conditions{"StringEquals": {
				"kms:CallerAccount": object{"Ref": "AWS::AccountId"}, "kms:ViaService": sub("s3.${AWS::Region}.amazonaws.com"),
			}}},
	)
	d.retained("FileAssetsBucketEncryptionKey")
	d.properties("FileAssetsBucketEncryptionKeyAlias", "AWS::KMS::Alias")
}

func (d *derivation) bucket() {
	bucket := d.properties("StagingBucket", "AWS::S3::Bucket")
	delete(bucket, "AccessControl") // there are no ACLs
	bucket["BucketName"] = sub("cdk-${Qualifier}-assets-${AWS::AccountId}-${AWS::Region}")
	bucket["OwnershipControls"] = object{"Rules": []object{{"ObjectOwnership": "BucketOwnerEnforced"}}}
	bucket["BucketEncryption"] = object{"ServerSideEncryptionConfiguration": []object{{
		"BucketKeyEnabled": true,
		"ServerSideEncryptionByDefault": object{
			"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": object{"Fn::GetAtt": []string{"FileAssetsBucketEncryptionKey", "Arn"}},
		},
	}}}
	blocked := object{"Ref": "PublicAccessBlockConfiguration"} // which is always true
	bucket["PublicAccessBlockConfiguration"] = object{
		"BlockPublicAcls": blocked, "BlockPublicPolicy": blocked, "IgnorePublicAcls": blocked, "RestrictPublicBuckets": blocked,
	}
	d.retained("StagingBucket")

	on := []any{sub("${StagingBucket.Arn}"), sub("${StagingBucket.Arn}/*")}
	d.properties("StagingBucketPolicy", "AWS::S3::BucketPolicy")["PolicyDocument"] = document(
		append(closed("s3:*", on), statement{Sid: "OldTLS", Effect: deny, Principal: anyone, Action: []string{"s3:*"}, Resource: on,
			Condition: conditions{"NumericLessThan": {"s3:TlsVersion": "1.2"}}})...)
	d.retained("StagingBucketPolicy")
}

// repository admits no service: nothing of the estate runs an image from here. Its encryption stays as it is, since it cannot be
// changed in place and a repository with a name of its own cannot be replaced.
func (d *derivation) repository() {
	repository := d.properties("ContainerAssetsRepository", "AWS::ECR::Repository")
	repository["RepositoryName"] = sub("cdk-${Qualifier}-container-assets-${AWS::AccountId}-${AWS::Region}")
	repository["ImageTagMutability"] = "IMMUTABLE"
	repository["ImageScanningConfiguration"] = object{"ScanOnPush": true}
	repository["RepositoryPolicyText"] = document(closed("ecr:*", nil)...)
}

// closed refuses what comes without TLS or from another account. A repository's policy names no resource.
func closed(actions string, on any) []statement {
	return []statement{
		{Sid: "NoTLS", Effect: deny, Principal: anyone, Action: []string{actions}, Resource: on,
			Condition: conditions{"Bool": {"aws:SecureTransport": "false"}}},
		{Sid: "OtherAccounts", Effect: deny, Principal: anyone, Action: []string{actions}, Resource: on, Condition: conditions{
			"StringNotEquals": {"aws:PrincipalAccount": object{"Ref": "AWS::AccountId"}},
			"BoolIfExists":    {"aws:PrincipalIsAWSService": "false"},
		}},
	}
}
