package domain

// ImageFacts is what every event about a generation of images says. It never holds the
// description: what people ask for is theirs.
type ImageFacts struct {
	GenerationID int64       `json:"generation_id"`
	Engine       ImageEngine `json:"engine"`
	Count        int         `json:"count"`
}

// Facts returns what events say about the generation.
func (g ImageGeneration) Facts() ImageFacts { return ImageFacts{g.ID, g.Request.Engine, g.Count} }

// ImageRequested says that images were asked for.
type ImageRequested struct{ ImageFacts }

// EventName returns image.requested.
func (ImageRequested) EventName() EventName { return EventImageRequested }

// ImageGenerated says that a generation has ended with at least one picture.
type ImageGenerated struct {
	ImageFacts
	ImageIDs    []int64 `json:"image_ids"`
	Moderated   int     `json:"moderated"` // pictures that the provider's filter held back
	Failed      int     `json:"failed"`
	Placeholder bool    `json:"placeholder"` // no image model is connected
	Credits     int     `json:"credits"`
}

// EventName returns image.generated.
func (ImageGenerated) EventName() EventName { return EventImageGenerated }

// ImageGenerationFailed says that a generation has ended without a picture.
type ImageGenerationFailed struct {
	ImageFacts
	Moderated int    `json:"moderated"`
	Error     string `json:"error"`
}

// EventName returns image.failed.
func (ImageGenerationFailed) EventName() EventName { return EventImageFailed }

// ImageCancelled says that somebody has cancelled a generation.
type ImageCancelled struct{ ImageFacts }

// EventName returns image.cancelled.
func (ImageCancelled) EventName() EventName { return EventImageCancelled }

// ImageUploaded says that somebody has uploaded a picture of their own.
type ImageUploaded struct {
	ImageID int64  `json:"image_id"`
	AltText string `json:"alt_text"`
}

// EventName returns image.uploaded.
func (ImageUploaded) EventName() EventName { return EventImageUploaded }

// ImageChanged says that the alt text of an image was changed.
type ImageChanged struct {
	ImageID int64  `json:"image_id"`
	AltText string `json:"alt_text"`
}

// EventName returns image.changed.
func (ImageChanged) EventName() EventName { return EventImageChanged }

// ImageDeleted says that an image was deleted.
type ImageDeleted struct {
	ImageID int64 `json:"image_id"`
}

// EventName returns image.deleted.
func (ImageDeleted) EventName() EventName { return EventImageDeleted }

// imageEventTypes is the part of the catalogue that is about images.
func imageEventTypes() []EventType {
	facts := ImageFacts{GenerationID: 12, Engine: EngineDallE, Count: 2}
	return []EventType{
		{"", "Images were asked for.", ImageRequested{facts}},
		{
			"", "A generation of images has ended with at least one picture.",
			ImageGenerated{ImageFacts: facts, ImageIDs: []int64{31}, Moderated: 1, Credits: 1},
		},
		{
			"", "A generation of images has ended without a picture.",
			ImageGenerationFailed{ImageFacts: facts, Moderated: 2, Error: "The provider's filter refused the description."},
		},
		{"", "A person or a program cancelled a generation of images.", ImageCancelled{facts}},
		{"", "A person or a program uploaded an image.", ImageUploaded{31, "A cup of coffee on a red table"}},
		{"", "The alt text of an image was changed.", ImageChanged{31, "A cup of coffee on a red table"}},
		{"", "An image was deleted.", ImageDeleted{31}},
	}
}
