package access

// truth is whether something holds, as far as is known.
type truth uint8

const (
	no truth = iota
	maybe
	yes
)

func (t truth) not() truth { return yes - t }

func both(a, b truth) truth   { return min(a, b) }
func either(a, b truth) truth { return max(a, b) }

func is(b bool) truth {
	if b {
		return yes
	}
	return no
}

// Answer is what becomes of a question.
type Answer uint8

// The answers, so that the greater one matters more to who defends.
const (
	No     Answer = iota // no request of this kind is allowed
	Unsure               // it is not known
	Yes                  // some request of this kind is allowed
)

func (a Answer) String() string { return [...]string{"no", "unknown", "yes"}[a] }

// MarshalText writes the answer as text, in JSON too.
func (a Answer) MarshalText() ([]byte, error) { return []byte(a.String()), nil }
