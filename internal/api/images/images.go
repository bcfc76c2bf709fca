// Package images has the rows about images: what image models are asked for, and the pictures.
package images

import (
	"slices"

	"vellocity/internal/engine/images"
	"vellocity/internal/ops"
)

// Rows returns the area's rows.
func Rows(v *images.Verbs) []ops.Op { return slices.Concat(generationRows(v), imageRows(v)) }

const (
	imagePath  = "/aiimage"
	imageTools = "images"
	noun       = "images"
)

var chapter = ops.Chapter{
	Name: "AI Image",
	Description: "Pictures from image models. One generation of a workspace runs at a time. A picture costs one " +
		"credit; what a filter held back, what failed and a placeholder cost none.",
}
