package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"vellocity/internal/domain"
)

// voiceFile is a brand voice as the API shows its attributes.
type voiceFile struct {
	Name           string                 `json:"name"`
	Description    string                 `json:"description"`
	Tone           []string               `json:"tone"`
	Audience       string                 `json:"audience"`
	Do             []string               `json:"do"`
	Dont           []string               `json:"dont"`
	PreferredTerms []domain.PreferredTerm `json:"preferred_terms"`
	BannedTerms    []string               `json:"banned_terms"`
	SampleTexts    []string               `json:"sample_texts"`
	Language       string                 `json:"language"`
	ReadingLevel   domain.ReadingLevel    `json:"reading_level"`
}

// ReadVoice reads a brand voice from JSON: the attributes alone, which may have no unknown name, or what the
// API returns for a brand voice.
func ReadVoice(source []byte) (domain.BrandVoice, error) {
	var outer struct {
		Data       *json.RawMessage `json:"data"`
		Attributes *json.RawMessage `json:"attributes"`
	}
	strict := true
	for range 2 { // the envelope, and the resource in it
		outer.Data, outer.Attributes = nil, nil
		if err := json.Unmarshal(source, &outer); err != nil {
			return domain.BrandVoice{}, fmt.Errorf("the brand voice is not a JSON object: %w", err)
		}
		switch {
		case outer.Data != nil:
			source, strict = *outer.Data, false
		case outer.Attributes != nil:
			source, strict = *outer.Attributes, false
		}
	}
	d := json.NewDecoder(bytes.NewReader(source))
	if strict { // a misspelt name would ask for nothing, and say nothing
		d.DisallowUnknownFields()
	}
	var f voiceFile
	if err := d.Decode(&f); err != nil {
		return domain.BrandVoice{}, fmt.Errorf("the brand voice cannot be read: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return domain.BrandVoice{}, errors.New("the brand voice must be one JSON object")
	}
	return domain.BrandVoice{
		Name: f.Name, Description: f.Description, Tone: f.Tone, Audience: f.Audience, Do: f.Do, Dont: f.Dont,
		PreferredTerms: f.PreferredTerms, BannedTerms: f.BannedTerms, SampleTexts: f.SampleTexts,
		Language: f.Language, ReadingLevel: f.ReadingLevel,
	}, nil
}
