// Package publish publishes the current version of an item on channels. No model is
// called.
package publish

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
)

// Slug names the capability.
const Slug = "publish-content"

//go:embed settings.json
var schema []byte

// Settings say what to publish, and where; see settings.json.
type Settings struct {
	ContentID int64    `json:"content_id"`
	Channels  []string `json:"channels"`
}

// New returns the capability.
func New() capability.Capability {
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             3,
			IsFeatured:     true,
			Slug:           Slug,
			Name:           "Content Publisher",
			Description:    "Publish an item on the built-in feed and on channels",
			Category:       domain.CategoryPublishing,
			Effects:        []domain.EffectKind{domain.EffectPublish},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(),
		},
		Title: func(s Settings) string { return fmt.Sprintf("Publication of item %d", s.ContentID) },
		Reads: func(s Settings) []int64 { return []int64{s.ContentID} },
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "publish", Name: "Publication", Kind: "publish", DependsOn: []string{}}}, nil
		},
		Steps: map[string]capability.Step[Settings]{"publish": publish},
	})
}

// Published is the step's output.
type Published struct {
	ContentID int64    `json:"content_id"`
	Version   int      `json:"version"`
	Title     string   `json:"title"`
	Channels  []string `json:"channels"` // that were chosen; empty: those that take the item
}

// publish refuses an item without text or with blocking findings. What else the
// workspace requires, such as an approval, is checked where the item is moved.
func publish(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	item, ok := in.Items[s.ContentID]
	if !ok {
		return capability.Result{}, domain.NotFound("Content item")
	}
	if strings.TrimSpace(item.Body) == "" {
		return capability.Result{}, domain.Errorf(
			domain.CodeConflict,
			"“%s” has no text yet, so it was not published. Write one, then publish it.",
			item.Title,
		)
	}
	if blockers := domain.Blockers(item.Findings); len(blockers) > 0 {
		return capability.Result{}, domain.NotPublishable(blockers)
	}
	if s.Channels == nil {
		s.Channels = []string{}
	}
	return capability.Result{
		Output:  Published{ContentID: item.ID, Version: item.Version, Title: item.Title, Channels: s.Channels},
		Effects: []capability.Effect{{Publish: &capability.PublishItem{ContentID: item.ID, Channels: s.Channels}}},
	}, nil
}
