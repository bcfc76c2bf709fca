package rows

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// plainNumber matches a number as rows have it.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)

// isNumber reports whether a value is a number that expressions can write and hold: a whole one
// of 64 bits, or a decimal one below [exact].
func isNumber(value string) bool {
	if !plainNumber.MatchString(value) {
		return false
	}
	if !strings.Contains(value, ".") {
		_, err := strconv.ParseInt(strings.TrimPrefix(value, "-"), 10, 64)
		return err == nil
	}
	x, err := strconv.ParseFloat(value, 64)
	return err == nil && math.Abs(x) < exact
}

// exact is up to where a float64 holds every whole number.
const exact = 1 << 53

// number writes a number without zeros at its end, as it is read back.
func number(value string) string {
	if x, err := strconv.ParseFloat(value, 64); err == nil && strings.Contains(value, ".") {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return value
}

func isSwitch(value string) bool { return value == "true" || value == "false" }

// textIn returns the text of a value in quotes; ok is false where it is in none.
func textIn(value string) (text string, ok bool) {
	return text, strings.HasPrefix(value, `"`) && json.Unmarshal([]byte(value), &text) == nil
}

// text is the text that a value stands for.
func text(value string) string {
	if text, ok := textIn(value); ok {
		return text
	}
	return value
}

// literal writes a value as an expression has it. A field that holds texts has no other
// values, and in a comparison by order, true and false are texts: they have no order.
func literal(value string, k Kind, c Comparison) string {
	switch {
	case k != Text && isNumber(value):
		return number(value)
	case k != Text && isSwitch(value) && !c.ordered():
		return value
	}
	return quoted(text(value))
}

// quoted writes a text as an expression has it. Braces would end an expression that stands in
// a text, and are refused everywhere, so the second of two is written by its number.
func quoted(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(text) != nil {
		return `""`
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), "{{", `{\u007b`)
}

// shown is a value as a person would enter it, so that literal writes it again. among is set
// where commas part it from others.
func shown(value any, k Kind, c Comparison, among bool) string {
	switch value := value.(type) {
	case string:
		plain := strings.TrimSpace(value) == value && value != "" && literal(value, k, c) == quoted(value)
		if plain && (!among || !strings.ContainsAny(value, `,"`)) {
			return value
		}
		return quoted(value)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// split cuts the values of "is one of" at the commas outside of quotes.
func split(value string) (list []string) {
	for {
		value = strings.TrimSpace(value)
		end := quotes(value)
		if i := strings.IndexByte(value[end:], ','); i >= 0 {
			list = append(list, strings.TrimSpace(value[:end+i]))
			value = value[end+i+1:]
			continue
		}
		list = append(list, value)
		return slices.DeleteFunc(list, func(s string) bool { return s == "" })
	}
}

// quotes is the length of the quoted text that a value begins with; 0: there is none.
func quotes(value string) int {
	if !strings.HasPrefix(value, `"`) {
		return 0
	}
	for i := 1; i < len(value); i++ {
		switch value[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
