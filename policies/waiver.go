package policies

import "time"

// Waiver is leave for one finding to stand for a while: one policy, one resource, with a person who answers for it.
type Waiver struct {
	Policy   string // the id
	Resource string // exactly: stack/logical-id, or the stack
	Reason   string
	Owner    string
	Expires  string // the last day it holds, as 2006-01-02
}

func waived(f Finding, waivers []Waiver, today time.Time) bool {
	for _, w := range waivers {
		if w.Policy == f.Policy.ID && w.Resource == f.Resource() && !w.expired(today) {
			return true
		}
	}
	return false
}

// expired reports whether the waiver has ended, also for a date that cannot be read: a waiver is never kept alive by a
// slip.
func (w Waiver) expired(today time.Time) bool {
	last, err := time.Parse(time.DateOnly, w.Expires)
	return err != nil || !today.Before(last.AddDate(0, 0, 1))
}
