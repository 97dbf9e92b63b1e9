package storage

import (
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const (
	fetchableDays = 7  // how long at most a deleted object of partners can still be fetched back
	undoDays      = 30 // how long at least what else is replaced or deleted stays as a version
)

// uploadsEnd also holds that each rule is in force for all below its prefix: filters by tag or size, moves to other classes and fixed
// dates would make a rule mean something else than these policies read.
var uploadsEnd = policies.Policy{
	ID: "STORE-15", Title: "Every bucket ends an unfinished upload after a day, and its rules are all in force",
	Source:    policies.Answer("Are we saving any historical chat data?", "Document and enforce data retention and deletion policies."),
	Component: policies.Buckets, STRIDE: "ID", Severity: policies.Low,
	Fix: "build the bucket with bucket.NewPrivate",
	Expect: expect.Shapes{bucketType: {"LifecycleConfiguration": expect.Object(expect.Shape{"Rules": expect.Each(expect.Object(expect.Shape{
		"Id": expect.Any.OrAbsent(), "Status": expect.Is("Enabled"),
		"Prefix": expect.Checked, "ExpirationInDays": expect.Checked, // STORE-14, STORE-16
		"NoncurrentVersionExpiration":    expect.Object(expect.Shape{"NoncurrentDays": expect.Checked}).OrAbsent(),
		"AbortIncompleteMultipartUpload": expect.Object(expect.Shape{"DaysAfterInitiation": expect.Is(1)}).OrAbsent(),
		"ExpiredObjectDeleteMarker":      expect.Any.OrAbsent(),
	}))})}},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All(bucketType) {
			f.Examined(b)
			ends := func(rule template.Value) bool {
				return rule.Get("Prefix").Missing() && !rule.Get("AbortIncompleteMultipartUpload").Missing()
			}
			if !slices.ContainsFunc(lifecycle(b), ends) {
				f.Fail(b, "no lifecycle rule ends the unfinished uploads of the whole bucket, which no listing shows")
			}
		}
	},
}

var knowledgeExpires = policies.Policy{
	ID: "STORE-14", Title: "Knowledge expires exactly when its retention class says, and its old versions a week later",
	Source:    policies.Answer("Are we saving any historical chat data?", "Regularly purge data as per policy."),
	Component: policies.Buckets, STRIDE: "I", Severity: policies.High,
	Fix:   "give the bucket the rules of bucket.Retention",
	Reads: []string{bucketType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All(bucketType) {
			if !isKnowledge(b) {
				continue
			}
			f.Examined(b)
			knowledge, rules := b.Stack.Intent().Get("knowledge"), map[string]int{}
			for _, rule := range expiries(b) {
				prefix := rule.Get("Prefix").Text()
				rules[prefix]++
				if days, ok := knowledge.Get("retention", prefix).Int(); ok {
					judgeDays(f, b, rule, expiration, days, days)
				} else {
					f.Fail(b, "rule %s: Prefix is %q, must be that of a retention class", rule.Get("Id"), prefix)
				}
				judgeDays(f, b, rule, oldVersions, 1, fetchableDays)
			}
			for prefix := range knowledge.Get("retention").Map() {
				if rules[prefix] != 1 {
					f.Fail(b, "%d lifecycle rules expire what lies below %s, must be 1", rules[prefix], prefix)
				}
			}
		}
	},
}

// nothingElseExpires knows three kinds of bucket: what holds records ends them late, releases end nothing, and the others end nothing
// but replaced versions.
var nothingElseExpires = policies.Policy{
	ID: "STORE-16", Title: "Access logs stay for a year, the archive as long as its lock, and nothing else expires",
	Source:    policies.Answer("Do we have audit logs to protect ourselves", "If logs are incomplete or tampered with, incident investigation may be hindered."),
	Component: policies.Buckets, STRIDE: "TRD", Severity: policies.Medium,
	Fix:   "take the lifecycle rule out; access logs have those of bucket.NewAccessLogs, the archive those of bucket.NewArchive",
	Reads: []string{bucketType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All(bucketType) {
			if isKnowledge(b) {
				continue // STORE-14
			}
			f.Examined(b)
			rules, least := expiries(b), 0
			switch {
			case isAccessLogs(b):
				least = intent.YearDays
			case isArchive(b):
				least = archiveDays
			}
			if least > 0 && (len(rules) != 1 || !rules[0].Get("Prefix").Missing()) {
				f.Fail(b, "%d lifecycle rules expire records, must be 1 for the whole bucket", len(rules))
			}
			for _, rule := range rules {
				if least > 0 {
					judgeDays(f, b, rule, expiration, least, 0)
				} else if !rule.Get(expiration).Missing() || isImmutable(b) {
					f.Fail(b, "rule %s expires objects or versions that must stay", rule.Get("Id"))
				}
				judgeDays(f, b, rule, oldVersions, undoDays, 0)
			}
		}
	},
}

const (
	expiration  = "ExpirationInDays"
	oldVersions = "NoncurrentVersionExpiration.NoncurrentDays"
)

// judgeDays reports a number of days in a lifecycle rule that is not within both bounds; most is 0 if there is no upper one.
func judgeDays(f *policies.Findings, b *template.Resource, rule template.Value, path string, least, most int) {
	days, ok := rule.Get(strings.Split(path, ".")...).Int()
	must := fmt.Sprintf("between %d and %d", least, most)
	switch most {
	case 0:
		must = fmt.Sprintf("at least %d", least)
	case least:
		must = fmt.Sprint(least)
	}
	if !ok || days < least || most > 0 && days > most {
		f.Fail(b, "rule %s: %s is %s, must be %s", rule.Get("Id"), path, rule.Get(path), must)
	}
}

func lifecycle(b *template.Resource) []template.Value {
	return b.Get("LifecycleConfiguration", "Rules").List()
}

// expiries returns the lifecycle rules that take objects or versions away.
func expiries(b *template.Resource) []template.Value {
	return slices.DeleteFunc(lifecycle(b), func(rule template.Value) bool {
		return rule.Get(expiration).Missing() && rule.Get("NoncurrentVersionExpiration").Missing()
	})
}
