package ai

import (
	"regexp"
	"strconv"
	"strings"
)

// SystemRole is the optional parameter that stands for messages with the system's
// role. Where a model refuses it, the text goes in front of the user's.
const SystemRole = "system_role"

// aliases are what messages call a parameter besides its name on the wire.
var aliases = map[string]*regexp.Regexp{
	"response_format": answerForm,
	"output_config":   answerForm,
	"text.format":     regexp.MustCompile(answerForm.String() + `|['"\x60]text['"\x60]`),
	SystemRole: regexp.MustCompile(
		`(?i)\b(system|developer)['"\x60]*[\s_-]+(role|message|prompt|instruction)|` +
			`['"\x60]instructions['"\x60]|` +
			`\brole\b[\s:='"\x60]*(system|developer)\b|` +
			`\b(system|developer)['"\x60]* (is|are) not (a )?(supported|valid|allowed|one of)`),
}

var answerForm = regexp.MustCompile(
	`(?i)json_schema|\bgrammar\b|structured[\s_]outputs?\b|output_format|guided_json|guided decoding`,
)

// refusedParam returns the optional parameter that a refusal names, so that the call
// can be made without it. A server error counts where it names what the model cannot
// do in other words than its name.
func refusedParam(f Fault) string {
	if f.Status == 400 || f.Status == 422 {
		for _, name := range f.Optional {
			if f.Param == name || strings.HasPrefix(f.Param, name+".") {
				return name
			}
		}
		for _, name := range f.Optional {
			if namesParam(f.Message, name) {
				return name
			}
		}
	} else if f.Status < 500 {
		return ""
	}
	for _, name := range f.Optional {
		if re := aliases[name]; re != nil && re.MatchString(f.Message) {
			return name
		}
	}
	return ""
}

// namesParam reports whether the message holds the name as a word of its own:
// max_tokens is not in max_tokens_to_sample.
func namesParam(message, name string) bool {
	re, err := regexp.Compile(`(^|[^\w])` + regexp.QuoteMeta(name) + `($|[^\w])`)
	return err == nil && re.MatchString(message)
}

var (
	limitName = regexp.MustCompile(`(?i)\bmax_(completion_|output_|new_)?tokens\b|\bmaxOutputTokens\b`)
	tooHigh   = regexp.MustCompile(`(?i)less than|at most|maximum|too (large|high|big|many)|exceed|up to|<=|≤|\brange\b|` +
		`between|greater than|supports? only|larger than|above|>`)
	figure = regexp.MustCompile(`\d[\d,_]*`)
)

// tokenLimit returns a limit of the answer that the model may take, where a refusal
// says that the one sent was too high: the figure in its message, else half.
func tokenLimit(f Fault) int {
	if f.MaxTokens <= 1 || f.Status != 400 && f.Status != 422 {
		return 0
	}
	named := limitName.MatchString(f.Message) || limitName.MatchString(f.Param)
	if !named || !tooHigh.MatchString(f.Message) || unsupported.MatchString(f.Message) {
		return 0
	}
	best := 0
	for _, digits := range figure.FindAllString(f.Message, -1) {
		n, err := strconv.Atoi(strings.NewReplacer(",", "", "_", "").Replace(digits))
		if err == nil && n < f.MaxTokens && n > best {
			best = n
		}
	}
	if best < leastLimit {
		return f.MaxTokens / 2
	}
	return best
}

// leastLimit is the smallest figure in a message that can be meant as a limit.
const leastLimit = 16

// unsupported says that a parameter itself is refused, whatever its value.
var unsupported = regexp.MustCompile(
	`(?i)unsupported parameter|not supported|unknown (name|parameter|field)|unrecognized|` +
		`extra inputs|not permitted|mutually exclusive|instead`,
)
