package cron

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// spec says what one field may hold.
type spec struct {
	name     string
	min, max int
	names    []string // of its values, from min on
}

var specs = [5]spec{
	{name: "minute", max: 59},
	{name: "hour", max: 23},
	{name: "day of month", min: 1, max: 31},
	{name: "month", min: 1, max: 12, names: []string{
		"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
	}},
	{name: "day of week", max: 7, names: []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

// shorthands are the names that stand for a whole expression.
var shorthands = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
	"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

// Zone reads the IANA name of a time zone; empty means UTC. The error is the end of a
// sentence.
func Zone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, errors.New("must be an IANA time zone such as Europe/Berlin")
	}
	return zone, nil
}

// Parse reads an expression such as "0 9 * * 1-5": minute, hour, day of month, month and
// day of week, where 0 and 7 are Sunday. @daily and the like stand for five fields. The
// error is the end of a sentence about the expression, and says which of its parts is
// wrong.
func Parse(expression string, zone *time.Location) (Schedule, error) {
	text := strings.ToLower(strings.TrimSpace(expression))
	switch {
	case strings.HasPrefix(text, "tz=") || strings.HasPrefix(text, "cron_tz="):
		return Schedule{}, errors.New("must not name a time zone: timezone is a field of its own")
	case strings.HasPrefix(text, "@"):
		five, ok := shorthands[text]
		if !ok {
			return Schedule{}, fmt.Errorf("must be five fields such as 0 9 * * 1-5: %s is not tied to the calendar",
				strings.Fields(text)[0])
		}
		text = five
	}
	parts := strings.Fields(text)
	if len(parts) != len(specs) {
		return Schedule{}, fmt.Errorf("must have five fields: minute, hour, day of month, month and day of week; "+
			"it has %d", len(parts))
	}
	var fields [5]field
	for i, part := range parts {
		var err error
		if fields[i], err = specs[i].parse(part); err != nil {
			return Schedule{}, fmt.Errorf("has a wrong %s, %q: %w", specs[i].name, part, err)
		}
	}
	s := Schedule{fields[0], fields[1], fields[2], fields[3], fields[4], zone}
	if s.Never() {
		return Schedule{}, errors.New("is never due: no month that it names has that day")
	}
	return s, nil
}

// parse reads a list of values, ranges and steps.
func (s spec) parse(part string) (f field, err error) {
	found := map[int]bool{}
	for item := range strings.SplitSeq(part, ",") {
		span, every, stepped := strings.Cut(item, "/")
		step := 1
		if stepped {
			if step, err = strconv.Atoi(every); err != nil || step < 1 || step > s.max {
				return f, fmt.Errorf("the step after / must be a number from 1 to %d", s.max)
			}
		}
		from, to, err := s.span(span, stepped)
		if err != nil {
			return f, err
		}
		s.fill(found, from, to, step)
		if span == "*" {
			f.star = true
			if stepped && part == item {
				f.step = step
			}
		}
	}
	for n := range found {
		f.values = append(f.values, n)
	}
	slices.Sort(f.values)
	return f, nil
}

// fill notes the values of a range. One that ends before it begins goes on from the start:
// 22-2 is 22, 23, 0, 1 and 2.
func (s spec) fill(found map[int]bool, from, to, step int) {
	top, size := s.max, s.max-s.min+1
	if s.max == 7 { // 7 is Sunday too
		top, size = 6, 7
	}
	if to < from {
		to += size
	}
	for n := from; n <= to; n += step {
		v := n
		if v > top {
			v = (v-s.min)%size + s.min
		}
		found[v] = true
	}
}

func (s spec) span(text string, stepped bool) (from, to int, err error) {
	top := s.max
	if s.max == 7 {
		top = 6
	}
	if text == "*" {
		return s.min, top, nil
	}
	low, high, ranged := strings.Cut(text, "-")
	if from, err = s.value(low); err != nil {
		return 0, 0, err
	}
	switch {
	case ranged:
		to, err = s.value(high)
		return from, to, err
	case stepped: // 5/15: from 5 on
		return from, max(from, top), nil
	}
	return from, from, nil
}

func (s spec) value(text string) (int, error) {
	if i := slices.Index(s.names, text); i >= 0 {
		return i + s.min, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < s.min || n > s.max || strings.ContainsAny(text, "+-") {
		example := ""
		if s.names != nil {
			example = ", or a name such as " + s.names[1]
		}
		return 0, fmt.Errorf("values are numbers from %d to %d%s", s.min, s.max, example)
	}
	return n, nil
}
