package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Request is a question: may a principal do something with a resource.
type Request struct {
	// Principal is a title such as role:livechat-prod-reader, an ARN, an account's number, or a name that [Model.Find] knows.
	Principal string `json:"principal"`
	Action    string `json:"action"`   // for example s3:GetObject
	Resource  string `json:"resource"` // an ARN, stack/LogicalId and what is within, or *
	// Context is what the request has under a condition key; without values, that it has none. What is not here is left open.
	Context map[string][]string `json:"context,omitempty"`
}

// Step is a statement that has a part in an answer.
type Step struct {
	Policy    string `json:"policy"`   // what it is: identity policy, permission boundary, key policy, …
	Resource  string `json:"resource"` // stack/LogicalId
	Document  string `json:"document,omitempty"`
	Statement int    `json:"statement"`
	Sid       string `json:"sid,omitempty"`
	Effect    string `json:"effect"`
	Applies   Answer `json:"applies"`
	Why       string `json:"why,omitempty"` // why it does not apply
}

func newStep(s *statement, effect string, t truth, why string) Step {
	return Step{s.role, s.Resource.String(), s.Path, s.Index, s.Sid, effect, Answer(t), why}
}

func (s Step) String() string {
	text := fmt.Sprintf("%s %s", s.Policy, s.Resource)
	if s.Document != "" {
		text += " " + s.Document
	}
	text += fmt.Sprintf("[%d]", s.Statement)
	if s.Sid != "" {
		text += " " + s.Sid
	}
	verb := map[string]string{"Allow": " allows it", "Deny": " denies it"}[s.Effect]
	switch {
	case s.Applies == Unsure:
		return text + strings.Replace(verb, " ", " perhaps ", 1)
	case s.Applies == Yes:
		return text + verb
	}
	return text + " is no " + s.Effect + " here: " + s.Why
}

// Verdict is the answer to a request.
type Verdict struct {
	Allowed Answer `json:"allowed"`
	// Always says that every such request is allowed, whatever the question left open.
	Always bool `json:"always"`
	// With is what a request that is allowed has, of what the question left open; a key without values must not be there.
	With   map[string][]string `json:"with,omitempty"`
	Why    []Step              `json:"why"`
	Doubts []string            `json:"doubts,omitempty"` // what is not known, of an answer that is unknown
}

// May answers a request. The error says what in it names nothing.
func (m *Model) May(q Request) (Verdict, error) {
	who, err := m.principal(q.Principal)
	if err != nil {
		return Verdict{}, err
	}
	if err := Valid(q.Action); err != nil {
		return Verdict{}, err
	}
	return m.judge(who, q.Action, m.object(q.Resource), q.Context), nil
}

// Valid says what is wrong with an action, nil if it is one.
func Valid(action string) error {
	if service, name, ok := strings.Cut(action, ":"); !ok || service == "" || name == "" || strings.ContainsAny(action, "*? ") {
		return fmt.Errorf("%q is no action: one is written like s3:GetObject", action)
	}
	return nil
}

// judge answers.
func (m *Model) judge(who *Principal, action string, on *object, context map[string][]string) Verdict {
	e := m.evaluation(who, action, on, context)
	asked := maps.Clone(e.given)
	v := Verdict{Always: e.decide() == yes}
	t := e.search()
	v.Allowed = Answer(t)
	if t == maybe {
		v.Doubts = slices.Clone(e.doubts)
	}
	e.keep = true
	e.decide()
	v.Why = telling(e.steps, t)
	for key, values := range e.given {
		if _, known := asked[key]; !known {
			if v.With == nil {
				v.With = map[string][]string{}
			}
			v.With[e.keys[key]] = values
		}
	}
	return v
}

func (m *Model) evaluation(who *Principal, action string, on *object, context map[string][]string) *evaluation {
	e := &evaluation{m: m, who: who, action: action, on: on, given: map[string][]string{}, keys: map[string]string{}, left: enough}
	e.own, e.there = m.identity(who, action), speaking(on.policies, action)
	for key, values := range context {
		e.given[strings.ToLower(key)] = values
	}
	return e
}

// telling returns the steps that decide: those that deny, or allow; of a no without a Deny, those that nearly allowed.
func telling(steps []Step, t truth) []Step {
	keep := func(want func(Step) bool) []Step {
		var kept []Step
		for _, s := range steps {
			if want(s) && !slices.Contains(kept, s) {
				kept = append(kept, s)
			}
		}
		return kept
	}
	if t == no {
		if deny := keep(func(s Step) bool { return s.Effect == "Deny" && s.Applies == Yes }); len(deny) > 0 {
			return deny
		}
		if deny := keep(func(s Step) bool { return s.Effect == "Deny" && s.Applies == Unsure }); len(deny) > 0 {
			return append(deny, keep(func(s Step) bool { return s.Effect == "Allow" && s.Applies != No })...)
		}
		return keep(func(s Step) bool { return s.Effect == "Allow" })
	}
	return keep(func(s Step) bool { return s.Applies != No && (s.Effect == "Allow" || t == maybe) })
}
