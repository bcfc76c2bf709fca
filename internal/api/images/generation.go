package images

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/images"
	"vellocity/internal/ops"
)

// GenerateInput is what image models are asked with. Each engine takes some of the fields.
type GenerateInput struct {
	Engine      domain.ImageEngine `json:"image_generator"                                        doc:"Which engine makes the images"`
	Count       int                `json:"image_number_of_images"         limit:"image_count"       doc:"How many images"`
	Description string             `json:"description,omitempty"          limit:"image_description" doc:"What the image shows. Every engine takes it"`
	Stable      string             `json:"stable_description,omitempty"   limit:"image_description" doc:"stablediffusion: what the image shows; for multi-prompt, a part on each line"`
	Flux        string             `json:"description_flux_pro,omitempty" limit:"image_description" doc:"flux-pro: what the image shows"`
	Size        images.Size        `json:"size,omitempty"                                            doc:"dall-e, required: pixels"`
	Quality     images.Quality     `json:"quality,omitempty"                                               doc:"dall-e, required"`
	Style       string             `json:"image_style,omitempty"          limit:"image_style"       doc:"dall-e: such as watercolor"`
	Lighting    string             `json:"image_lighting,omitempty"       limit:"image_style"       doc:"dall-e: such as golden hour"`
	Mood        string             `json:"mood,omitempty"                 limit:"image_style"       doc:"dall-e: such as calm"`
	Type        images.ImageType   `json:"type,omitempty"                                           doc:"stablediffusion, required"`
	Resolution  string             `json:"image_resolution,omitempty"     limit:"image_style"       doc:"Width and height in pixels, such as 1024x768; stablediffusion: required. The provider makes its nearest size"`
	Negative    string             `json:"negative_prompt,omitempty"      limit:"image_negative"    doc:"stablediffusion, ideogram: what must not be in it"`
	Preset      string             `json:"style_preset,omitempty"         limit:"image_style"       doc:"stablediffusion, ideogram: a style by the provider's own name, such as digital-art"`
	Source      ops.Upload         `json:"image_src,omitempty"                                      doc:"A PNG, JPEG or WebP picture to begin with, in base64 or as the file of a multipart form: for image-to-image and upscale, and flux-pro-kontext"`
}

func (in GenerateInput) request() images.GenerateImages {
	return images.GenerateImages{
		Engine: in.Engine, Count: in.Count, Description: in.Description, StableDescription: in.Stable,
		FluxDescription: in.Flux, Size: in.Size, Quality: in.Quality, Style: in.Style, Lighting: in.Lighting, Mood: in.Mood,
		Type: in.Type, Resolution: in.Resolution, Negative: in.Negative, Preset: in.Preset, Source: in.Source,
	}
}

// Waited is the input of an operation that can wait for the images.
type Waited struct {
	Wait int `json:"wait,omitempty" in:"prefer" limit:"wait" doc:"Seconds to wait for the images before responding"`
}

func (w Waited) duration() time.Duration { return time.Duration(w.Wait) * time.Second }

type generateImage struct {
	GenerateInput
	Waited
}

type getGeneration struct {
	GenerationRef
	Waited
}

// GenerationRef names a generation in the path.
type GenerationRef struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The generation's id"`
}

// GenerationView is a generation of images.
type GenerationView struct {
	ID          int64              `json:"id"`
	Status      domain.ImageStatus `json:"status"`
	Engine      domain.ImageEngine `json:"image_generator"`
	Provider    *string            `json:"provider"     doc:"Null where no model is connected: then placeholders are drawn"`
	Model       *string            `json:"model"`
	Description string             `json:"description"`
	Count       int                `json:"image_number_of_images"`
	CreditsHeld int                `json:"credits_held" doc:"Reserved until it has ended"`
	CreditsUsed int                `json:"credits_used"`
	Error       *string            `json:"error"        doc:"Why there is no image"`
	Storage     string             `json:"image_storage" doc:"Where the files are: always local"`
	Images      []ImageView        `json:"images"       doc:"What became of each image, as far as it is known"`
	CreatedBy   string             `json:"created_by"`
	CreatedAt   time.Time          `json:"created_at"`
	EndedAt     *time.Time         `json:"ended_at"`
}

// Versions are the models that the engines use, by the names of the reference.
type Versions struct {
	DallE    string `json:"dall-e"`
	Stable   string `json:"stable-diffusion"`
	Flux     string `json:"flux-pro"`
	Ideogram string `json:"ideogram"`
	Kontext  string `json:"flux-pro-kontext"`
}

// Availability says that images can be asked for.
type Availability struct {
	Status  string `json:"status"  doc:"Always success"`
	Message string `json:"message"`
}

var sampleGeneration = domain.ImageGeneration{
	ID: 12, Provider: "openai", Model: "gpt-image-2", Count: 2, Status: domain.ImagesCompleted, Credits: 2,
	ByName: "ci", Request: sampleImage.Request,
	CreatedAt: wire.SampleTime(), EndedAt: wire.SampleTime().Add(20 * time.Second),
	Images: []domain.Image{sampleImage, {
		ID: 32, GenerationID: 12, Number: 2, Request: sampleImage.Request,
		Outcome: domain.ImageModerated, Stage: domain.ModeratedOutput,
		Categories: []string{"violence"}, CreatedAt: wire.SampleTime(),
		Failure: "The provider's filter held back the picture that was made (violence).",
	}},
}

func generationRows(v *images.Verbs) []ops.Op {
	return []ops.Op{versionsRow(v), availabilityRow(v), generateRow(v), generationRow(v), cancelRow(v)}
}

