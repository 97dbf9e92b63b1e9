package assembly

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// sections are the parts of a template that leave the deployment nothing to decide.
var sections = []string{"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Resources", "Outputs", "Rules"}

// CDK's own parameter and rule check the version of its bootstrap stack.
var deploymentDecidesNothing = policies.Policy{
	ID: "CDK-07", Title: "A deployment decides nothing: no parameters, conditions, macros or includes",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "T", Severity: policies.High,
	Fix:   "decide it in Go, from config",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range f.Stacks(e) {
			f.ExaminedStack(s)
			judgeSections(f, s)
		}
		for _, s := range e.Stacks() {
			resources, _ := s.Template()["Resources"].(map[string]any)
			for id, r := range resources { // also those that a condition hides
				if body, _ := r.(map[string]any); body["Condition"] != nil {
					f.FailStack(s, "%s.Condition is %s, must be absent", id, template.Of(body["Condition"]))
				}
			}
		}
		for r := range f.Each(e) {
			template.Visit(r.Raw(), func(path []string, _ any) {
				if n := len(path); n > 0 && (path[n-1] == "Fn::Transform" || path[n-1] == "Fn::If") {
					f.Fail(r, "%s is a %s, must be a value", strings.Join(path[:n-1], "."), path[n-1])
				}
			})
		}
	},
}

func judgeSections(f *policies.Findings, s *template.Stack) {
	for _, section := range slices.Sorted(maps.Keys(s.Template())) {
		if !slices.Contains(sections, section) {
			f.FailStack(s, "%s is set, must be absent: it decides in the deployment", section)
		}
	}
	for name, p := range template.Of(s.Template()["Parameters"]).Map() {
		if name != "BootstrapVersion" || !p.Get("Type").Is("AWS::SSM::Parameter::Value<String>") || !strings.HasPrefix(p.Get("Default").Text(), "/cdk-bootstrap/") {
			f.FailStack(s, "Parameters.%s is set, must be absent: the only one is CDK's BootstrapVersion", name)
		}
	}
	for name := range template.Of(s.Template()["Rules"]).Map() {
		if name != "CheckBootstrapVersion" {
			f.FailStack(s, "Rules.%s is set, must be absent: the only one is CDK's CheckBootstrapVersion", name)
		}
	}
	for _, section := range slices.Sorted(maps.Keys(s.Template())) {
		if section == "Resources" {
			continue
		}
		template.Visit(s.Template()[section], func(path []string, _ any) {
			if n := len(path); n > 0 && path[n-1] == "Fn::Transform" {
				f.FailStack(s, "%s is a Fn::Transform, must be a value: a macro writes it in the deployment", strings.Join(append([]string{section}, path[:n-1]...), "."))
			}
		})
	}
}

var (
	// secretText is a private key, an access key of AWS, a provider's or GitHub's token, a JWT, or an address with a password in it.
	secretText  = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bsk-[A-Za-z0-9_-]{20}|\bgh[pousr]_[A-Za-z0-9]{30}|\beyJ[A-Za-z0-9_-]{10,}\.eyJ|\bxox[bp]-|://[^/\s:@]+:[^/\s:@]{6,}@`)
	secretMarks = []string{"PRIVATE KEY", "AKIA", "ASIA", "sk-", "gh", "eyJ", "xox", "://"} // each match of secretText has one, which is found faster
	randomText  = regexp.MustCompile(`[A-Za-z0-9+/=_]{32,}`)
)

// The database's master password is a reference to Secrets Manager: see isMasterPassword.
var noSecretIsWritten = policies.Policy{
	ID: "CDK-08", Title: "No template holds a secret, or has the deployment resolve one into it",
	Source:    policies.Risk("Certificate, Key, and Secret Management", "Use a centralized secrets management solution (e.g., AWS Secrets Manager, HashiCorp Vault) for all mTLS certificates, API keys, and sensitive configs."),
	Component: policies.Management, STRIDE: "I", Severity: policies.High,
	Fix:   "have Secrets Manager generate it, and hand on its ARN",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range f.Stacks(e) {
			f.ExaminedStack(s)
			for _, section := range slices.Sorted(maps.Keys(s.Template())) {
				if section == "Resources" {
					continue
				}
				template.Visit(s.Template()[section], func(path []string, v any) {
					if why := secretIn(path, v); why != "" {
						f.FailStack(s, "%s.%s %s", section, strings.Join(path, "."), why)
					}
				})
			}
		}
		for r := range f.Each(e) {
			template.Visit(r.Raw(), func(path []string, v any) {
				if why := secretIn(path, v); why != "" && !isMasterPassword(r, path, v) {
					f.Fail(r, "%s %s", strings.Join(path, "."), why)
				}
			})
		}
	},
}

// secretNames are the ends, in lower case, of the names of properties that hold a secret itself, not its place.
var secretNames = []string{"password", "passphrase", "secretstring", "secretkey", "accesskey", "secret", "privatekey", "token", "apikey", "credential", "credentials"}

// namesSecret reports whether a property of that name holds a secret.
func namesSecret(key string) bool {
	return slices.ContainsFunc(secretNames, func(end string) bool {
		return len(key) >= len(end) && strings.EqualFold(key[len(key)-len(end):], end)
	})
}

// secretIn returns what is secret about a text at a path, without the text.
func secretIn(path []string, v any) string {
	text, ok := v.(string)
	if !ok || len(text) == 0 || len(path) == 0 {
		return ""
	}
	switch {
	case strings.Contains(text, "{{resolve:"):
		return "is resolved by the deployment, must be the ARN of the secret"
	case namesSecret(path[len(path)-1]):
		return "is a secret in plain text, must be the ARN of one"
	case len(text) < 20:
		return ""
	case slices.ContainsFunc(secretMarks, func(mark string) bool { return strings.Contains(text, mark) }) && secretText.MatchString(text):
		return "holds a credential, must hold none"
	case len(text) >= 32 && !refers(path) && random(text):
		return "is random text, must not be: it looks like a secret"
	}
	return ""
}

