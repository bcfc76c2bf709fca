package domain

// ImageTask says what an image model is asked to do.
type ImageTask string

// The tasks.
const (
	ImageFromText  ImageTask = "text-to-image"
	ImageFromImage ImageTask = "image-to-image" // changes a picture as a text says
	ImageUpscale   ImageTask = "upscale"        // the same picture, larger
)

// Values lists the tasks.
func (ImageTask) Values() []string {
	return names([]ImageTask{ImageFromText, ImageFromImage, ImageUpscale})
}

// ImageOutcome says what became of one picture that was asked for.
type ImageOutcome string

// The outcomes.
const (
	ImageOK        ImageOutcome = "ok"
	ImageModerated ImageOutcome = "moderated" // the provider's filter held it back: no credit
	ImageFailed    ImageOutcome = "failed"
)

// Values lists the outcomes.
func (ImageOutcome) Values() []string {
	return names([]ImageOutcome{ImageOK, ImageModerated, ImageFailed})
}

// ModerationStage says what a provider's filter objected to.
type ModerationStage string

// The stages.
const (
	ModeratedInput   ModerationStage = "input"   // the description, or the picture that was sent
	ModeratedOutput  ModerationStage = "output"  // the picture that was made
	ModeratedUnknown ModerationStage = "unknown" // the provider does not say
)

// Values lists the stages.
func (ModerationStage) Values() []string {
	return names([]ModerationStage{ModeratedInput, ModeratedOutput, ModeratedUnknown})
}

// ImageFormat is how a picture is stored, by the name in its media type.
type ImageFormat string

// The formats.
const (
	ImagePNG  ImageFormat = "png"
	ImageJPEG ImageFormat = "jpeg"
	ImageWebP ImageFormat = "webp"
)

// Values lists the formats.
func (ImageFormat) Values() []string { return names([]ImageFormat{ImagePNG, ImageJPEG, ImageWebP}) }

// MediaType returns the format's media type (RFC 2046; RFC 9649 for WebP).
func (f ImageFormat) MediaType() string { return "image/" + string(f) }
