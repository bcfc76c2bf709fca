package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
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
)

// widgetOf chooses the control of a field.
func widgetOf(s schema.Field) Widget {
	switch w := Widget(s.Widget); {
	case s.Type == schema.Integer && (w == WidgetBrandVoice || w == WidgetContentItem):
		return w
	case s.Type == schema.Text && w == WidgetTextArea:
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

// itemsListed is how many items a field lists; the others are found by search.
const itemsListed = 100

// FillChoices gives the fields that name a brand voice or an item their options.
func (s *Site) FillChoices(ctx context.Context, fields Fields) error {
	for i := range fields {
		f := &fields[i]
		var err error
		switch f.Widget {
		case WidgetBrandVoice:
			f.Options, err = s.brandVoiceChoices(ctx)
		case WidgetContentItem:
			f.Options, err = s.itemChoices(ctx)
			f.Search = len(f.Options) > itemsListed
		default:
			continue
		}
		if err != nil {
			return err
		}
		f.Hint, f.Label = "", strings.TrimSuffix(f.Label, " ID")
		f.Choose(f.Value)
	}
	return nil
}

func (s *Site) brandVoiceChoices(ctx context.Context) ([]Choice, error) {
	list, err := s.Engine.Content.BrandVoices(ctx, domain.Page{Number: 1, Size: 100})
	options := []Choice{{Value: "", Label: "Workspace default"}}
	for _, v := range list.Items {
		options = append(options, Choice{Value: strconv.FormatInt(v.ID, 10), Label: v.Name})
	}
	return options, err
}

func (s *Site) itemChoices(ctx context.Context) ([]Choice, error) {
	items, err := s.Engine.Content.SearchItems(ctx, content.SearchItems{Limit: itemsListed})
	options := []Choice{{Value: "", Label: "Choose an item…"}}
	for _, i := range items {
		options = append(options, itemChoice(i))
	}
	return options, err
}

func itemChoice(i domain.ContentItem) Choice {
	return Choice{
		Value: strconv.FormatInt(i.ID, 10),
		Label: TitleOf(i.Title, i.ID) + " (" + i.Status.Label() + ")",
	}
}

// ListChosen adds the item that a field has chosen to its options where it is not
// among those listed. An item that does not exist is left to the check of the
// settings.
func (s *Site) ListChosen(ctx context.Context, fields Fields) error {
	for i := range fields {
		f := &fields[i]
		id, err := strconv.ParseInt(f.Value, 10, 64)
		listed := slices.ContainsFunc(f.Options, func(c Choice) bool { return c.Value == f.Value })
		if f.Widget != WidgetContentItem || err != nil || listed {
			continue
		}
		d, err := s.Engine.Content.Item(ctx, id)
		if domain.CodeOf(err) == domain.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		f.Options = append(f.Options, itemChoice(d.ContentItem))
		f.Choose(f.Value)
	}
	return nil
}
