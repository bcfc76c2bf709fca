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
	Language       string       // BCP 47, "en"; empty: no language of its own
	ReadingLevel   ReadingLevel // empty: general
	IsDefault      bool         // the workspace names it as its default; see [Workspace]
	Version        int          // raised by each change but that of IsDefault
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Revision changes with everything that may change about a brand voice, for ETags: its
// version, and whether it is the default.
func (v BrandVoice) Revision() int64 {
	n := 2 * int64(v.Version)
	if v.IsDefault {
		n++
	}
	return n
}

// ReadingLevel says how much a reader is expected to know.
type ReadingLevel string

// The reading levels.
const (
	ReadingSimple  ReadingLevel = "simple"  // short sentences, everyday words
	ReadingGeneral ReadingLevel = "general" // no knowledge of the subject
	ReadingExpert  ReadingLevel = "expert"  // people of the trade
)

// PreferredTerm says which word to use instead of another.
type PreferredTerm struct {
	Use       string `json:"use" limit:"term" doc:"The word to use"`
	InsteadOf string `json:"instead_of" limit:"term" doc:"The word that it replaces"`
}

// BrandVoiceEdit is what people may change about a brand voice beside its name. A nil
// field stays as it is. Names, limits and help are those of the operations that create
// and change one, where null:"clears" is a field that null empties.
type BrandVoiceEdit struct {
	Description    *string          `json:"description,omitempty" null:"clears" limit:"brand_voice_description" doc:"What it is for, in a sentence"`
	Tone           *[]string        `json:"tone,omitempty" null:"clears" limit:"brand_voice_tone" doc:"Words for how it sounds"`
	Audience       *string          `json:"audience,omitempty" null:"clears" limit:"brand_voice_audience" doc:"Who the texts are for"`
	Do             *[]string        `json:"do,omitempty" null:"clears" limit:"brand_voice_rules" doc:"What writers should do"`
	Dont           *[]string        `json:"dont,omitempty" null:"clears" limit:"brand_voice_rules" doc:"What writers should avoid"`
	PreferredTerms *[]PreferredTerm `json:"preferred_terms,omitempty" null:"clears" limit:"preferred_terms" doc:"Words to use instead of others; each other word once"`
	BannedTerms    *[]string        `json:"banned_terms,omitempty" null:"clears" limit:"banned_terms" doc:"Words that must not be used, none of which a preferred term contains"`
	SampleTexts    *[]string        `json:"sample_texts,omitempty" null:"clears" limit:"sample_texts" doc:"Texts that sound right"`
	Language       *string          `json:"language,omitempty" null:"clears" limit:"language" doc:"BCP 47"`
	ReadingLevel   *ReadingLevel    `json:"reading_level,omitempty" doc:"How much a reader is expected to know; general by default"`
	IsDefault      *bool            `json:"is_default,omitempty" doc:"Use it where none is named, in place of the present default: the profile's default_brand_voice_id"`
}

// Apply changes the brand voice, save whether it is the default, which is a fact of the
// workspace.
func (e BrandVoiceEdit) Apply(v *BrandVoice) {
	set(&v.Description, e.Description)
	set(&v.Tone, e.Tone)
	set(&v.Audience, e.Audience)
	set(&v.Do, e.Do)
	set(&v.Dont, e.Dont)
	set(&v.PreferredTerms, e.PreferredTerms)
	set(&v.BannedTerms, e.BannedTerms)
	set(&v.SampleTexts, e.SampleTexts)
	set(&v.Language, e.Language)
	set(&v.ReadingLevel, e.ReadingLevel)
}

// MostBrandVoices is how many brand voices a workspace may have.
const MostBrandVoices = 200

// BrandVoiceVersion is one state of a brand voice, with who made it and when.
type BrandVoiceVersion struct {
	BrandVoice // as it was; IsDefault is not known
	AuthorKind ActorKind
	Author     string
	At         time.Time
}
