package intent

import "livechat.example/cloud/policies/template"

// Reporter takes what is found wrong: it is what a policy's Findings are to the vocabulary, which knows no policy.
type Reporter interface {
	Fail(r *template.Resource, format string, args ...any)
	FailStack(s *template.Stack, format string, args ...any)
	FailEstate(format string, args ...any)
}
