package templateform

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"vellocity/internal/web/ui"
)

// reference matches what an expression says of a step: steps.post or steps["blog-post"].
var reference = regexp.MustCompile(`\bsteps(\.\w+|\["[^"\]]*"\])`)

// wordKey matches a key that can stand behind a dot in an expression.
var wordKey = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// referTo writes a reference to a step: steps.post, or steps["blog-post"].
func referTo(key string) string {
	if wordKey.MatchString(key) {
		return "steps." + key
	}
	return `steps["` + key + `"]`
}

// renamed makes expressions follow the steps whose keys were changed in the form.
func renamed(form url.Values, steps []step) {
	now := map[string]string{} // by the key before
	for i, s := range steps {
		if was := form.Get(stepName(i, "was-key")); was != "" && s.Key != "" && was != s.Key {
			now[was] = s.Key
		}
	}
	if len(now) == 0 {
		return
	}
	follow := func(text string) string {
		return reference.ReplaceAllStringFunc(text, func(found string) string {
			key := strings.Trim(strings.TrimPrefix(found, "steps"), `.[]"`)
			if next, ok := now[key]; ok {
				return referTo(next)
			}
			return found
		})
	}
	for i := range steps {
		steps[i].When = follow(steps[i].When)
		for name, text := range steps[i].Settings {
			steps[i].Settings[name] = inBraces.ReplaceAllStringFunc(text, follow)
		}
		if rest, err := decoded(json.RawMessage(steps[i].Rest)); err == nil {
			if next := encoded(inTexts(rest, follow)); !same(next, json.RawMessage(steps[i].Rest)) {
				steps[i].Rest = ui.PrettyJSON(next)
			}
		}
	}
}

// inTexts applies follow to the expressions within the texts of a JSON value.
func inTexts(value any, follow func(string) string) any {
	switch v := value.(type) {
	case string:
		return inBraces.ReplaceAllStringFunc(v, follow)
	case []any:
		for i := range v {
			v[i] = inTexts(v[i], follow)
		}
	case map[string]any:
		for name := range v {
			v[name] = inTexts(v[name], follow)
		}
	}
	return value
}

// inBraces matches an expression in a text, as far as its first closing braces.
var inBraces = regexp.MustCompile(`\{\{.*?\}\}`)
