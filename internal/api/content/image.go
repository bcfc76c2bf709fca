package content

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// ItemImage is an image as an item shows it.
type ItemImage struct {
	ImageID int64              `json:"image_id"`
	Role    domain.ImageRole   `json:"role"      doc:"cover: above the text and in link previews; inline: where the text names it"`
	AltText string             `json:"alt_text"  doc:"What it shows, for those who do not see it; required to publish the item"`
	Caption *string            `json:"caption"   doc:"That readers see below it"`
	Named   string             `json:"markdown"  doc:"What shows the image in the text"`
	Output  string             `json:"output"    doc:"Path of the file"`
	Format  domain.ImageFormat `json:"format"`
	Width   int                `json:"width"     doc:"Pixels"`
	Height  int                `json:"height"    doc:"Pixels"`
	Bytes   int                `json:"bytes"`
}

// ItemImages are the images of an item.
type ItemImages struct {
	ContentID int64       `json:"content_id"`
	Version   int         `json:"version" doc:"Number of the current version, which they are part of"`
	Images    []ItemImage `json:"images"  doc:"In their order"`
}

// ImageID names an image of an item in the path.
type ImageID struct {
	ContentID
	Image int64 `json:"image_id" in:"path" minimum:"1" doc:"The image's id"`
}

type setItemImage struct {
	ImageID
	Role     domain.ImageRole `json:"role,omitempty" doc:"cover or inline; inline for an image that is new to the item"`
	AltText  *string          `json:"alt_text,omitempty" limit:"alt_text" doc:"What it shows, for those who do not see it; for an image that is new to the item, that of the image itself"`
	Caption  *string          `json:"caption,omitempty" null:"clears" limit:"image_caption" doc:"That readers see below it"`
	Position int              `json:"position,omitempty" limit:"image_position" doc:"Among the item's images, from 1; last for a new one"`
	ops.Conditional
}

type removeItemImage struct {
	ImageID
	ops.Conditional
}

const (
	ofImages     = items + "/images"
	imageTools   = "images"
	imageExample = 31
)

var sampleImage = domain.ItemImage{
	ImageID: imageExample, Role: domain.ImageCover, AltText: "A cup of coffee on a red table", Format: domain.ImagePNG,
	Width: 1024, Height: 1024, Bytes: 1_482_113,
	Sum: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}

func withImage() content.ItemDetails {
	d := sampleDetails()
	d.Images = []domain.ItemImage{sampleImage}
	return d
}

func imageRows(v *content.Verbs) []ops.Op {
	return []ops.Op{itemImagesRow(v), setImageRow(v), removeImageRow(v)}
}

func itemImagesRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_content_images",
		Route: ops.Route{Method: http.MethodGet, Path: ofImages},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterContent, Summary: "List the images of an item",
			Description: "The cover and the inline images of the current version, in their order.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: exampleID,
		},
		Tool:    ops.Tool{Set: imageTools},
		Command: ops.Command{Noun: "content", Verb: "images"},
	}, func(ctx context.Context, in ContentID) (domain.ContentItem, error) {
		return v.ItemImages(ctx, in.ID)
	}, itemImages, withImage().ContentItem)
}

func setImageRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "set_content_image",
		Route: ops.Route{Method: http.MethodPut, Path: ofImages + "/{image_id}"},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterContent, Summary: "Add an image to an item, or change it there",
			Description: "What is left out stays as it is. A second cover makes the first an inline image. An inline image " +
				"stands in the text as `![alt text](image:31)`, with its id. Images are part of a version: a change makes the " +
				"next one. An item whose images lack alt texts cannot be published.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleItem.ID, "image_id": imageExample, "role": string(domain.ImageCover)},
		},
		Tool:    ops.Tool{Set: imageTools, Whole: true},
		Command: ops.Command{Noun: "content", Verb: "set-image"},
	}, func(ctx context.Context, in setItemImage) (content.ItemDetails, error) {
		return v.SetItemImage(ctx, content.SetItemImage{
			ID: in.ID, ImageID: in.Image, Role: in.Role, AltText: in.AltText, Caption: in.Caption, Position: in.Position,
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewImages, withImage())
}

func removeImageRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "remove_content_image",
		Route: ops.Route{Method: http.MethodDelete, Path: ofImages + "/{image_id}"},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterContent, Summary: "Remove an image from an item",
			Description: "The image itself stays. Where the text still names it, a finding says so.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     map[string]any{"id": sampleItem.ID, "image_id": imageExample},
		},
		Tool:    ops.Tool{Set: imageTools, Whole: true},
		Command: ops.Command{Noun: "content", Verb: "remove-image"},
	}, func(ctx context.Context, in removeItemImage) (content.ItemDetails, error) {
		return v.RemoveItemImage(ctx, content.ItemImage{
			ID: in.ID, ImageID: in.Image, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewImages, sampleItem)
}

func viewImages(r *ops.Reply, d content.ItemDetails) ItemImages { return itemImages(r, d.ContentItem) }

func itemImages(r *ops.Reply, c domain.ContentItem) ItemImages {
	r.Revision = wire.Number(c.Revision)
	return ItemImages{c.ID, c.Version, wire.Each(c.Images, itemImage)}
}

func itemImage(i domain.ItemImage) ItemImage {
	return ItemImage{
		ImageID: i.ImageID, Role: i.Role, AltText: i.AltText, Caption: wire.Optional(i.Caption),
		Named:  "![](" + domain.ImageRef(i.ImageID) + ")",
		Output: ops.Base + "/aiimage/images/" + wire.Number(i.ImageID),
		Format: i.Format, Width: i.Width, Height: i.Height, Bytes: i.Bytes,
	}
}
