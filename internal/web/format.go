package web

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
)

// agoHTML tells how long ago t was; the script of the page keeps it current.
func agoHTML(t, now time.Time) template.HTML {
	if t.IsZero() {
		return `<span class="none">never</span>`
	}
	return template.HTML(fmt.Sprintf(`<time class="ago" datetime="%s" title="%s">%s</time>`, //nolint:gosec // times only
		t.UTC().Format(time.RFC3339), t.UTC().Format("2 Jan 2006, 15:04:05 UTC"), ago(t, now)))
}

// clockHTML shows a moment in full; the script turns it into local time.
func clockHTML(t time.Time) template.HTML {
	if t.IsZero() {
		return `<span class="none">not yet</span>`
	}
	return template.HTML(fmt.Sprintf(`<time class="clock" datetime="%s">%s</time>`, //nolint:gosec // times only
		t.UTC().Format(time.RFC3339), t.UTC().Format("2 Jan 2006, 15:04 UTC")))
}

func ago(t, now time.Time) string {
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
		word = plural(int((d+12*time.Hour)/(24*time.Hour)), "day", "days")
	}
	if tail == "" {
		return "in " + word
	}
	return word + tail
}

// span tells a duration the way people say it: 640 ms, 12.4 s, 3 min 20 s.
func span(d time.Duration) string {
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

// money shows what a run has cost. An unknown price is said to be unknown.
func money(c domain.Cost, e domain.Origin) string {
	switch {
	case !e.AI && e.Kind == domain.OriginComposer:
		return "$0"
	case !c.Known:
		return "price unknown"
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

// engineLabel says what wrote a text.
func engineLabel(e domain.Origin) string {
	if e.Kind == domain.OriginComposer {
		return "Composed from your inputs by rules. No AI model was used."
	}
	if e.Model == "" {
		return "Written by an AI model."
	}
	return "Written by " + e.Model + " (" + e.Provider + ")."
}

func groupDigits(n int) string {
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

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return groupDigits(n) + " " + many
}

// networks are names that do not follow from their slugs.
var networks = map[string]string{"linkedin": "LinkedIn", "youtube": "YouTube", "tiktok": "TikTok"}

// human turns a slug or a field name into words: word_count → Word count.
func human(name string) string {
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

func prettyJSON(raw json.RawMessage) string {
	var b bytes.Buffer
	if len(raw) == 0 || json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// etag is the state of a row as the engine compares it.
func etag(revision int64) string { return strconv.Quote(strconv.FormatInt(revision, 10)) }

// sortedKeys lists the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
