package external

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
	"vellocity/internal/domain"
	"vellocity/internal/signature"
)

// request is the body of a call: docs/external-agents.md, "The request".
type request struct {
	ExecutionID int64           `json:"execution_id"`
	Step        string          `json:"step"`
	Capability  string          `json:"capability"`
	Settings    json.RawMessage `json:"settings"`
	Messages    []message       `json:"messages"`
	Voice       *voice          `json:"voice"`
	Output      output          `json:"output"`
	Test        bool            `json:"test,omitempty"`
}

type message struct {
	Role    string `json:"role"` // system, user, assistant
	Content string `json:"content"`
}

// output says what the text must be.
type output struct {
	Format   string          `json:"format"` // markdown, json
	MaxWords int             `json:"max_words,omitempty"`
	Schema   json.RawMessage `json:"schema,omitempty"`
}

// voice is a brand voice as an agent gets it.
type voice struct {
	Name           string          `json:"name"`
	Description    string          `json:"description,omitempty"`
	Tone           []string        `json:"tone,omitempty"`
	Audience       string          `json:"audience,omitempty"`
	Do             []string        `json:"do,omitempty"`
	Dont           []string        `json:"dont,omitempty"`
	PreferredTerms []preferredTerm `json:"preferred_terms,omitempty"`
	BannedTerms    []string        `json:"banned_terms,omitempty"`
	SampleTexts    []string        `json:"sample_texts,omitempty"`
	Language       string          `json:"language,omitempty"`
	ReadingLevel   string          `json:"reading_level,omitempty"`
}

type preferredTerm struct {
	Use       string `json:"use"`
	InsteadOf string `json:"instead_of"`
}

func voiceOf(v *domain.BrandVoice) *voice {
	if v == nil {
		return nil
	}
	out := &voice{
		Name: v.Name, Description: v.Description, Tone: v.Tone, Audience: v.Audience, Do: v.Do, Dont: v.Dont,
		BannedTerms: v.BannedTerms, SampleTexts: v.SampleTexts, Language: v.Language, ReadingLevel: string(v.ReadingLevel),
	}
	for _, t := range v.PreferredTerms {
		out.PreferredTerms = append(out.PreferredTerms, preferredTerm{t.Use, t.InsteadOf})
	}
	return out
}

// testStep is the step of the request that a test sends.
const testStep = "test"

// codec translates for one agent. The key signs its requests.
func (a *Agents) codec(agent domain.Agent, key []byte) wire.Codec[answer] {
	return wire.Codec[answer]{
		Kind:   domain.ProviderExternal,
		Header: func(string) map[string]string { return map[string]string{"Accept": "application/json"} },
		Sign: func(body []byte) map[string]string {
			return signature.Headers(key, requestID(agent.ID, body), a.o.Now(), body)
		},
		Body: func(req *ai.Request, _ func(string) bool) (any, error) { return bodyOf(req), nil },
		Read: func(e *answer, into *wire.Answer) (bool, error) { return true, e.read(called(agent), into) },
	}
}

// requestID names a request: the same for each try of the same text, also after a restart
// of this server, and another one for every other text.
func requestID(agent int64, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secretPlace(agent)))
	mac.Write(body)
	return "msg_" + hex.EncodeToString(mac.Sum(nil)[:16])
}

// wordsPerToken turns the limit of an answer into words that surely fit.
const wordsPerToken = 0.75

func bodyOf(req *ai.Request) request {
	out := request{Settings: json.RawMessage("{}"), Output: output{Format: "markdown"}}
	if t := req.Task; t != nil {
		out.ExecutionID, out.Step, out.Capability, out.Voice = t.ExecutionID, t.Step, t.Capability, voiceOf(t.Voice)
		out.Test = t.ExecutionID == 0 && t.Step == testStep
		if len(t.Settings) > 0 {
			out.Settings = t.Settings
		}
	}
	if req.System != "" {
		out.Messages = append(out.Messages, message{"system", req.System})
	}
	for _, m := range req.Messages {
		out.Messages = append(out.Messages, message{string(m.Role), m.Whole()})
	}
	if len(req.Schema) > 0 {
		out.Output.Format, out.Output.Schema = "json", req.Schema
	}
	out.Output.MaxWords = int(float64(req.MaxTokens) * wordsPerToken)
	return out
}

// answer is the body of a response: docs/external-agents.md, "The response".
type answer struct {
	Text  json.RawMessage `json:"text"`
	Model wire.String     `json:"model"`
	Usage struct {
		Input  wire.Count `json:"input_tokens"`
		Output wire.Count `json:"output_tokens"`
	} `json:"usage"`
	Cost json.RawMessage `json:"cost"`
}

// mostCost bounds what one text may be said to cost, in US dollars.
const mostCost = 10_000

func (e *answer) read(agent string, into *wire.Answer) error {
	var text string
	switch err := json.Unmarshal(e.Text, &text); {
	case len(e.Text) == 0 || string(e.Text) == "null":
		return fault(ai.KindAnswer, 200, `%s answered without the field "text". It must answer {"text": "…"}.`, agent)
	case err != nil:
		return fault(ai.KindAnswer, 200,
			`%s answered with a "text" that is not a string. It must answer {"text": "…"}.`, agent)
	}
	into.Name("", e.Model)
	into.Meter(ai.Usage{InputTokens: int64(e.Usage.Input), OutputTokens: int64(e.Usage.Output)})
	var dollars float64
	if json.Unmarshal(e.Cost, &dollars) == nil && len(e.Cost) > 0 && string(e.Cost) != "null" &&
		dollars >= 0 && dollars <= mostCost {
		into.Cost = domain.Cost{MicroUSD: int64(math.Ceil(dollars*1e6 - 1e-6)), PriceVersion: "agent", Known: true}
	}
	if err := into.Add(text); err != nil {
		return err
	}
	into.Finish("end")
	return nil
}
