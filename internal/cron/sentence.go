package cron

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mostTimes is how many times of the day a sentence lists.
const mostTimes = 6

// Sentence says in English when the schedule is due: "At 09:00, Monday to Friday". It does
// not name the time zone.
func (s Schedule) Sentence() string {
	when := s.times()
	if days := s.dates(); days != "" {
		return when + ", " + days
	}
	return when
}

func (s Schedule) times() string {
	everyHour := s.hours.star && len(s.hours.values) == 24
	everyMinute := s.minutes.star && len(s.minutes.values) == 60
	switch {
	case everyHour && everyMinute:
		return "Every minute"
	case everyHour && s.minutes.step > 0:
		return every(s.minutes.step, "minute")
	case everyHour && slices.Equal(s.minutes.values, []int{0}):
		return "Every hour"
	case everyHour:
		return s.past() + " past every hour"
	case s.hours.step > 0 && slices.Equal(s.minutes.values, []int{0}):
		return every(s.hours.step, "hour")
	case s.hours.step > 0:
		return s.past() + " past the hour, every " + strconv.Itoa(s.hours.step) + " hours"
	case len(s.hours.values)*len(s.minutes.values) <= mostTimes:
		var list []string
		for _, h := range s.hours.values {
			for _, m := range s.minutes.values {
				list = append(list, fmt.Sprintf("%02d:%02d", h, m))
			}
		}
		return "At " + and(list)
	}
	hours := "during the hours " + runs(s.hours.values, func(h int) string { return fmt.Sprintf("%02d", h) })
	switch {
	case everyMinute:
		return "Every minute " + hours
	case s.minutes.step > 0:
		return every(s.minutes.step, "minute") + " " + hours
	}
	return s.past() + " past the hour, " + hours
}

// past is "5 minutes", of the hour.
func (s Schedule) past() string {
	if len(s.minutes.values) == 1 && s.minutes.values[0] == 1 {
		return "1 minute"
	}
	return runs(s.minutes.values, strconv.Itoa) + " minutes"
}

func every(n int, unit string) string {
	if n == 1 {
		return "Every " + unit
	}
	return fmt.Sprintf("Every %d %ss", n, unit)
}

func (s Schedule) dates() string {
	weekday := func(n int) string { return time.Weekday(n).String() }
	month := func(n int) string { return time.Month(n).String() }
	var parts []string
	days, weekdays := !full(s.days, 31), !full(s.weekdays, 7)
	onDays := "on day " + runs(s.days.values, strconv.Itoa) + " of the month"
	switch {
	case days && weekdays && !s.days.star && !s.weekdays.star:
		parts = append(parts, onDays+" or on "+weekRuns(s.weekdays.values, weekday))
	case days && weekdays:
		parts = append(parts, onDays+" if it is "+weekRuns(s.weekdays.values, weekday))
	case days:
		parts = append(parts, onDays)
	case weekdays:
		parts = append(parts, weekRuns(s.weekdays.values, weekday))
	}
	if !full(s.months, 12) {
		parts = append(parts, "in "+runs(s.months.values, month))
	}
	if len(parts) == 0 && !s.hours.star {
		return "every day"
	}
	return strings.Join(parts, ", ")
}

func full(f field, n int) bool { return len(f.values) == n }

// weekRuns is [runs] of days of the week, which end with Sunday for people.
func weekRuns(values []int, name func(int) string) string {
	var list []int
	for _, v := range values {
		if v == 0 {
			v = 7
		}
		list = append(list, v)
	}
	slices.Sort(list)
	return runs(list, func(n int) string { return name(n % 7) })
}

// runs writes numbers, three or more in a row as a range: "1 to 5 and 9".
func runs(values []int, name func(int) string) string {
	var list []string
	for i := 0; i < len(values); {
		j := i
		for j+1 < len(values) && values[j+1] == values[j]+1 {
			j++
		}
		if j-i >= 2 {
			list = append(list, name(values[i])+" to "+name(values[j]))
		} else {
			for k := i; k <= j; k++ {
				list = append(list, name(values[k]))
			}
		}
		i = j + 1
	}
	return and(list)
}

func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
