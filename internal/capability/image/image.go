// Package image generates images from a description, and adds one to an item.
//
// The images are a generation as any other: it is charged one credit for each image, whatever the execution, whose
// own price is therefore 0. Without an image model, placeholders are drawn, which cost nothing.
package image

import (
	"context"
	_ "embed"
	"fmt"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "generate-image"

//go:embed settings.json
var schema []byte

// Settings say what to show; see settings.json.
type Settings struct {
	Description string             `json:"description"`
	AltText     string             `json:"alt_text"`
	ContentID   int64              `json:"content_id"`
	Role        domain.ImageRole   `json:"role"`
	Count       int                `json:"count"`
	Engine      domain.ImageEngine `json:"engine"`
	Size        string             `json:"size"`
}

// titleLength is how many characters of the description name an execution.
const titleLength = 80

// New returns the capability.
func New() capability.Capability {
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             16,
			Slug:           Slug,
			Name:           "Image Generator",
			Description:    "Generate images from a description, and add one to an item",
			Category:       domain.CategoryGeneration,
			Effects:        []domain.EffectKind{domain.EffectRevise},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(),
		},
		Title: func(s Settings) string { return prose.Clip(prose.Line(s.Description), titleLength) },
		Reads: func(s Settings) []int64 {
			if s.ContentID == 0 {
				return nil
			}
			return []int64{s.ContentID}
		},
		Effects: func(s Settings) []domain.EffectKind {
			if s.ContentID == 0 {
				return nil
			}
			return []domain.EffectKind{domain.EffectRevise}
		},
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "images", Name: "Images", Kind: "images", DependsOn: []string{}}}, nil
		},
		Steps: map[string]capability.Step[Settings]{"images": generate},
	})
}

// Generated is the step's output.
type Generated struct {
	Images    []Image `json:"images"`
	Moderated int     `json:"moderated"` // images that the provider's filter held back
	Failed    int     `json:"failed"`
	Credits   int     `json:"credits"`              // that the images have cost
	ContentID int64   `json:"content_id,omitempty"` // the item that has the first image
}

// Image is one of the images.
type Image struct {
	ID          int64  `json:"id"`
	Path        string `json:"path"` // of the file in the API
	AltText     string `json:"alt_text"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	Placeholder bool   `json:"placeholder"` // no image model is connected
}

func generate(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	if s.ContentID != 0 {
		if _, ok := in.Items[s.ContentID]; !ok {
			return capability.Result{}, domain.NotFound("Content item")
		}
	}
	ask := capability.ImageAsk{Count: s.Count, Request: domain.ImageRequest{
		Engine: s.Engine, Task: domain.ImageFromText, Description: s.Description, AltText: s.AltText,
	}}
	if _, err := fmt.Sscanf(s.Size, "%dx%d", &ask.Request.Width, &ask.Request.Height); err != nil {
		return capability.Result{}, fmt.Errorf("read the size %q: %w", s.Size, err)
	}
	g, err := in.MakeImages(ctx, ask)
	if err != nil {
		return capability.Result{}, err
	}
	out, first := Generated{Images: []Image{}, Credits: g.Charged()}, domain.Image{}
	for _, i := range g.Images {
		switch i.Outcome {
		case domain.ImageModerated:
			out.Moderated++
		case domain.ImageFailed:
			out.Failed++
		case domain.ImageOK:
			if first.ID == 0 {
				first = i
			}
			out.Images = append(out.Images, Image{
				i.ID, fmt.Sprintf("/api/v1/aiimage/images/%d", i.ID), i.AltText, i.Width, i.Height, i.Placeholder,
			})
		}
	}
	if first.ID == 0 {
		return capability.Result{}, none(g)
	}
	result := capability.Result{}
	if s.ContentID != 0 {
		out.ContentID = s.ContentID
		result.Effects = []capability.Effect{{Attach: &capability.AttachImage{
			ContentID: s.ContentID, Image: first, Role: s.Role, AltText: s.AltText,
		}}}
	}
	result.Output = out
	return result, nil
}

// none is the error of a generation without an image.
func none(g domain.ImageGeneration) error {
	if g.Status == domain.ImagesCancelled {
		return domain.Errorf(domain.CodeConflict, "The generation of the images was cancelled. Run it again.")
	}
	return domain.Errorf(domain.CodeConflict, "There is no image. %s", g.Error)
}
