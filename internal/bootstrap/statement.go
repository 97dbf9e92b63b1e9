package bootstrap

// statement is one of a policy document. Without an effect it allows.
type statement struct {
	Sid       string     `json:"Sid"`
	Effect    string     `json:"Effect"`
	Principal any        `json:"Principal,omitempty"` // none in an identity's policy
	Action    []string   `json:"Action,omitempty"`
	NotAction []string   `json:"NotAction,omitempty"` // of a refusal only
	Resource  any        `json:"Resource,omitempty"`
	Condition conditions `json:"Condition,omitempty"`
}

// conditions are by operator and key; all must be met.
type conditions map[string]map[string]any

const (
	deny = "Deny"
	all  = "*"
)

// account is the identities of this account, as far as their own policies allow them; anyone is for refusals.
var (
	account = object{"AWS": sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}
	anyone  = object{"AWS": "*"}
)

func document(statements ...statement) object {
	for i := range statements {
		if statements[i].Effect == "" {
			statements[i].Effect = "Allow"
		}
	}
	return object{"Version": "2012-10-17", "Statement": statements}
}

// sub is a text with references in ${}.
func sub(text string) object { return object{"Fn::Sub": text} }

// ofIAM is the ARN of an identity or a policy of the account.
func ofIAM(path string) object { return sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:" + path) }

// at is the ARN of something of the account in any of its regions.
func at(service, resource string) object {
	return sub("arn:${AWS::Partition}:" + service + ":*:${AWS::AccountId}:" + resource)
}

// here is the ARN of something of the account in the region of the stack.
func here(service, resource string) object {
	return sub("arn:${AWS::Partition}:" + service + ":${AWS::Region}:${AWS::AccountId}:" + resource)
}
