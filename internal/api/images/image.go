package images

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/images"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// Moderation says what a provider's filter held back.
type Moderation struct {
	Stage      domain.ModerationStage `json:"stage"`
	Categories []string               `json:"categories" doc:"That the provider names"`
}

// ImageView is an image, or why there is none.
type ImageView struct {
	ID           int64                 `json:"id"`
	GenerationID *int64                `json:"generation_id" doc:"Null: somebody has uploaded it"`
	Number       int                   `json:"number"       doc:"Within the generation, from 1"`
	Outcome      domain.ImageOutcome   `json:"outcome"`
	Output       *string               `json:"output"       doc:"Path of the file; null where there is none"`
	Credits      int                   `json:"credits"`
	Placeholder  bool                  `json:"placeholder"  doc:"A card in the place of an image: no model is connected"`
	AltText      string                `json:"alt_text"     doc:"Empty until somebody writes it"`
	Description  string                `json:"description"  doc:"What was asked for"`
	Prompt       *string               `json:"revised_prompt" doc:"What the provider made of the description"`
	Engine       *domain.ImageEngine   `json:"image_generator" doc:"Null: somebody has uploaded it"`
	Model        *string               `json:"model"`
	Format       *string               `json:"format"       doc:"png, jpeg or webp"`
	Width        int                   `json:"width"        doc:"Pixels"`
	Height       int                   `json:"height"       doc:"Pixels"`
	Bytes        int                   `json:"bytes"`
	Seed         *int64                `json:"seed"`
	Moderation   ops.Maybe[Moderation] `json:"moderation"   doc:"Set where the outcome is moderated"`
	Error        *string               `json:"error"        doc:"Why there is no image"`
	Version      int                   `json:"version"      doc:"Raised with each change"`
	CreatedAt    time.Time             `json:"created_at"`
}

type recentImages struct{ ops.Paging }

// ImageRef names an image in the path.
type ImageRef struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The image's id"`
}

type uploadImage struct {
	File    ops.Upload `json:"file" doc:"A PNG, JPEG or WebP picture of at most 20 MB, in base64 or as the file of a multipart form"`
	AltText string     `json:"alt_text,omitempty" limit:"alt_text" doc:"What the picture shows, for those who do not see it"`
}

type changeImage struct {
	ImageRef
	AltText *string `json:"alt_text,omitempty" limit:"alt_text" doc:"What the image shows, for those who do not see it"`
	ops.Conditional
}

type deleteImage struct {
	ImageRef
	ops.Conditional
}

var sampleImage = domain.Image{
	ID: 31, GenerationID: 12, Number: 1, Outcome: domain.ImageOK, Format: domain.ImagePNG, Width: 1024, Height: 1024,
	Bytes: 1_482_113, Model: "gpt-image-2", Credits: domain.ImageCredits, Version: 1, CreatedAt: wire.SampleTime(),
	AltText: "A cup of coffee on a red table", Sum: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
	Request: domain.ImageRequest{Engine: domain.EngineDallE, Description: "A cup of coffee on a red table, early morning"},
}

const ownPath = imagePath + "/images/{id}"

func imageRows(v *images.Verbs) []ops.Op {
	return []ops.Op{recentRow(v), uploadRow(v), fileRow(v), changeRow(v), deleteRow(v)}
}

func recentRow(v *images.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_recent_images",
		Route: ops.Route{Method: http.MethodGet, Path: imagePath + "/recent-images"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "List images", Description: "The workspace's images, newest first.",
		},
		Tool: ops.Tool{
			Set: imageTools, Brief: []string{"id", "output", "alt_text", "description", "placeholder", "created_at"},
		},
		Command: ops.Command{
			Noun: noun, Verb: "recent", Columns: []string{"id", "image_generator", "width", "height", "description"},
		},
	}, func(ctx context.Context, in recentImages) (domain.List[domain.Image], error) {
		return v.RecentImages(ctx, domain.Page{Number: in.Page, Size: in.PerPage})
	}, func(r *ops.Reply, l domain.List[domain.Image]) []ImageView {
		r.Total = l.Total
		return wire.Each(l.Items, imageView)
	}, domain.List[domain.Image]{Items: []domain.Image{sampleImage}, Total: 1})
}

// onePixel is the smallest picture, in base64.
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

