package main

import (
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/catalogue"
)

// strideWords are the letters of STRIDE spelled out.
var strideWords = map[rune]string{
	'S': "Spoofing", 'T': "Tampering", 'R': "Repudiation",
	'I': "Information disclosure", 'D': "Denial of service", 'E': "Elevation of privilege",
}

func stride(p policies.Policy) []string {
	words := []string{}
	for _, letter := range p.STRIDE {
		words = append(words, strideWords[letter])
	}
	return words
}

// threat returns what a policy stands against, on one line: where the threat model says so, its component, and the kinds.
func threat(p policies.Policy) string {
	said := p.Source.Heading
	if said != string(p.Component) {
		said += " (" + string(p.Component) + ")"
	}
	return said + ": " + strings.ToLower(strings.Join(stride(p), ", "))
}

// waiverOf returns what lets a waived finding stand: of several, the one that holds longest.
func waiverOf(f policies.Finding) (longest policies.Waiver) {
	for _, w := range catalogue.Waivers {
		if w.Policy == f.Policy.ID && w.Resource == f.Resource() && w.Expires > longest.Expires {
			longest = w
		}
	}
	return longest
}
