package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path/filepath"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"livechat.example/cloud/policies"
)

// severities are ours in the words of SARIF, and as the number that GitHub sorts alerts by: "security-severity" in its
// page "SARIF support for code scanning", where 7.0 begins high, 4.0 medium and 0.1 low.
var severities = map[policies.Severity]struct{ level, number string }{
	policies.High:   {sarif.LevelError, "8.0"},
	policies.Medium: {sarif.LevelWarning, "5.0"},
	policies.Low:    {sarif.LevelNote, "2.0"},
}

// writeSARIF writes a report as SARIF 2.1.0 (OASIS): the judged policies as rules, each finding a result, and a waived
// one a result that is suppressed.
func writeSARIF(out io.Writer, r report) error {
	driver := sarif.NewToolComponent().WithName("livechatctl").WithVersion(version())
	index := map[string]int{}
	for i, p := range r.Judged {
		index[p.ID] = i
		driver.AddRule(rule(p))
	}
	run := sarif.NewRun().WithTool(sarif.NewTool().WithDriver(driver))
	for _, f := range r.Findings {
		run.AddResult(result(&r.Places, f, index))
	}
	for _, f := range r.Waived {
		w := waiverOf(f)
		run.AddResult(result(&r.Places, f, index).AddSuppression(sarif.NewSuppression().WithKind("inSource").
			WithStatus("accepted").WithJustification(w.Reason + " (" + w.Owner + ", until " + w.Expires + ")")))
	}
	log := sarif.NewReport()
	log.Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	return indented(out, log.AddRun(run))
}

func rule(p policies.Policy) *sarif.ReportingDescriptor {
	words := func(s string) *sarif.MultiformatMessageString { return sarif.NewMultiformatMessageString().WithText(s) }
	help := words("Threat: " + threat(p) + ".\nMitigation: " + p.Source.Says + "\nFix: " + p.Fix + ".").
		WithMarkdown("**Threat:** " + threat(p) + "\n\n> " + p.Source.Says + "\n\n**Fix:** " + p.Fix)
	bag := sarif.NewPropertyBag().Add("security-severity", severities[p.Severity].number).
		Add("component", p.Component).Add("document", p.Source.Document)
	return sarif.NewReportingDescriptor().WithID(p.ID).
		WithShortDescription(words(p.Title)).WithFullDescription(words(p.Title + ".")).WithHelp(help).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(severities[p.Severity].level)).
		WithProperties(bag.WithTags(append([]string{"security"}, stride(p)...)))
}

func result(places *places, f policies.Finding, rules map[string]int) *sarif.Result {
	return sarif.NewResult().WithRuleID(f.Policy.ID).WithRuleIndex(rules[f.Policy.ID]).
		WithLevel(severities[f.Policy.Severity].level).
		WithMessage(sarif.NewTextMessage(subject(f) + ": " + oneLine(f.Message) + ". Fix: " + f.Policy.Fix + ".")).
		WithPartialFingerprints(map[string]string{"livechatFinding/v1": fingerprint(f)}).
		AddLocation(location(places, f))
}

// subject returns what a finding is about: stack/logical-id, the stack, or all of it.
func subject(f policies.Finding) string {
	if f.Stack == "" {
		return "the estate"
	}
	return oneLine(f.Resource())
}

func location(places *places, f policies.Finding) *sarif.Location {
	at := sarif.NewLocation()
	logical := sarif.NewLogicalLocation().WithFullyQualifiedName(subject(f)).WithKind("module")
	if f.LogicalID != "" {
		logical.WithName(f.LogicalID).WithDecoratedName(f.Path).WithKind("resource")
	}
	at.AddLogicalLocation(logical)
	file := places.file(f)
	if file == "" {
		return at
	}
	uri, root := places.uri(filepath.ToSlash(file))
	artifact := sarif.NewArtifactLocation().WithURI(uri)
	if root != "" {
		artifact.WithURIBaseID(root)
	}
	return at.WithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(artifact).
		WithRegion(sarif.NewRegion().WithStartLine(places.line(f))))
}

// fingerprint returns what makes a finding the same as yesterday's, wherever its resource has moved to in the template.
func fingerprint(f policies.Finding) string {
	sum := sha256.Sum256([]byte(f.Policy.ID + "\x00" + f.Resource() + "\x00" + f.Message))
	return hex.EncodeToString(sum[:16])
}
