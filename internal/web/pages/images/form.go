package images

import (
	"net/url"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/images"
	"vellocity/internal/web/ui"
)

// fieldsOf are the inputs of an engine, but for the picture to begin with; source says that it
// takes one.
func fieldsOf(e images.Engine) (fields ui.Fields, source bool) {
	for _, name := range e.Fields {
		if name == "image_src" {
			source = true
			continue
		}
		fields = append(fields, field(name))
	}
	fields = append(fields, ui.Field{
		Name: "image_number_of_images", Label: "Number of images", Widget: ui.WidgetNumber, Min: "1",
		Max: strconv.Itoa(domain.LimitImageCount.Max), Step: "1", Value: "1", Required: true,
	})
	for i := range fields {
		f := &fields[i]
		f.Path = f.Name
		if f.Widget == ui.WidgetText && f.MaxLength == 0 {
			f.MaxLength = domain.LimitImageStyle.Max
		}
	}
	return fields, source
}

// field is the input of one field by its name in the API.
func field(name string) ui.Field {
	switch name {
	case "size":
		return choice(name, "Size", images.Size("").Values(), "1024x1024")
	case "quality":
		return choice(name, "Quality", images.Quality("").Values(), "standard")
	case "type":
		return choice(name, "Type", images.ImageType("").Values(), string(domain.ImageFromText))
	case "image_style":
		return ui.Field{Name: name, Label: "Style", Widget: ui.WidgetText, Placeholder: "Watercolor"}
	case "image_lighting":
		return ui.Field{Name: name, Label: "Lighting", Widget: ui.WidgetText, Placeholder: "Golden hour"}
	case "mood":
		return ui.Field{Name: name, Label: "Mood", Widget: ui.WidgetText, Placeholder: "Calm"}
	case "image_resolution":
		return ui.Field{
			Name: name, Label: "Width and height", Widget: ui.WidgetText, Value: "1024x1024",
			Hint: "In pixels. The provider makes its nearest size.",
		}
	case "negative_prompt":
		return ui.Field{Name: name, Label: "Leave out", Widget: ui.WidgetTextArea, Rows: 2}
	case "style_preset":
		return ui.Field{Name: name, Label: "Style by the provider’s name", Widget: ui.WidgetText, Placeholder: "digital-art"}
	}
	f := ui.Field{ // the description, which has a name for each engine
		Name: name, Label: "What should the image show?", Widget: ui.WidgetTextArea, Required: true, Rows: 5,
		MaxLength:   domain.LimitImageDescription.Max,
		Placeholder: "A cup of coffee on a red table by a window, early in the morning, with steam in the light.",
	}
	if name == "stable_description" {
		f.Hint = "For multi-prompt, one part on each line."
	}
	return f
}

func choice(name, label string, values []string, usual string) ui.Field {
	f := ui.Field{Name: name, Label: label, Widget: ui.WidgetSelect, Required: true}
	for _, v := range values {
		f.Options = append(f.Options, ui.Choice{Value: v, Label: labelOf(name, v), On: v == usual})
	}
	return f
}

// labelOf is what people read for a value.
func labelOf(name, value string) string {
	if name == "size" {
		return strings.Replace(value, "x", " × ", 1)
	}
	if value == "hd" {
		return "High"
	}
	return ui.Human(value)
}

// asked is what a posted form asks for.
func asked(form url.Values) images.GenerateImages {
	get := func(name string) string { return strings.ReplaceAll(form.Get(name), "\r\n", "\n") }
	in := images.GenerateImages{
		Engine: domain.ImageEngine(get("image_generator")), Description: get("description"),
		StableDescription: get("stable_description"), FluxDescription: get("description_flux_pro"),
		Size: images.Size(get("size")), Quality: images.Quality(get("quality")), Style: get("image_style"),
		Lighting: get("image_lighting"), Mood: get("mood"),
		Type: images.ImageType(get("type")), Resolution: get("image_resolution"), Negative: get("negative_prompt"),
		Preset: get("style_preset"),
	}
	in.Count, _ = strconv.Atoi(get("image_number_of_images")) // what is no number is 0, which is refused
	return in
}
