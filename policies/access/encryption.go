package access

import (
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// cipher is how a type's data is encrypted, where each read or write asks KMS in the caller's name. DynamoDB, RDS,
// ElastiCache and ECR have grants instead, so that a caller needs no permission on the key.
type cipher struct {
	key     string // the property that names the key
	service string // as in kms:ViaService
	context string // the key of the encryption context
	reads   []string
	writes  []string
	making  []string // what a write needs
}

// What a write needs of the key: a data key, which some services verify by decrypting it.
var (
	made     = []string{"kms:GenerateDataKey"}
	verified = []string{"kms:GenerateDataKey", "kms:Decrypt"}
)

// ciphers are those of "Using server-side encryption with AWS KMS keys" (S3, where only an upload in parts decrypts),
// "Secret encryption and decryption" (Secrets Manager), "Key management" (SQS), "Managing encryption keys and costs"
// (SNS), and "Permissions to use user-generated KMS keys" (Kinesis).
var ciphers = map[string]cipher{
	"AWS::S3::Bucket": {"BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID", "s3", "aws:s3:arn",
		[]string{"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectVersionForReplication"}, []string{"s3:PutObject"}, made},
	"AWS::SecretsManager::Secret": {"KmsKeyId", "secretsmanager", "SecretARN", []string{"secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"},
		[]string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"}, verified},
	"AWS::SQS::Queue":      {"KmsMasterKeyId", "sqs", "", []string{"sqs:ReceiveMessage"}, []string{"sqs:SendMessage"}, verified},
	"AWS::SNS::Topic":      {"KmsMasterKeyId", "sns", "", nil, []string{"sns:Publish"}, verified},
	"AWS::Kinesis::Stream": {"StreamEncryption.KeyId", "kinesis", "", []string{"kinesis:GetRecords"}, []string{"kinesis:PutRecord", "kinesis:PutRecords"}, made},
}

// keyed returns what an action on something needs of its key, nil if nothing.
func (m *Model) keyed(who *Principal, action string, on *object) *Verdict {
	if on.r == nil {
		return nil
	}
	c, known := ciphers[on.r.Type]
	if !known {
		return nil
	}
	same := func(a string) bool { return strings.EqualFold(a, action) }
	var needs []string
	switch {
	case slices.ContainsFunc(c.reads, same):
		needs = []string{"kms:Decrypt"}
	case slices.ContainsFunc(c.writes, same):
		needs = c.making
	default:
		return nil
	}
	key := on.encrypted(c)
	if key.Missing() || strings.HasPrefix(key.Text(), "alias/aws/") { // AWS's own key is for every principal of the account, through the service
		if who.Account == on.account || who.Kind == Service {
			return nil
		}
		return m.unencrypted(on)
	}
	v := m.uses(who, needs[0], m.keyOf(on.r, key), m.context(c, who, on))
	for _, need := range needs[1:] {
		v = v.and(m.uses(who, need, m.keyOf(on.r, key), m.context(c, who, on)))
	}
	return &v
}

// and returns the verdict on two requests that are both needed: of a refusal, why one is refused.
func (v Verdict) and(w Verdict) Verdict {
	switch {
	case v.Allowed < w.Allowed:
		return v
	case w.Allowed < v.Allowed:
		return w
	}
	for _, s := range w.Why {
		if !slices.Contains(v.Why, s) {
			v.Why = append(v.Why, s)
		}
	}
	for _, d := range w.Doubts {
		if !slices.Contains(v.Doubts, d) {
			v.Doubts = append(v.Doubts, d)
		}
	}
	if v.With == nil {
		v.With = map[string][]string{}
	}
	maps.Copy(v.With, w.With)
	v.Always = v.Always && w.Always
	return v
}

// encrypted returns what names the key of an object: of a secret's copy, the one that it is copied under.
func (o *object) encrypted(c cipher) template.Value {
	for _, copied := range o.r.Get("ReplicaRegions").List() {
		if o.region != o.r.Stack.Region && copied.Get("Region").Is(o.region) {
			return copied.Get("KmsKeyId")
		}
	}
	return o.r.Get(strings.Split(c.key, ".")...)
}

// KeyOf returns the key in the estate that what a name means is encrypted with, as stack/LogicalId; "" if there is none.
func (m *Model) KeyOf(name string) string {
	on := m.object(name)
	if on.r == nil {
		return ""
	}
	c, known := ciphers[on.r.Type]
	if !known {
		return ""
	}
	if v := on.encrypted(c); !v.Missing() && !v.Unknown() {
		if key := m.keyOf(on.r, v); key.r != nil {
			return key.r.String()
		}
	}
	return ""
}

// unencrypted returns the verdict on another account's use of a key that AWS manages: none, unless nothing is encrypted
// by KMS.
func (m *Model) unencrypted(on *object) *Verdict {
	algorithm := on.r.Get("BucketEncryption", "ServerSideEncryptionConfiguration", "0", "ServerSideEncryptionByDefault", "SSEAlgorithm")
	if on.r.Type == "AWS::S3::Bucket" && !strings.HasPrefix(algorithm.Text(), "aws:kms") && !algorithm.Unknown() {
		return nil
	}
	if on.r.Type == "AWS::S3::Bucket" || on.r.Type == "AWS::SecretsManager::Secret" {
		return &Verdict{}
	}
	return nil
}

func (m *Model) keyOf(r *template.Resource, v template.Value) *object {
	if key := m.estate.Find(v, "AWS::KMS::Key", "AWS::KMS::ReplicaKey"); key != nil {
		return m.thing(key, "")
	}
	if alias := m.estate.Find(v, "AWS::KMS::Alias"); alias != nil {
		if key := m.estate.Find(alias.Get("TargetKeyId"), "AWS::KMS::Key", "AWS::KMS::ReplicaKey"); key != nil {
			return m.thing(key, "")
		}
	}
	on := m.object(v.Text())
	if v.Unknown() || on.account == "" {
		on = &object{name: "the key of " + r.String(), forms: []string{v.Text()}, account: r.Stack.Account, region: r.Stack.Region,
			service: "kms", unseen: "the key of " + r.String() + " is in no template"}
	}
	return on
}

// context returns what the service tells KMS when it asks for its caller; for its own use the caller chooses it.
func (m *Model) context(c cipher, who *Principal, on *object) map[string][]string {
	if who.Kind == Service {
		return nil
	}
	given := map[string][]string{"kms:ViaService": {c.service + "." + on.region + ".amazonaws.com"}}
	if c.context != "" {
		arn := on.forms[0]
		if on.r.Get("BucketEncryption", "ServerSideEncryptionConfiguration", "0", "BucketKeyEnabled").True() {
			arn = strings.TrimSuffix(arn, on.suffix)
		}
		given["kms:EncryptionContext:"+c.context] = []string{arn}
	}
	return given
}

// uses returns whether a principal may use a key, by a policy or by a grant that it makes itself (KMS Developer Guide,
// "Grants in AWS KMS"): a grant for an AWS resource is the service's to use, any other the caller's.
func (m *Model) uses(who *Principal, action string, key *object, context map[string][]string) Verdict {
	direct := m.judge(who, action, key, context)
	if direct.Allowed == Yes {
		return direct
	}
	operation := strings.TrimPrefix(action, "kms:")
	grant := m.quickly(who, "kms:CreateGrant", key, map[string][]string{
		"kms:GrantIsForAWSResource": {"false"}, "kms:GrantOperations": {operation}, "kms:ViaService": nil,
	})
	if grant.Allowed > direct.Allowed {
		return grant
	}
	return direct
}

// operations are those that a grant may give.
var operations = []string{"kms:decrypt", "kms:encrypt", "kms:generatedatakey", "kms:generatedatakeywithoutplaintext", "kms:reencryptfrom",
	"kms:reencryptto", "kms:sign", "kms:verify", "kms:generatemac"}
