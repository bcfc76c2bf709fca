package images_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/images"
)

// faultsOf are the fields that are wrong with a request.
func faultsOf(in images.GenerateImages) []string {
	var p domain.Problems
	images.CheckRequest(in, &p)
	if p.Err() == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(domain.AsError(p.Err()).Fields))
}

func TestFieldsByEngine(t *testing.T) {
	source := []byte("picture")
	for name, c := range map[string]struct {
		in   images.GenerateImages
		want string // the fields at fault
	}{
		"dall-e":            {lighthouse(), ""},
		"dall-e, all":       {images.GenerateImages{Engine: "dall-e", Description: "x", Size: "256x256", Quality: "hd", Style: "s", Lighting: "l", Mood: "m"}, ""},
		"dall-e, nothing":   {images.GenerateImages{Engine: "dall-e"}, "description quality size"},
		"dall-e, wrong":     {images.GenerateImages{Engine: "dall-e", Description: "x", Size: "1x1", Quality: "best"}, "quality size"},
		"dall-e, others'":   {images.GenerateImages{Engine: "dall-e", Description: "x", Size: "256x256", Quality: "hd", Negative: "n", Resolution: "64x64", Source: source}, "image_resolution image_src negative_prompt"},
		"stable":            {images.GenerateImages{Engine: "stablediffusion", StableDescription: "x", Type: "text-to-image", Resolution: "1024x768"}, ""},
		"stable, general":   {images.GenerateImages{Engine: "stablediffusion", Description: "x", Type: "text-to-image", Resolution: "1024×768", Preset: "p", Negative: "n"}, ""},
		"stable, both":      {images.GenerateImages{Engine: "stablediffusion", Description: "x", StableDescription: "y", Type: "multi-prompt", Resolution: "64x64"}, "description"},
		"stable, nothing":   {images.GenerateImages{Engine: "stablediffusion"}, "image_resolution stable_description type"},
		"stable, no source": {images.GenerateImages{Engine: "stablediffusion", Description: "x", Type: "upscale", Resolution: "64x64"}, "image_src"},
		"stable, source":    {images.GenerateImages{Engine: "stablediffusion", Description: "x", Type: "image-to-image", Resolution: "64x64", Source: source}, ""},
		"stable, no place":  {images.GenerateImages{Engine: "stablediffusion", Description: "x", Type: "text-to-image", Resolution: "64x64", Source: source}, "image_src"},
		"stable, wrong":     {images.GenerateImages{Engine: "stablediffusion", Description: "x", Type: "video", Resolution: "big"}, "image_resolution type"},
		"stable, too small": {images.GenerateImages{Engine: "stablediffusion", Description: "x", Type: "text-to-image", Resolution: "63x64"}, "image_resolution"},
		"stable, too large": {images.GenerateImages{Engine: "stablediffusion", Description: "x", Type: "text-to-image", Resolution: "64x4097"}, "image_resolution"},
		"flux":              {images.GenerateImages{Engine: "flux-pro", FluxDescription: "x"}, ""},
		"flux, general":     {images.GenerateImages{Engine: "flux-pro", Description: "x", Resolution: "512x512"}, ""},
		"flux, nothing":     {images.GenerateImages{Engine: "flux-pro"}, "description_flux_pro"},
		"flux, others'":     {images.GenerateImages{Engine: "flux-pro", FluxDescription: "x", Size: "256x256", Type: "upscale"}, "size type"},
		"ideogram":          {images.GenerateImages{Engine: "ideogram", Description: "x", Negative: "n", Preset: "design"}, ""},
		"kontext":           {images.GenerateImages{Engine: "flux-pro-kontext", Description: "x", Source: source}, ""},
		"no engine":         {images.GenerateImages{Description: "x"}, "image_generator"},
		"unknown engine":    {images.GenerateImages{Engine: "midjourney", Description: "x", Quality: "best"}, "image_generator quality"},
		"too long":          {images.GenerateImages{Engine: "flux-pro", Description: strings.Repeat("x", 4001)}, "description"},
		"blank":             {images.GenerateImages{Engine: "flux-pro", Description: " \n "}, "description_flux_pro"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(faultsOf(c.in), " "); got != c.want {
				t.Errorf("faults %q, want %q", got, c.want)
			}
		})
	}
}
