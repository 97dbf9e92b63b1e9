package expect

import (
	"fmt"
	"slices"

	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// Census is how many resources of a type there must be, and of what.
type Census struct {
	typ  string
	by   string // the property that refers to what it is counted for
	most int    // 0: no bound
	per  string
}

// What resources can be counted for, other than a resource type: each region that the estate declares, its primary region.
const (
	Region  = "region"
	Primary = "primary region"
)

// One requires exactly one of a type; by is the property that refers to what it is counted for, if that is a resource.
func One(typ string, by ...string) Census { return census(typ, 1, by) }

// AtLeastOne requires one of a type or more.
func AtLeastOne(typ string, by ...string) Census { return census(typ, 0, by) }

func census(typ string, most int, by []string) Census {
	c := Census{typ: typ, most: most, per: Region}
	if len(by) > 0 {
		c.by = by[0]
	}
	return c
}

// Per returns the census for each of something else than regions: [Region], [Primary] or a resource type.
func (c Census) Per(what string) Census {
	c.per = what
	return c
}

// Reads returns the types that are counted, and those that they are counted for.
func (c Census) Reads() []string {
	if c.per == Region || c.per == Primary {
		return []string{c.typ}
	}
	return []string{c.typ, c.per}
}

// Says returns the census in words.
func (c Census) Says() string {
	if c.most == 0 {
		return fmt.Sprintf("at least one %s for each %s", c.typ, c.per)
	}
	return fmt.Sprintf("exactly one %s for each %s", c.typ, c.per)
}

func (c Census) wrong(n int) bool { return n == 0 || c.most > 0 && n > c.most }

func (c Census) must() string {
	if c.most == 0 {
		return "at least 1"
	}
	return fmt.Sprint(c.most)
}

// Judge reports where there are too few or too many.
func (c Census) Judge(e *template.Estate, report func(Fault)) {
	if c.per != Region && c.per != Primary {
		c.perResource(e, report)
		return
	}
	has := map[string]int{}
	regions := intent.Regions(e)
	if c.per == Primary && len(regions) > 0 {
		regions = regions[:1]
	}
	for r := range e.All(c.typ) {
		if has[r.Stack.Region]++; !slices.Contains(regions, r.Stack.Region) {
			report(Fault{Resource: r, Message: fmt.Sprintf("lies in %s, must lie in %v", r.Stack.Region, regions)})
		} else if c.most > 0 && has[r.Stack.Region] > c.most {
			report(Fault{Resource: r, Message: fmt.Sprintf("is one of several %s in %s, must be the only one", c.typ, r.Stack.Region)})
		}
	}
	for _, region := range regions {
		if has[region] == 0 {
			report(Fault{Message: fmt.Sprintf("%s has no %s, must have %s", region, c.typ, c.must())})
		}
	}
}

func (c Census) perResource(e *template.Estate, report func(Fault)) {
	has := map[*template.Resource]int{}
	for r := range e.All(c.typ) {
		of := e.Find(r.Get(c.by), c.per)
		if has[of]++; of == nil {
			report(Fault{Resource: r, Message: fmt.Sprintf("%s is %s, must be a reference to %s", c.by, r.Get(c.by), c.per)})
		}
	}
	for of := range e.All(c.per) {
		if n := has[of]; c.wrong(n) {
			report(Fault{Resource: of, Message: fmt.Sprintf("has %d %s, must have %s", n, c.typ, c.must())})
		}
	}
}
