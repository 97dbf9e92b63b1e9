package storage

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const (
	fetchableDays = 7  // how long at most a deleted object of partners can still be fetched back
	undoDays      = 30 // how long at least what else is replaced or deleted stays as a version
)

// lifecycleKeys are what a lifecycle rule may say. Filters by tag or size, moves to other classes and fixed dates would make a
// rule mean something else than these policies read.
var lifecycleKeys = []string{"Id", "Status", "Prefix", "ExpirationInDays", "NoncurrentVersionExpiration",
	"AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker"}

var knowledgeExpires = policies.Policy{
	ID: "STORE-14", Title: "Knowledge expires exactly when its retention class says, and its old versions a week later",
	Source:    policies.Answer("Are we saving any historical chat data?", "Regularly purge data as per policy."),
	Component: policies.Buckets, STRIDE: "I", Severity: policies.High,
	Fix:   "give the bucket the rules of bucket.Retention",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range intent.StacksStating(e, f, "knowledge") {
			knowledge := s.Intent().Get("knowledge")
			b := bucketOf(s, knowledge.Get("bucket").Text())
			if b == nil {
				f.FailStack(s, "there is no bucket for knowledge")
				continue
			}
			f.Examined(b)
			held := map[string]int{}
			for _, rule := range expiries(b) {
				prefix := rule.Get("Prefix").Text()
				held[prefix]++
				if why := misses(rule, knowledge.Get("retention", prefix)); why != "" {
					f.Fail(b, "rule %s %s", rule.Get("Id"), why)
				}
			}
			for prefix := range knowledge.Get("retention").Map() {
				if held[prefix] != 1 {
					f.Fail(b, "%d rules expire what lies below %s", held[prefix], prefix)
				}
			}
		}
	},
}

// misses is how a rule differs from the days that were meant for its prefix; "" if it does not.
func misses(rule, meant template.Value) string {
	if !inForce(rule) {
		return "is not in force, or says what no policy judges"
	}
	want, ok := meant.Int()
	if days, said := rule.Get("ExpirationInDays").Int(); !ok || !said || days != want {
		return "expires what no retention class says"
	}
	old := rule.Get("NoncurrentVersionExpiration")
	days, said := old.Get("NoncurrentDays").Int()
	if !said || days < 1 || days > fetchableDays || len(intent.UnexpectedKeys(old, "NoncurrentDays")) > 0 {
		return "does not end old versions within a week"
	}
	return ""
}

var uploadsEnd = policies.Policy{
	ID: "STORE-15", Title: "Every bucket ends an unfinished upload after a day",
	Source:    policies.Answer("Are we saving any historical chat data?", "Document and enforce data retention and deletion policies."),
	Component: policies.Buckets, STRIDE: "ID", Severity: policies.Low,
	Fix:   "build the bucket with bucket.NewPrivate",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			ends := func(rule template.Value) bool {
				days, ok := rule.Get("AbortIncompleteMultipartUpload", "DaysAfterInitiation").Int()
				return ok && days == 1 && rule.Get("Prefix").Missing() && inForce(rule)
			}
			if !slices.ContainsFunc(lifecycle(b), ends) {
				f.Fail(b, "keeps the parts of unfinished uploads, which nobody sees")
			}
		}
	},
}

var nothingElseExpires = policies.Policy{
	ID: "STORE-16", Title: "Access logs are kept for a year and then expire, the archive when its lock has ended, and nothing expires that no retention says",
	Source:    policies.Answer("Do we have audit logs to protect ourselves", "If logs are incomplete or tampered with, incident investigation may be hindered."),
	Component: policies.Buckets, STRIDE: "TRD", Severity: policies.Medium,
	Fix:   "take the lifecycle rule out; access logs have those of bucket.NewAccessLogs, the archive those of bucket.NewArchive",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			for _, rule := range lifecycle(b) {
				if !inForce(rule) {
					f.Fail(b, "rule %s is not in force, or says what no policy judges", rule.Get("Id"))
				}
			}
			if isAccessLogs(b) {
				if !keepsFor(intent.YearDays, expiries(b)) {
					f.Fail(b, "access logs are not kept for %d days, or never expire", intent.YearDays)
				}
			} else if isArchive(b) {
				if !keepsFor(archiveDays, expiries(b)) {
					f.Fail(b, "records are not kept for %d days, or never expire", archiveDays)
				}
			} else if !isKnowledge(b) {
				expiresOnlyReplaced(b, f)
			}
		}
	},
}

// expiresOnlyReplaced reports rules that take away what is current, or old versions too soon, or of what is immutable.
func expiresOnlyReplaced(b *template.Resource, f *policies.Findings) {
	immutable := !b.Stack.Intent().Get("immutable", bucketClass(b)).Missing()
	for _, rule := range expiries(b) {
		days, ok := rule.Get("NoncurrentVersionExpiration", "NoncurrentDays").Int()
		if immutable || !rule.Get("ExpirationInDays").Missing() || !ok || days < undoDays {
			f.Fail(b, "rule %s expires what must stay", rule.Get("Id"))
		}
	}
}

// keepsFor says that one rule for all of a bucket expires what is in it, after so many days at least.
func keepsFor(least int, rules []template.Value) bool {
	if len(rules) != 1 || !rules[0].Get("Prefix").Missing() {
		return false
	}
	days, expires := rules[0].Get("ExpirationInDays").Int()
	old, bounded := rules[0].Get("NoncurrentVersionExpiration", "NoncurrentDays").Int()
	return expires && days >= least && bounded && old >= undoDays
}

func isKnowledge(b *template.Resource) bool {
	class := bucketClass(b)
	return class != "" && b.Stack.Intent().Get("knowledge", "bucket").Is(class)
}

// inForce says that a lifecycle rule holds, and holds for all below its prefix.
func inForce(rule template.Value) bool {
	return rule.Get("Status").Is("Enabled") && len(intent.UnexpectedKeys(rule, lifecycleKeys...)) == 0
}

func lifecycle(b *template.Resource) []template.Value {
	return b.Get("LifecycleConfiguration", "Rules").List()
}

// expiries are the lifecycle rules that take objects or versions away, in force or not: a rule that is not, takes none in time.
func expiries(b *template.Resource) []template.Value {
	return slices.DeleteFunc(lifecycle(b), func(rule template.Value) bool {
		return rule.Get("ExpirationInDays").Missing() && rule.Get("NoncurrentVersionExpiration").Missing()
	})
}
