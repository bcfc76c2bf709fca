package domain

import "time"

// ImageEngine is how callers name what makes pictures: a provider, and where it has several
// that differ in what they are for, its model.
type ImageEngine string

// The engines, by the names of the API.
const (
	EngineDallE     ImageEngine = "dall-e"
	EngineStability ImageEngine = "stablediffusion"
	EngineFlux      ImageEngine = "flux-pro"
	EngineIdeogram  ImageEngine = "ideogram"
	EngineKontext   ImageEngine = "flux-pro-kontext"
)

// Values lists the engines.
func (ImageEngine) Values() []string {
	return names([]ImageEngine{EngineDallE, EngineStability, EngineFlux, EngineIdeogram, EngineKontext})
}

// ImageStatus says how far a generation of images is.
type ImageStatus string

// The states of a generation.
const (
	ImagesQueued    ImageStatus = "queued"
	ImagesRunning   ImageStatus = "running"
	ImagesCompleted ImageStatus = "completed" // at least one picture was made
	ImagesFailed    ImageStatus = "failed"    // there is no picture
	ImagesCancelled ImageStatus = "cancelled"
)

// Values lists the states.
func (ImageStatus) Values() []string {
	return names([]ImageStatus{ImagesQueued, ImagesRunning, ImagesCompleted, ImagesFailed, ImagesCancelled})
}

// Ended reports whether nothing more happens to the generation.
func (s ImageStatus) Ended() bool { return s != ImagesQueued && s != ImagesRunning }

// ImageCredits is what a picture costs, in credits. What a filter held back, what failed, and
// a placeholder cost nothing.
const ImageCredits = 1

// ImageRequest is what is asked for, the same for all pictures of a generation.
type ImageRequest struct {
	Engine      ImageEngine `json:"engine"`
	Task        ImageTask   `json:"task"`
	Description string      `json:"description"`
	Style       string      `json:"style,omitempty"`
	Lighting    string      `json:"lighting,omitempty"`
	Mood        string      `json:"mood,omitempty"`
	Negative    string      `json:"negative,omitempty"` // what must not be in it
	Preset      string      `json:"preset,omitempty"`   // a style by the provider's own name
	Width       int         `json:"width,omitempty"`    // pixels, a wish; 0: the provider's own
	Height      int         `json:"height,omitempty"`
	High        bool        `json:"high,omitempty"`     // a better quality
	AltText     string      `json:"alt_text,omitempty"` // of the images that are made; empty: nobody has said
}

// ImageGeneration is a number of pictures that somebody has asked for together.
type ImageGeneration struct {
	ID          int64
	WorkspaceID int64
	By          Starter
	ByName      string
	Request     ImageRequest
	Provider    string // its slug; empty: none is connected, and placeholders are drawn
	Model       string // that is asked
	Source      string // SHA-256 of the picture to begin with; empty: there is none
	Count       int
	Status      ImageStatus
	Credits     int    // held when it was accepted
	Error       string // why there is no picture, in words for people
	Epoch       int64  // raised by each worker that takes it
	JobID       int64
	ExecutionID int64  // whose step asked for it; 0: a caller did
	Step        string // its key
	CreatedAt   time.Time
	EndedAt     time.Time // zero: it has not ended
	Images      []Image   // whose outcome is known, by number
}

// Charged returns the credits that the generation has cost so far.
func (g ImageGeneration) Charged() (n int) {
	for _, i := range g.Images {
		n += i.Credits
	}
	return n
}

// Image is what became of one picture of a generation.
type Image struct {
	ID           int64
	WorkspaceID  int64
	GenerationID int64
	Number       int // within the generation, from 1
	Outcome      ImageOutcome
	Stage        ModerationStage // where the filter held it back
	Categories   []string        // that the filter named
	Failure      string          // why there is none, in words for people
	Sum          string          // SHA-256 of the file, hexadecimal; empty: there is none
	Format       ImageFormat
	Width        int // pixels
	Height       int
	Bytes        int
	Seed         *int64
	Prompt       string // what the provider made of the description; empty: the same
	Model        string // as the provider names it
	Placeholder  bool   // a card that a program drew, since no image model is connected
	Credits      int    // that it has cost
	AltText      string // empty until somebody writes it
	Version      int    // raised with each change
	CreatedAt    time.Time
	DeletedAt    time.Time // zero: it is there
	Request      ImageRequest
}

// Uploaded reports whether a person has uploaded the image: no engine was asked for it.
func (i Image) Uploaded() bool { return i.Request.Engine == "" }
