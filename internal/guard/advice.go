package guard

import (
	"fmt"
	"strings"

	"vellocity/internal/domain"
)

// RetryMessages returns one sentence per finding for the model that fixes the text. A person may add
// a source; a model must not, since it would invent one.
func RetryMessages(findings []domain.Finding) []string {
	var out []string
	for _, f := range findings {
		line := forModel(f)
		if len(f.Matches) > 0 {
			line = quoted(f) + ": " + line
		}
		out = append(out, line)
	}
	return out
}

// mostQuoted is how many places of one finding a model is shown.
const mostQuoted = 5

// quoted returns the different words of a finding, as far as they may be shown.
func quoted(f domain.Finding) string {
	var out []string
	seen := map[string]bool{}
	for _, m := range f.Matches {
		if !seen[m.Text] && len(out) < mostQuoted {
			seen[m.Text] = true
			out = append(out, fmt.Sprintf("%q", m.Text))
		}
	}
	return strings.Join(out, ", ")
}

// forModel says what to do about a finding in words for a model: take away, never add.
func forModel(f domain.Finding) string {
	where, message := "", f.Message
	if strings.HasPrefix(message, "In the ") {
		if field, rest, ok := strings.Cut(message, ": "); ok {
			where, message = field+": ", rest
		}
	}
	if told := adviceFor(f.Guardrail, message); told != "" {
		return where + told
	}
	return where + message
}

// adviceFor returns the sentence for a guardrail; "" where the one for people says only what to take away.
func adviceFor(guardrail, message string) string {
	switch guardrail {
	case "secrets", "personal-data":
		return "Remove it, and the sentence around it if nothing is left to say. Put nothing in its place."
	case "unsupported-numbers":
		return "Remove the figure or the sentence. Do not put another figure in its place."
	case "unsupported-quotes":
		return "Remove the quotation or the sentence. Do not attribute words to anybody."
	case "unsupported-links":
		return "Remove the link and keep its text. Do not put another link in its place."
	case "regulated-claims":
		return "Remove the claim or the sentence. Do not replace it with another promise, superlative or proof."
	case "injection-residue":
		return "Remove it. It is no part of the text."
	case "refusal-text":
		return "Remove the sentence. If it marks something missing, leave that out too."
	case "repetition":
		return "Delete the repeated sentence or words. Add nothing in their place."
	case "stock-phrases":
		return "Delete the phrase and begin with the point."
	case "profanity":
		return "Use another word or remove it."
	case "left-out":
		return "Remove the HTML or image, and keep the words."
	case "length-format":
		switch {
		case strings.HasPrefix(message, "The text breaks off"):
			return "Delete the unfinished sentence or heading at the end."
		case strings.HasPrefix(message, "The whole text is a block of code"):
			return "Return the text itself, without a code block or JSON around it."
		case strings.Contains(message, "fewer than the"):
			return "The text is short. Develop what the brief says; add no new facts."
		}
	}
	return ""
}
