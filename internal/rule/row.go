package rule

import (
	"vellocity/internal/domain"
	"vellocity/internal/expression/rows"
)

// Fields lists the facts that the rows of a condition can compare, the most useful first.
func Fields() rows.Fields {
	text := func(name, label string, values ...string) rows.Field {
		return rows.Field{Name: name, Label: label, Kind: rows.Text, Values: values}
	}
	number := func(name, label string) rows.Field {
		return rows.Field{Name: name, Label: label, Kind: rows.Number, FromZero: true}
	}
	return rows.Fields{List: []rows.Field{
		number("scores.seo", "Search score"),
		number("scores.readability", "Readability"),
		number("findings.warning", "Warnings"),
		number("findings.info", "Notes"),
		number("findings.blocking", "Blocking findings"),
		text("content_type", "Content type", domain.ContentType("").Values()...),
		number("word_count", "Words"),
		number("needs_input", "Missing inputs"),
		number("voice.adherence", "Brand voice followed"),
		number("voice.distance", "Distance from samples"),
		text("title", "Title"),
		text("language", "Language"),
		text("channel", "Channel"),
		text("capability", "Capability"),
		text("template", "Template"),
		number("trigger", "Trigger id"),
		text("engine.kind", "Written by", domain.OriginKind("").Values()...),
		{Name: "engine.ai", Label: "Written with AI", Kind: rows.Switch},
		text("engine.provider", "Provider"),
		text("engine.model", "Model"),
	}}
}
