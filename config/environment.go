package config

import (
	"slices"
	"strings"
)

// Primary is the region that writes: databases, secrets and uploads start there.
func (e Environment) Primary() Region { return e.Regions[0] }

// Secondaries are the regions that copy the primary's data, in the order written.
func (e Environment) Secondaries() []Region { return e.Regions[1:] }

// RegionNames are the names of all regions, the primary first.
func (e Environment) RegionNames() []string {
	names := make([]string, len(e.Regions))
	for i, r := range e.Regions {
		names[i] = r.Name
	}
	return names
}

// RetentionInUse are the retention classes, in days, that at least one partner has chosen, shortest first.
func (e Environment) RetentionInUse() []int {
	var days []int
	for _, p := range e.Partners {
		days = append(days, p.RetentionDays)
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// Subject is that of the tokens that GitHub gives the repository's workflows in a place, such as "pull_request" ("Immutable subject
// claims", OpenID Connect reference, GitHub Docs).
func (d Delivery) Subject(place string) string {
	repository := d.Repository
	if owner, name, _ := strings.Cut(repository, "/"); d.OwnerID != "" {
		repository = owner + "@" + d.OwnerID + "/" + name + "@" + d.RepositoryID
	}
	return "repo:" + repository + ":" + place
}
