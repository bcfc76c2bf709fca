package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
)

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
	list, err := s.Engine.Content.BrandVoices(ctx, domain.Page{Number: 1, Size: domain.MostBrandVoices})
	options := []Choice{{Value: "", Label: "Workspace default"}}
	for _, v := range list.Items {
		options = append(options, Choice{Value: strconv.FormatInt(v.ID, 10), Label: v.Name})
	}
	return options, err
}

func (s *Site) itemChoices(ctx context.Context) ([]Choice, error) {
	items, err := s.Engine.Content.ListItems(ctx, content.ListItems{Page: domain.Page{Number: 1, Size: itemsListed}})
	options := []Choice{{Value: "", Label: "Choose an item…"}}
	for _, i := range items.Items {
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
