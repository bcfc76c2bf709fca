package search

import (
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

// Items returns the search of a list for items whose title or text has every word of
// text, each at least by its beginning; nil, which narrows nothing, where text is blank.
func Items(text string) *store.Search {
	title := prose.Same(text)
	if title == "" {
		return nil
	}
	return &store.Search{Title: title, Terms: prose.QueryTerms(text)}
}

func itemTerms(title, body string) store.ItemTerms {
	return store.ItemTerms{
		Title:  prose.Same(title),
		Titled: prose.IndexTerms(title),
		All:    prose.IndexTerms(title + "\n" + prose.Plain(body)),
	}
}
