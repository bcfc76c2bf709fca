// Package ai speaks to text models, and to the composer that needs none.
//
// A [Provider] turns one [Request] into one [Response] and hands over the text
// as it comes. There is a folder per provider (openai, anthropic, composer);
// [Caller] puts the one retry loop, the timeouts, the record per attempt and the
// price in front of any of them. aitest is the suite every provider passes.
package ai

import (
	"context"
	"encoding/json"
	"slices"
)

// Provider writes text. Implementations are safe for use by several goroutines.
type Provider interface {
	// Name is what the provider is configured as: "openai", "anthropic", "composer".
	Name() string
	// Generate makes one attempt, with no retry of its own. It calls emit for each
	// piece of text as it arrives, in order, from one goroutine; an error from emit
	// ends the attempt with that error. An empty piece is a sign of life (the model
	// thinks) and no text. The response holds the whole text. A
	// failure is an *Error (see error.go) that says what may be done about it; the
	// response beside it holds what had come until then.
	// When ctx is cancelled the call to the provider is closed at once.
	Generate(ctx context.Context, req Request, emit func(text string) error) (Response, error)
}

// Request is one thing to be written. A model reads System and Prompt; the
// composer reads Task and Brief and ignores the prompt. Both are always filled
// in, so that a capability has one code path.
type Request struct {
	Model  string
	System string // stable from step to step within an execution, so that providers can cache it
	// Messages are the turns so far, the last one the user's.
	Messages []Message
	// Schema, where set, is a JSON Schema (2020-12) that the answer must meet. The
	// answer is then one JSON value with nothing around it.
	Schema     json.RawMessage
	SchemaName string
	MaxTokens  int // upper bound of the answer; 0 lets the provider choose
	// Creativity (0 to 1) becomes the temperature, only where the caller set it
	// and the model takes one.
	Creativity *float64
	// Omit names parameters that the model has refused, as the provider calls them
	// on the wire ("temperature"). They are left out, or said in another way.
	// Caller fills it in.
	Omit []string

	Task  Task
	Brief Brief
}

// Role says whose turn a message was.
type Role string

// The roles.
const (
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant" // the model
)

// Message is one turn of a conversation with a model.
type Message struct {
	Role Role
	Text string
}

// User returns the messages of a request that has one turn: a prompt.
func User(prompt string) []Message { return []Message{{RoleUser, prompt}} }

// Append returns the request with text added to its last message. The messages of
// r itself stay as they are.
func (r Request) Append(text string) Request {
	r.Messages = slices.Clone(r.Messages)
	r.Messages[len(r.Messages)-1].Text += text
	return r
}

// Prompt returns the text of the last message: what is asked for now.
func (r Request) Prompt() string {
	if len(r.Messages) == 0 {
		return ""
	}
	return r.Messages[len(r.Messages)-1].Text
}

// Response is what a provider wrote.
type Response struct {
	Text      string
	Model     string // as the provider names it
	RequestID string
	Usage     Usage
	Stop      StopReason
	Status    int // HTTP status; 0 for the composer
}

// Usage counts tokens as the provider reports them, reasoning included in the
// output and cached prompt tokens included in the input.
type Usage struct {
	InputTokens  int64
	OutputTokens int64
	CachedTokens int64
	// CacheWriteTokens are input tokens that were written to the provider's cache,
	// which some charge extra for.
	CacheWriteTokens int64
	Estimated        bool // counted by us from the text, since the provider gave none
}

// StopReason says why the text ended.
type StopReason string

// The reasons, the same for all providers.
const (
	StopEnd     StopReason = "end"
	StopLength  StopReason = "length"  // cut at the token limit
	StopRefusal StopReason = "refusal" // the model or its filter refused
)

// Task tells the composer what kind of text is wanted.
type Task string

// The tasks that the composer knows.
const (
	TaskOutline Task = "blog.outline" // JSON: {"title","sections":[{"heading","points":[]}]}
	// Markdown paragraphs, no heading. With Index -1 a text that stands alone, such
	// as an answer, which neither opens nor continues a post.
	TaskSection    Task = "blog.section"
	TaskMeta       Task = "blog.meta"   // JSON: {"title","meta_title","meta_description","slug"}
	TaskVoice      Task = "text.voice"  // Brief.Text in the brand's voice, Markdown
	TaskSocialPost Task = "social.post" // one post for Brief.Channel
	TaskFree       Task = "text.free"   // generate-output: whatever Brief.Text, a prompt, asks for
)

// Brief is what the caller gave, in its own words. The composer may use nothing else.
type Brief struct {
	Topic        string
	Keywords     []string
	Audience     string
	Tone         string
	WordCount    int // of the piece asked for in this request
	KeyPoints    []string
	Facts        []string
	Sources      []string
	Language     string
	CallToAction string
	Channel      string // social network
	MaxChars     int    // hard limit of a social post
	// Sections says how many the outline must have; Heading, Points and Index
	// (from 0) describe the one to write, of Sections in all.
	Sections int
	Index    int
	Heading  string
	Points   []string
	Headings []string // of the whole piece, in order
	Text     string   // the text to work on, or the free prompt
	Voice    Voice
}

// Voice is what a text should sound like.
type Voice struct {
	Name        string
	Tone        []string
	Audience    string
	Do, Dont    []string
	Preferred   [][2]string // use, instead of
	BannedTerms []string
	Samples     []string
	Language    string
}
