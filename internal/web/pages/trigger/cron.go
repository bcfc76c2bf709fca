package trigger

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"vellocity/internal/web/ui"
)

// schedule is a common schedule as a person chooses it.
type schedule struct {
	Repeat  string // of repeats; "": the cron expression says it
	Every   int    // minutes or hours
	Time    string // 09:00; of "hours" and "hourly" only the minutes count
	Weekday string // 0 is Sunday
	Day     int    // of the month
}

// repeats are the common schedules, by what a person chooses.
var repeats = []ui.Choice{
	{Value: "minutes", Label: "Every few minutes"},
	{Value: "hourly", Label: "Every hour"},
	{Value: "hours", Label: "Every few hours"},
	{Value: "daily", Label: "Every day"},
	{Value: "weekdays", Label: "Monday to Friday"},
	{Value: "weekly", Label: "Every week"},
	{Value: "monthly", Label: "Every month"},
	{Value: "", Label: "By a cron expression"},
}

var weekdays = []ui.Choice{
	{Value: "1", Label: "Monday"}, {Value: "2", Label: "Tuesday"}, {Value: "3", Label: "Wednesday"},
	{Value: "4", Label: "Thursday"}, {Value: "5", Label: "Friday"}, {Value: "6", Label: "Saturday"},
	{Value: "0", Label: "Sunday"},
}

// evenly are the steps that divide an hour, or a day, evenly: with others the last gap is shorter.
var evenly = map[string][]int{"minutes": {1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30}, "hours": {2, 3, 4, 6, 8, 12}}

// commonCron are the cron expressions of common schedules: %m is the minute, %h the hour, %n
// the step, %d the day.
var commonCron = []struct{ repeat, form string }{
	{"minutes", `*/%n * * * *`}, {"hours", `%m */%n * * *`}, {"hourly", `%m * * * *`}, {"weekdays", `%m %h * * 1-5`},
	{"weekly", `%m %h * * %w`}, {"monthly", `%m %h %d * *`}, {"daily", `%m %h * * *`},
}

// cron writes the cron expression of a common schedule. problem says why there is none.
func (s schedule) cron() (expression, problem string) {
	hour, minute, ok := readTime(s.Time)
	if !ok && s.Repeat != "minutes" {
		return "", "Enter a time such as 09:00."
	}
	if steps, counted := evenly[s.Repeat]; counted {
		good := false
		var list []string
		for _, n := range steps {
			good = good || n == s.Every
			list = append(list, strconv.Itoa(n))
		}
		if !good {
			return "", "Enter one of " + strings.Join(list, ", ") + "."
		}
	}
	if s.Repeat == "monthly" && (s.Day < 1 || s.Day > 31) {
		return "", "Enter a day from 1 to 31."
	}
	for _, c := range commonCron {
		if c.repeat == s.Repeat {
			return strings.NewReplacer("%m", strconv.Itoa(minute), "%h", strconv.Itoa(hour), "%n", strconv.Itoa(s.Every),
				"%w", s.Weekday, "%d", strconv.Itoa(s.Day)).Replace(c.form), ""
		}
	}
	return "", ""
}

// readTime reads a time of the day: 7:05, or 7.
func readTime(text string) (hour, minute int, ok bool) {
	h, m, both := strings.Cut(strings.TrimSpace(text), ":")
	if !both {
		m = "0"
	}
	hour, err := strconv.Atoi(h)
	minute, wrong := strconv.Atoi(m)
	return hour, minute, err == nil && wrong == nil && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}

// number matches a whole number that is written without zeros before it.
const number = `(0|[1-9]\d?)`

// scheduleOf reads the common schedule that a cron expression says; the one by the
// expression itself where it is none.
func scheduleOf(cron string) schedule {
	text := strings.Join(strings.Fields(cron), " ")
	for _, c := range commonCron {
		pattern := "^" + regexp.QuoteMeta(c.form) + "$"
		for _, part := range []string{"%m", "%h", "%n", "%w", "%d"} {
			pattern = strings.ReplaceAll(pattern, part, `(?P<`+part[1:]+`>`+number+`)`)
		}
		p := regexp.MustCompile(pattern)
		m := p.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		of := func(part string) int {
			if i := p.SubexpIndex(part); i >= 0 {
				n, _ := strconv.Atoi(m[i]) // digits
				return n
			}
			return usual[part]
		}
		s := schedule{
			Repeat: c.repeat, Every: of("n"), Time: fmt.Sprintf("%02d:%02d", of("h"), of("m")),
			Weekday: strconv.Itoa(of("w")), Day: of("d"),
		}
		if written, _ := s.cron(); written == text && (s.Repeat != "weekly" || of("w") < 7) {
			return s
		}
	}
	return schedule{Time: "09:00", Weekday: "1", Day: 1, Every: 15}
}

// usual are the parts of a common schedule that its expression does not have.
var usual = map[string]int{"h": 9, "n": 15, "w": 1, "d": 1}
