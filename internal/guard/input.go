package guard

import (
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// Input is a text and what is known about it.
type Input struct {
	Step string // key of the step that wrote the text; copied into the findings
	Text string // Markdown; the offsets of findings refer to it

	// Title, MetaTitle and MetaDescription get the same checks as the text. Findings
	// there have no offsets; their message names the field.
	Title           string
	MetaTitle       string
	MetaDescription string

	Type     domain.ContentType
	Channel  string // network of a social post
	Language string // BCP 47
	// MinWords and MaxWords limit the length of the text; 0 means no limit.
	MinWords, MaxWords int

	BrandVoice *domain.BrandVoice // banned and preferred terms; nil: none
	// Support is everything that the caller provided: topic, key points, facts,
	// sources. Numbers, quotes and links in the text must occur in it.
	Support []string
	// Allowed are texts whose contact details may appear, such as the call to action.
	Allowed []string

	// Images are the ids of the images that the text may name: those of the item, and of the items that it was
	// made from.
	Images []int64

	// Instructions is what the model got, the brief left out; a text that repeats a sentence of it is
	// flagged. Empty where no model wrote the text.
	Instructions string

	// SupportUnknown is set where nobody knows what the text may rest on: numbers, quotes and the hosts of
	// links are then not compared with Support.
	SupportUnknown bool
	// Edited is set where a person wrote or changed the text. It is checked for harm, not for support by the
	// brief, so without Support it implies SupportUnknown; and what only a model leaves behind is a warning,
	// since a person who writes about refusals may quote one.
	Edited bool
}

// unknownSupport reports whether the text cannot be compared with what it rests on.
func (in Input) unknownSupport() bool { return in.SupportUnknown || in.Edited && len(in.Support) == 0 }

// support returns everything that the caller provided as one text.
func (in Input) support() string {
	return strings.Join(append(slices.Clone(in.Support), in.Allowed...), "\n")
}
