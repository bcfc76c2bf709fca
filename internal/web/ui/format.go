package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// agoHTML shows how long ago t was; a script keeps it current.
func agoHTML(t, now time.Time) template.HTML {
	if t.IsZero() {
		return `<span class="none">Never</span>`
	}
	return template.HTML(fmt.Sprintf(`<time class="ago" datetime="%s" title="%s">%s</time>`, //nolint:gosec // only times
		t.UTC().Format(time.RFC3339), t.UTC().Format("2 Jan 2006, 15:04:05 UTC"), Ago(t, now)))
}

// clockHTML shows a date and time; a script turns it into local time.
func clockHTML(t time.Time) template.HTML {
	if t.IsZero() {
		return `<span class="none">Not yet</span>`
	}
	return template.HTML(fmt.Sprintf(`<time class="clock" datetime="%s">%s</time>`, //nolint:gosec // times only
		t.UTC().Format(time.RFC3339), t.UTC().Format("2 Jan 2006, 15:04 UTC")))
}

// dayHTML shows a date without its time, in the time zone that t has, and the year where it
// is another than now.
func dayHTML(t, now time.Time) template.HTML {
	layout := "2 Jan"
	if t.Year() != now.In(t.Location()).Year() {
		layout = "2 Jan 2006"
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, //nolint:gosec // times only
		t.UTC().Format(time.RFC3339), t.Format(layout)))
}

// Ago returns how long before now t was, or how long after: "5 min ago", "in 2 days".
func Ago(t, now time.Time) string {
	d, tail := now.Sub(t), " ago"
	if d < -time.Second {
		d, tail = -d, ""
	}
	var word string
	switch {
	case d < 45*time.Second:
		return map[bool]string{true: "just now", false: "in a moment"}[tail != ""]
	case d < 90*time.Minute:
		word = fmt.Sprintf("%d min", int((d+30*time.Second)/time.Minute))
	case d < 36*time.Hour:
		word = fmt.Sprintf("%d h", int((d+30*time.Minute)/time.Hour))
	default:
		word = Plural(int((d+12*time.Hour)/(24*time.Hour)), "day", "days")
	}
	if tail == "" {
		return "in " + word
	}
	return word + tail
}

// Span writes a duration the way people say it: 640 ms, 12.4 s, 3 min 20 s.
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "0 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// Money writes what the text of an execution has cost at its provider.
func Money(c domain.Cost, o domain.Origin) string {
	switch {
	case !o.AI && o.Kind == domain.OriginComposer:
		return "$0"
	case !c.Known:
		return "unknown"
	}
	usd := float64(c.MicroUSD) / 1e6
	text := fmt.Sprintf("$%.4f", usd)
	if usd >= 1 {
		text = fmt.Sprintf("$%.2f", usd)
	}
	if c.Estimated {
		text = "about " + text
	}
	return text
}

// OriginLabel says what wrote a text.
func OriginLabel(o domain.Origin) string {
	switch o.Kind {
	case domain.OriginComposer:
		return ComposerNote
	case domain.OriginPerson:
		return "Written by a person."
	}
	if o.Model == "" {
		return "Written by an AI model."
	}
	return "Written by " + o.Model + " (" + o.Provider + ")."
}

// What is said where no model writes.
const (
	ComposerNote = "Composed from your inputs by rules. No AI model is used."
	RulesNote    = "Rule-based. No AI model is used."
)

// Digits writes a whole number with commas: 1,234,567.
func Digits(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Amount shows an amount with its currency, in groups of three digits: 12,000.50 EUR. It is empty where there is no
// currency.
func Amount(m domain.Money) string {
	if m.Currency == "" {
		return ""
	}
	whole, rest, point := strings.Cut(m.String(), ".")
	n, err := strconv.Atoi(whole)
	if err != nil {
		return m.String() + " " + m.Currency
	}
	if whole = Digits(n); point {
		whole += "." + rest
	}
	return whole + " " + m.Currency
}

// Plural writes a count with its noun: "1 word", "1,200 words".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Digits(n) + " " + many
}

// networks are the names that do not follow from their slugs.
var networks = map[string]string{"linkedin": "LinkedIn", "youtube": "YouTube", "tiktok": "TikTok"}

// Human turns a slug or a field name into words: word_count → Word count.
func Human(name string) string {
	words := strings.Fields(strings.NewReplacer("_", " ", "-", " ").Replace(name))
	for i, w := range words {
		if slices.Contains([]string{"seo", "ai", "url", "api", "id"}, w) {
			words[i] = strings.ToUpper(w)
		}
		if name, ok := networks[w]; ok {
			words[i] = name
		}
	}
	text := strings.Join(words, " ")
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + text[n:]
}

// PrettyJSON indents JSON; anything else is returned as it is.
func PrettyJSON(raw json.RawMessage) string {
	var b bytes.Buffer
	if len(raw) == 0 || json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// ETag is a revision as the engine compares it ([engine.Precondition]).
func ETag(revision int64) string { return strconv.Quote(strconv.FormatInt(revision, 10)) }

// Words counts the words of a Markdown text, its marks left out: the count that
// cards, versions and the editor show.
func Words(markdown string) int { return prose.CountWords(prose.Plain(markdown)) }

// sortedKeys lists the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// ParseDay returns the first instant of a day such as 2026-02-26, as a date field of a form
// sends it, in a time zone; the zero time for no day. field is named in the fault.
func ParseDay(field, day string, zone *time.Location) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		var p domain.Problems
		p.Format(field, "a day such as 2026-02-26")
		return time.Time{}, p.Err()
	}
	return domain.StartOfDay(t.Year(), t.Month(), t.Day(), zone), nil
}
