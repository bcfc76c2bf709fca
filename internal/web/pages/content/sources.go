package content

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// sources says where each part of a text came from, and which inputs there were.
type sources struct {
	Parts     []sourcePart
	Citations []citation
	Unused    []citation // passages that were read and that the text does not use
	Inputs    []sourceInput
}

// Any reports whether anything is known.
func (s sources) Any() bool { return len(s.Parts)+len(s.Citations)+len(s.Unused)+len(s.Inputs) > 0 }

// citation is what a sentence of the text rests on; an answer of a chat cites as a whole, without a sentence.
type citation struct {
	domain.Citation
	Sentence string `json:"sentence"`
}

// Address is where the passage stands.
func (c citation) Address() string {
	if c.SourceID == 0 {
		return ui.ItemPath(c.ContentID)
	}
	return "/sources/" + strconv.FormatInt(c.SourceID, 10) + "?at=" + strconv.Itoa(c.Start)
}

// sourcePart is one part of the text with the inputs that it uses.
type sourcePart struct {
	Heading string
	Step    string // of the execution, which wrote it
	Model   string
	Prompt  string // hash of the prompt's template; empty for the composer
	Uses    []sourceUse
}

// sourceUse is one input, quoted.
type sourceUse struct{ Label, Text string }

// sourceInput is one setting of the execution with its values.
type sourceInput struct {
	Label  string
	Values []string
}

// provenance is the record that an execution keeps with an item.
type provenance struct {
	Inputs map[string]any `json:"inputs"`
	Parts  []struct {
		Heading string   `json:"heading"`
		Step    string   `json:"step"`
		Uses    []string `json:"uses"`
	} `json:"parts"`
	Citations []citation `json:"citations"`
	Unused    []citation `json:"unused_passages"`
	Steps     map[string]struct {
		Model string `json:"model"`
		Hash  string `json:"hash"`
	} `json:"steps"`
}

func sourcesOf(raw json.RawMessage) sources {
	var p provenance
	if len(raw) == 0 || json.Unmarshal(raw, &p) != nil {
		return sources{}
	}
	s := sources{Citations: p.Citations, Unused: p.Unused}
	for _, part := range p.Parts {
		row := sourcePart{
			Heading: part.Heading,
			Step:    part.Step,
			Model:   p.Steps[part.Step].Model,
			Prompt:  p.Steps[part.Step].Hash,
		}
		for _, ref := range part.Uses {
			row.Uses = append(row.Uses, p.resolve(ref))
		}
		s.Parts = append(s.Parts, row)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Inputs)) {
		if text := ui.ValueText(p.Inputs[name]); text != "" {
			s.Inputs = append(s.Inputs, sourceInput{ui.Human(name), strings.Split(text, "\n")})
		}
	}
	return s
}

var inputRef = regexp.MustCompile(`^([a-z_]+)\[(\d+)\]$`)

// resolve finds the input that a reference such as facts[0] names.
func (p provenance) resolve(ref string) sourceUse {
	m := inputRef.FindStringSubmatch(ref)
	if m == nil {
		return sourceUse{ui.Human(ref), ui.ValueText(p.Inputs[ref])}
	}
	i, err := strconv.Atoi(m[2])
	list, ok := p.Inputs[m[1]].([]any)
	label := strings.TrimSuffix(ui.Human(m[1]), "s") + " " + strconv.Itoa(i+1)
	if err != nil || !ok || i >= len(list) {
		return sourceUse{Label: label}
	}
	return sourceUse{label, ui.ValueText(list[i])}
}
