package main

import (
	"encoding/json"
	"io"

	"livechat.example/cloud/policies"
)

// The shape of --json is promised in the help of check and policies: fields may be added, none renamed. It holds no duration
// and no date, so that the same templates give the same bytes.

type reportJSON struct {
	Dir        string        `json:"dir"`
	Holds      bool          `json:"holds"`
	Policies   int           `json:"policies"`
	Stacks     int           `json:"stacks"`
	Resources  int           `json:"resources"`
	Examined   int           `json:"examined"`
	Violations []findingJSON `json:"violations"`
	Waived     []findingJSON `json:"waived"`

	Unvalidated bool `json:"unvalidated,omitempty"`
}

type findingJSON struct {
	policyJSON
	Stack     string      `json:"stack,omitempty"`
	LogicalID string      `json:"logicalId,omitempty"`
	Path      string      `json:"path,omitempty"`
	File      string      `json:"file,omitempty"`
	Line      int         `json:"line,omitempty"`
	Message   string      `json:"message"`
	Waiver    *waiverJSON `json:"waiver,omitempty"`
}

type policyJSON struct {
	ID        string             `json:"policy"`
	Title     string             `json:"title"`
	Severity  policies.Severity  `json:"severity"`
	Component policies.Component `json:"component"`
	STRIDE    []string           `json:"stride"`
	Source    sourceJSON         `json:"source"`
	Fix       string             `json:"fix"`
}

type sourceJSON struct {
	Document string `json:"document"`
	Heading  string `json:"heading"`
	Says     string `json:"says"`
}

type waiverJSON struct {
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Expires string `json:"expires"`
}

func policyAsJSON(p policies.Policy) policyJSON {
	return policyJSON{p.ID, p.Title, p.Severity, p.Component, stride(p), sourceJSON(p.Source), p.Fix}
}

func writeJSON(out io.Writer, r report) error {
	list := func(findings []policies.Finding) []findingJSON {
		all := []findingJSON{}
		for _, f := range findings {
			all = append(all, findingAsJSON(&r.Places, f))
		}
		return all
	}
	whole := reportJSON{r.Dir, r.Holds(), r.Policies, r.Stacks, r.Resources, r.Examined, list(r.Findings), list(r.Waived), r.Unvalidated}
	for i, f := range r.Waived {
		w := waiverOf(f)
		whole.Waived[i].Waiver = &waiverJSON{w.Reason, w.Owner, w.Expires}
	}
	return indented(out, whole)
}

func findingAsJSON(p *places, f policies.Finding) findingJSON {
	j := findingJSON{
		policyJSON: policyAsJSON(f.Policy), Stack: f.Stack, LogicalID: f.LogicalID, Path: f.Path, Message: f.Message,
	}
	if file := p.file(f); file != "" {
		j.File, j.Line = p.shown(file), p.line(f)
	}
	return j
}

// indented writes one JSON document for a machine, in lines for a person.
func indented(out io.Writer, x any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(x)
}