func uploadRow(v *images.Verbs) ops.Op {
	uploaded := domain.Image{
		ID: 33, Outcome: domain.ImageOK, Format: domain.ImageJPEG, Width: 1600, Height: 900, Bytes: 312_441, Version: 2,
		AltText: "Our shop on a rainy evening", Sum: sampleImage.Sum, CreatedAt: wire.SampleTime(),
	}
	return ops.New(ops.Op{
		Name:           "upload_image",
		Route:          ops.Route{Method: http.MethodPost, Path: imagePath + "/images", Status: http.StatusCreated},
		Scope:          domain.ScopeContent,
		IdempotencyKey: true,
		Forms:          true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Upload a picture of your own",
			Description: "It costs nothing. Location, camera and other metadata are removed from the file.",
			Example:     map[string]any{"file": onePixel, "alt_text": uploaded.AltText},
		},
		Tool:    ops.Tool{Set: imageTools},
		Command: ops.Command{Noun: noun, Verb: "upload"},
	}, func(ctx context.Context, in uploadImage) (domain.Image, error) {
		return v.UploadImage(ctx, images.UploadImage{File: in.File, AltText: in.AltText})
	}, func(r *ops.Reply, i domain.Image) ImageView {
		r.Location = ops.Base + imagePath + "/images/" + wire.Number(i.ID)
		return imageView(i)
	}, uploaded)
}

func fileRow(v *images.Verbs) ops.Op {
	return ops.NewFile(ops.Op{
		Name:  "get_image",
		Route: ops.Route{Method: http.MethodGet, Path: ownPath},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Get the file of an image",
			Description: "The file itself, which never changes. Its ETag is the SHA-256 of its bytes, and Range gives a " +
				"part of it.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"id": sampleImage.ID},
			Media: []string{
				domain.ImagePNG.MediaType(), domain.ImageJPEG.MediaType(), domain.ImageWebP.MediaType(),
			},
		},
		Tool:    ops.Tool{None: "a tool answers in text; list_recent_images has the address of the file"},
		Command: ops.Command{Noun: noun, Verb: "file", None: "vellocity image writes files"},
	}, func(ctx context.Context, in ImageRef) (images.ImageFile, error) { return v.ImageFile(ctx, in.ID) },
		func(f images.ImageFile) ops.File {
			return ops.File{
				Name: fmt.Sprintf("image-%d.%s", f.ID, f.Format), MediaType: f.Format.MediaType(), Data: f.Data, Tag: f.Sum,
			}
		}, images.ImageFile{Image: sampleImage, Data: []byte("…")})
}

func changeRow(v *images.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "update_image",
		Route: ops.Route{Method: http.MethodPatch, Path: ownPath},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Change the alt text of an image",
			Description: "The alt text says what the image shows, for those who do not see it.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodePreconditionFailed},
			Example:     map[string]any{"id": sampleImage.ID, "alt_text": sampleImage.AltText},
		},
		Tool:    ops.Tool{Set: imageTools},
		Command: ops.Command{Noun: noun, Verb: "update"},
	}, func(ctx context.Context, in changeImage) (domain.Image, error) {
		return v.ChangeImage(ctx, images.ChangeImage{
			ID: in.ID, AltText: in.AltText, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, func(r *ops.Reply, i domain.Image) ImageView {
		r.Revision = wire.Number(int64(i.Version))
		return imageView(i)
	}, sampleImage)
}

func deleteRow(v *images.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_image",
		Route: ops.Route{Method: http.MethodDelete, Path: ownPath},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Delete an image",
			Description: "Nobody can read it from then on. Its file is removed within a day or two. One that an item shows, " +
				"or has published, is a CONFLICT; details.content_ids names the items.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict, domain.CodePreconditionFailed},
			Example: map[string]any{"id": sampleImage.ID},
		},
		Tool:    ops.Tool{Set: imageTools},
		Command: ops.Command{Noun: noun, Verb: "delete"},
	}, func(ctx context.Context, in deleteImage) error {
		return v.DeleteImage(ctx, images.DeleteImage{
			ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	})
}

func imageView(i domain.Image) ImageView {
	view := ImageView{
		ID: i.ID, Number: i.Number, Outcome: i.Outcome, Credits: i.Credits,
		Placeholder: i.Placeholder, AltText: i.AltText, Description: i.Request.Description, Prompt: optional(i.Prompt),
		Model: optional(i.Model), Format: optional(string(i.Format)), Width: i.Width,
		Height: i.Height, Bytes: i.Bytes, Seed: i.Seed, Error: optional(i.Failure), Version: i.Version,
		CreatedAt: i.CreatedAt.UTC(),
	}
	if !i.Uploaded() {
		view.GenerationID, view.Engine = &i.GenerationID, &i.Request.Engine
	}
	if i.Sum != "" {
		path := ops.Base + imagePath + "/images/" + wire.Number(i.ID)
		view.Output = &path
	}
	if i.Outcome == domain.ImageModerated {
		view.Moderation.Value = &Moderation{i.Stage, wire.List(i.Categories)}
	}
	return view
}
