package chat

import (
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/web/ui"
)

type view struct {
	ui.Shell
	Search    string
	Chats     []domain.Conversation
	More      int // that are not listed
	Voices    []domain.BrandVoice
	Templates []domain.ChatTemplate // of the form of a new conversation
	Chat      *studio.Conversation  // nil: a new one
	Turns     []turnView
	Answering int64 // the answer that is being written on this path; 0: none
}

// turnView is a message as the page shows it.
type turnView struct {
	studio.ChatMessage
	Chat    int64
	Parent  int64 // what an edited question follows
	Mine    bool  // it is a question
	Running bool
	Note    string // why it ends where it does
	Body    template.HTML
	By      string // what wrote it
	Place   int    // among its siblings, from 1
	Before  int64  // the sibling before it; 0: none
	After   int64
	Found   []ui.FindingView
}

// show is the thread of a conversation.
func (p page) show(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	c, err := p.Engine.Studio.Chat(r.Context(), id)
	if err != nil {
		return err
	}
	if c.Open != 0 {
		if err := p.look(r.Context(), id, c.Open); err != nil {
			return err
		}
		if c, err = p.Engine.Studio.Chat(r.Context(), id); err != nil {
			return err
		}
	}
	title := c.Title
	if title == "" {
		title = "New conversation"
	}
	v, err := p.view(w, r, title)
	if err != nil {
		return err
	}
	v.Chat, v.Answering = &c, c.Open
	list, err := p.Engine.Studio.ChatMessages(r.Context(), id, false)
	if err != nil {
		return err
	}
	for _, m := range list {
		v.Turns = append(v.Turns, p.turn(m))
	}
	if c.Open != 0 {
		v.Refresh = reload
	}
	return p.Render(w, r, http.StatusOK, "chat", v)
}

// reload is after how many seconds a browser without scripts asks again.
const reload = 3

func (p page) turn(m studio.ChatMessage) turnView {
	t := turnView{
		ChatMessage: m, Chat: m.ConversationID, Parent: m.ParentID, Mine: m.Role == domain.ChatUser,
		Running: m.Status == domain.ChatStreaming,
	}
	i := slices.Index(m.Siblings, m.ID)
	t.Place = i + 1
	if i > 0 {
		t.Before = m.Siblings[i-1]
	}
	if i >= 0 && i+1 < len(m.Siblings) {
		t.After = m.Siblings[i+1]
	}
	if t.Mine || t.Running {
		return t
	}
	t.By, t.Found = strings.TrimSuffix(ui.OriginLabel(m.Origin), "."), ui.FindingViews(m.Findings)
	switch m.Status {
	case domain.ChatStopped:
		t.Note = "It was stopped before its end."
	case domain.ChatFailed:
		t.Note = m.Error
	}
	html := string(ui.Marked(m.Text, m.Findings, p.Engine.Content.PreviewMarkdown))
	t.Body = template.HTML(linked(html, m.ID, m.Citations)) //nolint:gosec // what was rendered, and links of our own
	return t
}

// marked is a tag, or the mark of a citation between tags.
var marked = regexp.MustCompile(`<[^>]*>|\[S(\d{1,3})\]`)

// linked turns the marks of citations in a rendered answer into links to their passages, outside of code and links.
// A mark without a citation is left out.
func linked(html string, message int64, cited []domain.Citation) string {
	inside := 0
	return marked.ReplaceAllStringFunc(html, func(found string) string {
		switch {
		case strings.HasPrefix(found, "<"):
			name := strings.ToLower(strings.Trim(strings.SplitN(found, " ", 2)[0], "<>/"))
			if name != "code" && name != "a" && name != "pre" {
				return found
			}
			if strings.HasPrefix(found, "</") {
				inside--
			} else {
				inside++
			}
			return found
		case inside > 0:
			return found
		}
		n, _ := strconv.Atoi(strings.Trim(found, "[S]"))
		if !slices.ContainsFunc(cited, func(c domain.Citation) bool { return c.N == n }) {
			return ""
		}
		no := strconv.Itoa(n)
		return `<a class="cite" href="#c` + strconv.FormatInt(message, 10) + "-" + no +
			`" aria-label="Source ` + no + `">` + no + `</a>`
	})
}
