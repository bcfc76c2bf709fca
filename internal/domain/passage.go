package domain

// PassageKind says what a passage that a search finds is a part of.
type PassageKind string

// The kinds of passages.
const (
	PassageOfItem   PassageKind = "item"   // of a content item
	PassageOfSource PassageKind = "source" // of a source
)

// Values lists the kinds of passages.
func (PassageKind) Values() []string { return names([]PassageKind{PassageOfItem, PassageOfSource}) }
