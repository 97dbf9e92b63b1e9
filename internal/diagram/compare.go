package diagram

import (
	"fmt"
	"slices"
	"strings"
)

// facts returns what a network is, but for its addresses and the letters of its zones.
func (n *network) facts() []string {
	facts := []string{many(len(n.zones), "zone")}
	for _, t := range n.tiers {
		for _, line := range t.routes {
			facts = append(facts, t.name+": "+line)
		}
	}
	for _, p := range n.parties {
		facts = append(facts, p.name+" in tier "+p.tier)
	}
	for _, f := range n.flows {
		facts = append(facts, f.String())
	}
	for _, name := range n.names {
		facts = append(facts, "names: "+strings.ReplaceAll(name, n.region, "REGION"))
	}
	for _, host := range n.hosts {
		facts = append(facts, "let through: "+host)
	}
	return facts
}

// mostDifferences is how many are written out.
const mostDifferences = 3

// compared returns in a line how another network differs from this one.
func (n *network) compared(other *network) string {
	mine, theirs := n.facts(), other.facts()
	var differences []string
	for _, fact := range theirs {
		if !slices.Contains(mine, fact) {
			differences = append(differences, "only there: "+fact)
		}
	}
	for _, fact := range mine {
		if !slices.Contains(theirs, fact) {
			differences = append(differences, "not there: "+fact)
		}
	}
	head := other.region + " (" + other.cidr + ") "
	if len(differences) == 0 {
		return head + "is the same but for its addresses and zones"
	}
	text := head + "differs: " + strings.Join(differences[:min(len(differences), mostDifferences)], "; ")
	if more := len(differences) - mostDifferences; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}
