package domain

import "time"

// BrandVoice is a brand voice: how a workspace wants its texts to sound.
type BrandVoice struct {
	ID             int64
	Name           string
	Description    string
	Tone           []string
	Audience       string
	Do             []string
	Dont           []string
	PreferredTerms []PreferredTerm
	BannedTerms    []string
	SampleTexts    []string
	Language       string // BCP 47, "en"
	ReadingLevel   string // "general", "expert", "simple"
	IsDefault      bool
	Version        int
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// PreferredTerm says which word to use instead of another.
type PreferredTerm struct {
	Use       string `json:"use"`
	InsteadOf string `json:"instead_of"`
}
