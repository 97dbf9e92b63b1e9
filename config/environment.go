package config

import "slices"

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
