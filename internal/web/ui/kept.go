package ui

import (
	"net/http"
	"net/url"
	"unicode/utf8"

	"vellocity/internal/auth"
)

// kept is a posted form that was not saved. The page that says so carries it, so that
// what a person wrote is not lost.
type kept struct {
	Action string // the path to send it to again
	Fields []keptField
	Texts  []string // the longer values, to read and to copy
}

type keptField struct{ Name, Value string }

// keptText is how many characters a value has at least to be shown as a text.
const keptText = 40

// keptOf returns the form of a request; nil where there is none, or none that holds a
// text worth keeping.
func keptOf(r *http.Request) *kept {
	if r.Method != http.MethodPost || ReadForm(r) != nil || len(r.PostForm) == 0 {
		return nil
	}
	k := &kept{Action: auth.LocalPath((&url.URL{Path: r.URL.Path}).EscapedPath())}
	for _, name := range sortedKeys(r.PostForm) {
		for _, value := range r.PostForm[name] {
			k.Fields = append(k.Fields, keptField{name, value})
			if name != onceField && utf8.RuneCountInString(value) >= keptText {
				k.Texts = append(k.Texts, value)
			}
		}
	}
	return k
}
