package ui

import (
	"vellocity/internal/schema"
)

// Widget is the control that a form shows for a field.
type Widget string

// The widgets. A schema chooses one with x-widget; the rest follow from the type.
const (
	WidgetText     Widget = "text"
	WidgetTextArea Widget = schema.WidgetTextArea
	WidgetSelect   Widget = "select"
	WidgetRadio    Widget = "radio"
	WidgetNumber   Widget = "number"
	WidgetCheck    Widget = "check"
	WidgetChecks   Widget = "checks" // several of a list
	WidgetLines    Widget = "lines"  // a list, one entry per line
	WidgetJSON     Widget = "json"

	WidgetBrandVoice  Widget = schema.WidgetBrandVoice  // a brand voice of the workspace, by its id
	WidgetContentItem Widget = schema.WidgetContentItem // an item of the workspace, by its id
	WidgetLanguage    Widget = schema.WidgetLanguage    // a language by its name, or another by its code
)

// widgetOf chooses the control of a field.
func widgetOf(s schema.Field) Widget {
	switch w := Widget(s.Widget); {
	case s.Type == schema.Integer && (w == WidgetBrandVoice || w == WidgetContentItem):
		return w
	case s.Type == schema.Text && (w == WidgetTextArea || w == WidgetLanguage && len(s.Enum) == 0):
		return w
	case s.Type == schema.Boolean:
		return WidgetCheck
	case len(s.Enum) > 0 && len(s.Enum) <= 4:
		return WidgetRadio
	case len(s.Enum) > 0:
		return WidgetSelect
	case s.Type == schema.Number, s.Type == schema.Integer:
		return WidgetNumber
	case s.Type == schema.List && s.Items != nil && len(s.Items.Enum) > 0:
		return WidgetChecks
	case s.Type == schema.List && s.Items != nil && (s.Items.Type == schema.Text || s.Items.Type == schema.Integer):
		return WidgetLines
	case s.Type == schema.Text && s.Format != "uri" && s.MaxLength > 300:
		return WidgetTextArea
	case s.Type == schema.Text:
		return WidgetText
	}
	return WidgetJSON
}
