package email

import (
	"fmt"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
)

// Settings describe the e-mails; see settings.json.
type Settings struct {
	draft.Common
	Emails    int `json:"emails"`
	WordCount int `json:"word_count"`
}

// Planned is one e-mail of a sequence.
type Planned struct {
	Purpose string   `json:"purpose"`
	Points  []string `json:"points"`
}

func (s Settings) brief(in capability.Input) draft.Brief {
	kind := "an e-mail"
	if s.Emails > 1 {
		kind = fmt.Sprintf("a sequence of %d e-mails", s.Emails)
	}
	return draft.Brief{
		Kind: kind, Fields: append(s.Head("Topic"), s.Body()...),
		Background: in.Background(), Passages: in.Passages,
	}
}
