package image_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"vellocity/internal/capability"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/image"
	"vellocity/internal/domain"
)

func made(list ...domain.Image) func(context.Context, capability.ImageAsk) (domain.ImageGeneration, error) {
	return func(context.Context, capability.ImageAsk) (domain.ImageGeneration, error) {
		return domain.ImageGeneration{Status: domain.ImagesCompleted, Images: list, Error: "The filter refused it."}, nil
	}
}

func TestImages(t *testing.T) {
	ok := domain.Image{ID: 31, Outcome: domain.ImageOK, Width: 4, Height: 3, Credits: 1, AltText: "A lighthouse"}
	second := domain.Image{ID: 32, Outcome: domain.ImageOK, Placeholder: true}
	held := domain.Image{Outcome: domain.ImageModerated}
	item := domain.ContentItem{ID: 7, Title: "Post", Body: "Text"}
	for name, tc := range map[string]struct {
		settings map[string]any
		made     []domain.Image
		effects  int
		fault    string
	}{
		"for an item":      {map[string]any{"content_id": 7, "alt_text": "A lighthouse"}, []domain.Image{held, ok, second}, 1, ""},
		"for nobody":       {map[string]any{"count": 2}, []domain.Image{ok, second}, 0, ""},
		"held back":        {map[string]any{}, []domain.Image{held}, 0, "The filter refused it."},
		"nothing was made": {map[string]any{"content_id": 7}, nil, 0, "There is no image"},
	} {
		tc.settings["description"] = "A lighthouse\nat night"
		out := captest.Do(t, image.New(), captest.Run{
			Settings: tc.settings, Items: []domain.ContentItem{item}, Images: made(tc.made...),
		})
		if tc.fault != "" {
			if domain.CodeOf(out.Err) != domain.CodeConflict || !strings.Contains(out.Err.Error(), tc.fault) {
				t.Errorf("%s: %v", name, out.Err)
			}
			continue
		}
		var got image.Generated
		if err := errors.Join(out.Err, json.Unmarshal(out.Outputs["images"], &got)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(out.Effects) != tc.effects || len(got.Images) != 2 || got.Images[0].ID != 31 || !got.Images[1].Placeholder ||
			got.Credits != 1 {
			t.Errorf("%s: %+v, %+v", name, got, out.Effects)
		}
		if tc.effects == 1 {
			a := out.Effects[0].Attach
			if a.ContentID != 7 || a.Image.ID != 31 || a.Role != domain.ImageCover || a.AltText != "A lighthouse" ||
				got.Moderated != 1 {
				t.Errorf("%s: %+v", name, a)
			}
		}
	}
}

func TestSettings(t *testing.T) {
	for settings, wrong := range map[string]string{
		`{}`:                                     "settings.description",
		`{"description":"x","size":"20x20"}`:     "settings.size",
		`{"description":"x","size":"big"}`:       "settings.size",
		`{"description":"x","count":5}`:          "settings.count",
		`{"description":"x","engine":"mine"}`:    "settings.engine",
		`{"description":"x","role":"hero"}`:      "settings.role",
		`{"description":"x","alt_text":"a\nb"}`:  "settings.alt_text",
		`{"description":"x","size":"1792x1024"}`: "",
	} {
		_, err := image.New().Prepare(json.RawMessage(settings))
		if wrong == "" && err != nil || wrong != "" && domain.AsError(err).Fields[wrong] == nil {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
