package images

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/image"
)

// GenerateImages says what is asked for. Each engine takes some of the fields; their names are
// those of the API.
type GenerateImages struct {
	Engine            domain.ImageEngine
	Count             int
	Description       string  // every engine takes it
	StableDescription string  // stablediffusion: the same
	FluxDescription   string  // flux-pro: the same
	Size              Size    // dall-e
	Quality           Quality // dall-e
	Style             string
	Lighting          string
	Mood              string
	Type              ImageType // stablediffusion
	Resolution        string    // "1024x768"
	Negative          string
	Preset            string
	Source            []byte // a picture to begin with
	// Wait is how long to wait for the pictures before returning.
	Wait time.Duration
}

// ImageType is what stablediffusion does: a task, or a text of several parts.
type ImageType string

// The types beside those of [domain.ImageTask].
const multiPrompt ImageType = "multi-prompt"

// Values lists the types.
func (ImageType) Values() []string {
	return append(domain.ImageTask("").Values(), string(multiPrompt))
}

// Size is a size that dall-e takes, in pixels.
type Size string

// Values lists the sizes.
func (Size) Values() []string {
	return []string{"256x256", "512x512", "1024x1024", "1792x1024", "1024x1792"}
}

// Quality is a quality that dall-e takes: the usual one, or a better one that is slower and dearer.
type Quality string

const highQuality Quality = "hd"

// Values lists the qualities.
func (Quality) Values() []string { return []string{"standard", string(highQuality)} }

const (
	fieldDescription = "description"
	fieldSource      = "image_src"
	fieldResolution  = "image_resolution"
	fieldType        = "type"
)

// form says which fields an engine takes. Those in must are required; the first of them is the
// engine's name for the description, for which every engine also takes "description".
type form struct{ must, may []string }

var forms = map[domain.ImageEngine]form{
	domain.EngineDallE: {
		[]string{fieldDescription, "size", "quality"}, []string{"image_style", "image_lighting", "mood"},
	},
	domain.EngineStability: {
		[]string{"stable_description", fieldType, fieldResolution}, []string{"negative_prompt", "style_preset", fieldSource},
	},
	domain.EngineFlux:     {[]string{"description_flux_pro"}, []string{fieldResolution}},
	domain.EngineIdeogram: {[]string{fieldDescription}, []string{fieldResolution, "negative_prompt", "style_preset"}},
	domain.EngineKontext:  {[]string{fieldDescription}, []string{fieldSource, fieldResolution}},
}

// texts are the fields that were given, by name.
func (in GenerateImages) texts() map[string]string {
	all := map[string]string{
		fieldDescription: in.Description, "stable_description": in.StableDescription,
		"description_flux_pro": in.FluxDescription, "size": string(in.Size), "quality": string(in.Quality),
		"image_style": in.Style, "image_lighting": in.Lighting, "mood": in.Mood,
		fieldType: string(in.Type), fieldResolution: in.Resolution,
		"negative_prompt": in.Negative, "style_preset": in.Preset, fieldSource: "",
	}
	if len(in.Source) > 0 {
		all[fieldSource] = "given"
	}
	maps.DeleteFunc(all, func(_, v string) bool { return strings.TrimSpace(v) == "" })
	return all
}

// limits are those of the texts.
var limits = map[string]domain.Limit{
	fieldDescription: domain.LimitImageDescription, "stable_description": domain.LimitImageDescription,
	"description_flux_pro": domain.LimitImageDescription, "image_style": domain.LimitImageStyle,
	"image_lighting": domain.LimitImageStyle, "mood": domain.LimitImageStyle,
	"negative_prompt": domain.LimitImageNegative, "style_preset": domain.LimitImageStyle,
}