// masterPassword is a reference to the password in a secret, by the secret's name, and nothing else.
var masterPassword = regexp.MustCompile(`^\{\{resolve:secretsmanager:[A-Za-z0-9/_+=.@-]+:SecretString:password\}\}$`)

// isMasterPassword reports whether a text is the one reference that a deployment may resolve: RDS takes a cluster's first password no
// other way, and manages none of a global database. CloudFormation does not show the value.
func isMasterPassword(r *template.Resource, path []string, v any) bool {
	text, _ := v.(string)
	return r.Type == intent.ClusterType && slices.Equal(path, []string{"Properties", "MasterUserPassword"}) && masterPassword.MatchString(text)
}

// refers reports whether a text is a name that the library made, inside a reference or of an export.
func refers(path []string) bool {
	return slices.ContainsFunc(path, func(key string) bool {
		return key == "Ref" || key == "Fn::GetAtt" || key == "Fn::ImportValue" || key == "Export" || key == "aws:cdk:path"
	})
}

// random reports whether a part of a text has more than four and a half bits a character, which words and names do not reach.
func random(text string) bool {
	for _, part := range randomText.FindAllString(text, -1) {
		var counts ['z' + 1]float64 // the pattern has no other letter
		for i := range len(part) {
			counts[part[i]]++
		}
		bits := 0.0
		for _, n := range counts {
			if n > 0 {
				bits -= n / float64(len(part)) * math.Log2(n/float64(len(part)))
			}
		}
		if bits > 4.5 {
			return true
		}
	}
	return false
}

// stateful are the types that hold what a deployment must not lose, with the DeletionPolicy of each ("DeletionPolicy attribute"; the
// types are those that cfn-lint and the same page list, as far as the estate will have them).
//
// OnceMade is for what a rollback can delete. Retain is for what it cannot: deletion protection, or the first object that AWS or a
// colleague puts there, makes the rollback itself fail. A key blocks nothing, as it has no name: the rollback deletes its alias. The
// registry is deleted only while its protection is not on yet, as when a replica cannot be made; UPGRADING.md says what to do then.
var stateful = map[string]string{
	"AWS::KMS::Key": intent.Retain, "AWS::KMS::ReplicaKey": intent.Retain, "AWS::S3::Bucket": intent.Retain,
	"AWS::RDS::DBCluster": intent.Retain, "AWS::RDS::DBInstance": intent.Retain, "AWS::RDS::GlobalCluster": intent.Retain,
	"AWS::ECR::Repository": intent.Retain, "AWS::EFS::FileSystem": intent.Retain, "AWS::Backup::BackupVault": intent.Retain,
	"AWS::Backup::LogicallyAirGappedBackupVault": intent.Retain, "AWS::Cognito::UserPool": intent.Retain,
	"AWS::ACMPCA::CertificateAuthority": intent.Retain, "AWS::OpenSearchService::Domain": intent.Retain,
	"AWS::CloudTrail::EventDataStore": intent.Retain,
	"AWS::Logs::LogGroup":             intent.OnceMade, "AWS::SecretsManager::Secret": intent.OnceMade, "AWS::Route53::HostedZone": intent.OnceMade,
	"AWS::DynamoDB::Table": intent.OnceMade, "AWS::DynamoDB::GlobalTable": intent.OnceMade, "AWS::SQS::Queue": intent.OnceMade,
	"AWS::Kinesis::Stream": intent.OnceMade, "AWS::CloudFront::KeyValueStore": intent.OnceMade,
	"AWS::ElastiCache::ServerlessCache":  intent.OnceMade,
	"AWS::ElastiCache::ReplicationGroup": intent.Snapshot, "AWS::ElastiCache::CacheCluster": intent.Snapshot, "AWS::EC2::Volume": intent.Snapshot,
}

// A partner's signing key is excepted: it is deleted with the partner (SECRET-10).
var statefulIsRetained = policies.Policy{
	ID: "CDK-09", Title: "What holds data or keys is retained when it is deleted or replaced",
	Source:    policies.RecoveryTests,
	Component: policies.Management, STRIDE: "TD", Severity: policies.High,
	Fix:   "set RemovalPolicy RETAIN_ON_UPDATE_OR_DELETE; RETAIN where a rollback cannot delete, and SNAPSHOT where the table says so",
	Reads: slices.Sorted(maps.Keys(stateful)),
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All(slices.Collect(maps.Keys(stateful))...) {
			f.Examined(r)
			if intent.LeavesWithItsOwner(r) {
				continue
			}
			want := stateful[r.Type]
			if has := r.DeletionPolicy(); has != want {
				f.Fail(r, "DeletionPolicy is %q, must be %s: %s", has, want, meaning[want])
			}
			if want == intent.OnceMade {
				want = intent.Retain // the attribute of replacement has no such value
			}
			if has := r.UpdateReplacePolicy(); has != want {
				f.Fail(r, "UpdateReplacePolicy is %q, must be %s: what it holds is lost when it is replaced", has, want)
			}
		}
	},
}

// meaning is why a type has its DeletionPolicy.
var meaning = map[string]string{
	intent.Retain:   "neither the end of its stack nor a rollback may take it",
	intent.OnceMade: "what it holds outlives its stack, and a creation that fails leaves nothing that blocks the next",
	intent.Snapshot: "what it holds is lost with its stack",
}
