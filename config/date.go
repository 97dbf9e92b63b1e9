package config

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, written 2026-10-01 in YAML, JSON and text. It has no hour and no zone.
type Date struct{ midnight time.Time }

// ParseDate reads a day in the form 2026-10-01.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date; write it as 2026-10-01", s)
	}
	return Date{t}, nil
}

// DateOf is the day of a moment, in UTC.
func DateOf(t time.Time) Date { return Date{t.UTC().Truncate(24 * time.Hour)} }

// Time is the day's first moment, in UTC.
func (d Date) Time() time.Time { return d.midnight }

// AddDays is the day so many days later, or earlier if days is negative.
func (d Date) AddDays(days int) Date { return Date{d.midnight.AddDate(0, 0, days)} }

// DaysUntil counts the days from d to other; it is negative if other is earlier.
func (d Date) DaysUntil(other Date) int { return int(other.midnight.Sub(d.midnight).Hours() / 24) }

func (d Date) String() string { return d.midnight.Format(time.DateOnly) }

// MarshalText writes the day as it is written in YAML.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}