// CheckRequest notes everything that is wrong with a request but the picture that it uploads.
func CheckRequest(in GenerateImages, p *domain.Problems) {
	given := in.texts()
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if l, ok := limits[name]; ok {
			l.Text(p, name, given[name])
		}
	}
	domain.CheckEnum(p, "size", in.Size)
	domain.CheckEnum(p, "quality", in.Quality)
	domain.CheckEnum(p, fieldType, in.Type)
	if _, _, ok := resolution(in.Resolution); !ok {
		p.Format(fieldResolution, fmt.Sprintf("a width and a height from %d to %d pixels, such as 1024x768",
			leastSide, mostSide))
	}
	if in.Engine == "" {
		p.Required("image_generator")
		return
	}
	f, ok := forms[in.Engine]
	if !ok {
		p.NotOneOf("image_generator", in.Engine.Values())
		return
	}
	f.check(p, in.Engine, given)
	if in.begins() && given[fieldSource] == "" {
		p.Required(fieldSource)
	}
	if given[fieldSource] != "" && in.Engine == domain.EngineStability && in.Type != "" && !in.begins() {
		p.Add(fieldSource, "The image_src field belongs to the types image-to-image and upscale; the type is %s", in.Type)
	}
}

// check notes which fields an engine misses, and which it does not take.
func (f form) check(p *domain.Problems, e domain.ImageEngine, given map[string]string) {
	own := f.must[0]
	for _, name := range f.must {
		if given[name] == "" && (name != own || given[fieldDescription] == "") {
			p.Required(name)
		}
	}
	if own != fieldDescription && given[own] != "" && given[fieldDescription] != "" {
		p.Conflict(fieldDescription)
	}
	takes := f.fields()
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name != fieldDescription && !slices.Contains(takes, name) {
			p.Add(name, "The %s field is not one of %s, which takes %s", name, e, domain.Alternatives(takes))
		}
	}
}

func (f form) fields() []string { return slices.Concat(f.must, f.may) }

// begins reports whether the request needs a picture to begin with.
func (in GenerateImages) begins() bool {
	return in.Engine == domain.EngineStability &&
		(in.Type == ImageType(domain.ImageFromImage) || in.Type == ImageType(domain.ImageUpscale))
}

// The bounds of a resolution, in pixels a side.
const (
	leastSide = 64
	mostSide  = 4096
)

// resolution reads "1024x768". Empty is 0 × 0, the provider's own.
func resolution(text string) (width, height int, ok bool) {
	if text == "" {
		return 0, 0, true
	}
	w, h, found := strings.Cut(strings.ToLower(strings.ReplaceAll(text, "×", "x")), "x")
	width, errW := strconv.Atoi(strings.TrimSpace(w))
	height, errH := strconv.Atoi(strings.TrimSpace(h))
	within := func(n int) bool { return n >= leastSide && n <= mostSide }
	return width, height, found && errW == nil && errH == nil && within(width) && within(height)
}

// readablePicture is what an upload must be, and why it is not.
const readablePicture = "a PNG, JPEG or WebP picture that can be read: %s"

// check checks a request whole, and returns it as the provider is asked, with its picture.
func (in GenerateImages) check() (r domain.ImageRequest, source *image.Picture, err error) {
	var p domain.Problems
	domain.LimitImageCount.Value(&p, "image_number_of_images", in.Count)
	CheckRequest(in, &p)
	if len(in.Source) > 0 {
		picture, err := image.Upload(in.Source)
		if err != nil {
			p.Format(fieldSource, fmt.Sprintf(readablePicture, err))
		}
		source = &picture
	}
	if err := p.Err(); err != nil {
		return r, nil, err
	}
	r = domain.ImageRequest{
		Engine: in.Engine, Task: domain.ImageFromText, Style: in.Style, Lighting: in.Lighting, Mood: in.Mood,
		Negative: in.Negative, Preset: in.Preset, High: in.Quality == highQuality,
	}
	for _, text := range []string{in.Description, in.StableDescription, in.FluxDescription} {
		if strings.TrimSpace(text) != "" {
			r.Description = strings.TrimSpace(text)
		}
	}
	switch {
	case in.Type == multiPrompt:
		r.Description = joined(r.Description)
	case in.Type != "":
		r.Task = domain.ImageTask(in.Type)
	case source != nil:
		r.Task = domain.ImageFromImage
	}
	r.Width, r.Height, _ = resolution(strings.TrimSpace(string(in.Size) + in.Resolution)) // an engine takes one of them
	return r, source, nil
}

// joined makes one description of several, which stand on a line each.
func joined(lines string) string {
	var parts []string
	for line := range strings.Lines(lines) {
		if line = strings.TrimRight(strings.TrimSpace(line), ".,"); line != "" {
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, ", ")
}