func versionsRow(v *images.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_image_versions",
		Route: ops.Route{Method: http.MethodGet, Path: imagePath + "/versions"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "List the models of the engines", Description: "The model that each engine asks.",
		},
		Tool:    ops.Tool{Set: imageTools},
		Command: ops.Command{Noun: noun, Verb: "versions"},
	}, func(ctx context.Context, _ struct{}) ([]images.Engine, error) { return v.Engines(ctx) },
		func(_ *ops.Reply, list []images.Engine) Versions {
			models := map[domain.ImageEngine]string{}
			for _, e := range list {
				models[e.Name] = e.Model
			}
			return Versions{
				models[domain.EngineDallE], models[domain.EngineStability], models[domain.EngineFlux],
				models[domain.EngineIdeogram], models[domain.EngineKontext],
			}
		}, []images.Engine{
			{Name: domain.EngineDallE, Model: "gpt-image-2"}, {Name: domain.EngineStability, Model: "sd3.5-large"},
			{Name: domain.EngineFlux, Model: "flux-2-pro"}, {Name: domain.EngineIdeogram, Model: "ideogram-v3"},
			{Name: domain.EngineKontext, Model: "flux-kontext-pro"},
		})
}

func availabilityRow(v *images.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "check_image_availability",
		Route: ops.Route{Method: http.MethodGet, Path: imagePath + "/check-availability"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Check whether images can be generated",
			Description: "CONFLICT while the workspace is generating images; details.generation_id says which.",
			Errors:      []domain.Code{domain.CodeConflict},
		},
		Tool:    ops.Tool{Set: imageTools},
		Command: ops.Command{Noun: noun, Verb: "availability"},
	}, func(ctx context.Context, _ struct{}) (struct{}, error) {
		return struct{}{}, v.CheckAvailability(ctx)
	}, func(*ops.Reply, struct{}) Availability {
		return Availability{"success", "You can generate images now."}
	}, struct{}{})
}

func generateRow(v *images.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "generate_image",
		Route:          ops.Route{Method: http.MethodPost, Path: imagePath + "/generate-image", Status: http.StatusCreated},
		Scope:          domain.ScopeContent,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Forms:          true,
		Further: wire.Further(func(in GenerateInput, p *domain.Problems) {
			images.CheckRequest(in.request(), p)
		}),
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Generate images",
			Description: "Starts a generation and responds at once; with wait it responds when the images are there. " +
				"CONFLICT while the workspace is generating others. Without a connected model, placeholders are drawn. " +
				"A form may carry image_src.",
			Errors: []domain.Code{domain.CodeInsufficientCredits, domain.CodeConflict, domain.CodeUnavailable},
			Example: map[string]any{
				"image_generator": string(domain.EngineDallE), "image_number_of_images": 2,
				"description": sampleImage.Request.Description, "size": "1024x1024", "quality": "standard",
			},
		},
		Tool: ops.Tool{
			Set: imageTools,
			Description: "Generates images; with wait, answers when they are there. dall-e takes description, size and " +
				"quality. Without a connected model, placeholders are drawn.",
		},
		Command: ops.Command{Noun: noun, Verb: "generate"},
	}, func(ctx context.Context, in generateImage) (domain.ImageGeneration, error) {
		request := in.request()
		request.Wait = in.duration()
		return v.Generate(ctx, request)
	}, func(r *ops.Reply, g domain.ImageGeneration) GenerationView {
		r.Location, r.Began = ops.Base+generationsPath+"/"+wire.Number(g.ID), g.ID
		return viewGeneration(r, g)
	}, sampleGeneration)
}

const generationsPath = imagePath + "/generations"

func generationRow(v *images.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_image_generation",
		Route: ops.Route{Method: http.MethodGet, Path: generationsPath + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Get a generation of images",
			Description: "What became of each image: ok, moderated with the categories that the provider's filter names, or " +
				"failed; with wait it responds when the generation has ended.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"id": sampleGeneration.ID},
		},
		Tool:    ops.Tool{Set: imageTools},
		Command: ops.Command{Noun: noun, Verb: "get"},
	}, func(ctx context.Context, in getGeneration) (domain.ImageGeneration, error) {
		return v.AwaitGeneration(ctx, in.ID, in.duration())
	}, viewGeneration, sampleGeneration)
}

func cancelRow(v *images.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "cancel_image_generation",
		Route: ops.Route{Method: http.MethodPost, Path: generationsPath + "/{id}/cancel"},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Destructive: true},
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Cancel a generation of images",
			Description: "Images that have arrived stay and are charged; nothing else is. One that has ended is a CONFLICT.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     map[string]any{"id": sampleGeneration.ID},
		},
		Tool:    ops.Tool{Set: imageTools},
		Command: ops.Command{Noun: noun, Verb: "cancel"},
	}, func(ctx context.Context, in GenerationRef) (domain.ImageGeneration, error) {
		return v.CancelGeneration(ctx, in.ID)
	}, viewGeneration, sampleGeneration)
}

func viewGeneration(_ *ops.Reply, g domain.ImageGeneration) GenerationView {
	view := GenerationView{
		ID: g.ID, Status: g.Status, Engine: g.Request.Engine, Provider: optional(g.Provider), Model: optional(g.Model),
		Description: g.Request.Description, Count: g.Count, CreditsUsed: g.Charged(), Error: optional(g.Error),
		Storage: "local", Images: wire.Each(g.Images, imageView), CreatedBy: g.ByName, CreatedAt: g.CreatedAt.UTC(),
		EndedAt: wire.Time(g.EndedAt),
	}
	if !g.Status.Ended() {
		view.CreditsHeld = g.Credits - g.Charged()
	}
	return view
}

// optional is null on the wire where a text is empty.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
