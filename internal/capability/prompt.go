package capability

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

// Prompt is a prompt template, kept as a file beside the capability that uses it.
type Prompt struct {
	Name string // of the file, without its ending
	Hash string // SHA-256 of the template, in hex: it names the exact wording
	tmpl *template.Template
}

// MustPrompt parses a template; one that does not parse is a fault of the
// program, so it panics. Beside what text/template has, templates may call
// fence, which marks text from outside as data, and inc, which adds one.
func MustPrompt(name, text string) Prompt {
	sum := sha256.Sum256([]byte(text))
	t := template.Must(template.New(name).Option("missingkey=error").Funcs(template.FuncMap{
		"fence": Fence, "inc": func(i int) int { return i + 1 }, "join": strings.Join,
	}).Parse(text))
	return Prompt{Name: name, Hash: hex.EncodeToString(sum[:]), tmpl: t}
}

// Render fills in the template. Runs of empty lines become one.
func (p Prompt) Render(data any) (string, error) {
	var b strings.Builder
	if err := p.tmpl.Execute(&b, data); err != nil {
		return "", fmt.Errorf("render prompt %s: %w", p.Name, err)
	}
	return strings.TrimSpace(emptyLines.ReplaceAllString(b.String(), "\n\n")), nil
}

var emptyLines = regexp.MustCompile(`\n(?:[ \t]*\n){2,}`)

// Trace says by which template and model a step's text was written.
type Trace struct {
	Template string `json:"template,omitempty"`
	Hash     string `json:"hash,omitempty"`
	Model    string `json:"model,omitempty"`
}

// Fence puts text that others supplied between marks that the system prompt
// declares to be data. A mark inside the text is taken apart.
func Fence(name, text string) string {
	text = fenceMark.ReplaceAllString(strings.TrimSpace(text), "<\u00a0$1")
	return fmt.Sprintf("<data name=%q>\n%s\n</data>", name, text)
}

var fenceMark = regexp.MustCompile(`(?i)<\s*(/?\s*data\b)`)

//go:embed system.tmpl
var systemTemplate string

// System returns the part of the prompt that stays the same throughout a run:
// the rules, the language and the voice. What the agent itself is told comes on
// top of it, added by Input.Write.
func System(v *domain.Voice, language string) (string, error) {
	if language == "" && v != nil {
		language = v.Language
	}
	if language == "" {
		language = "en"
	}
	return MustPrompt("system", systemTemplate).Render(map[string]any{"Voice": v, "Language": language})
}

// Voice turns a brand voice into what a brief carries; nil gives none.
func Voice(v *domain.Voice) ai.Voice {
	if v == nil {
		return ai.Voice{}
	}
	out := ai.Voice{Name: v.Name, Tone: v.Tone, Audience: v.Audience, Do: v.Do, Dont: v.Dont, BannedTerms: v.BannedTerms, Samples: v.SampleTexts, Language: v.Language}
	for _, t := range v.PreferredTerms {
		out.Preferred = append(out.Preferred, [2]string{t.Use, t.InsteadOf})
	}
	return out
}
