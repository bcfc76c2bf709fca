// Package chat is the page of conversations: the list of a person's own, and the thread of one of them, with its
// branches, the answer that is being written, and what answers cite.
package chat

import (
	"context"
	"embed"
	"net/http"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/sse"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

const (
	path = "/chat"
	one  = path + "/{id}"
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "chat",
		Files: files,
		Menu:  ui.Link{Group: ui.Create, Path: path, Name: "Chat", Icon: "message-square", Keys: "g m"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.list},
			{Pattern: "POST " + path, Handle: p.begin},
			{Pattern: "GET " + one, Handle: p.show},
			{Pattern: "POST " + one, Handle: p.ask},
			{Pattern: "GET " + one + "/stream", Handle: p.stream},
			{Pattern: "POST " + one + "/stop", Handle: p.change(func(ctx context.Context, id int64, _ *http.Request) error {
				_, err := p.Engine.Studio.StopChat(ctx, id)
				return err
			})},
			{Pattern: "POST " + one + "/show", Handle: p.change(func(ctx context.Context, id int64, r *http.Request) error {
				_, err := p.Engine.Studio.ShowChatBranch(ctx, id, number(r, "message"))
				return err
			})},
			{Pattern: "POST " + one + "/title", Handle: p.change(func(ctx context.Context, id int64, r *http.Request) error {
				_, err := p.Engine.Studio.RenameChat(ctx, studio.RenameChat{ID: id, Title: r.PostForm.Get("title")})
				return err
			})},
			{Pattern: "POST " + one + "/voice", Handle: p.change(func(ctx context.Context, id int64, r *http.Request) error {
				_, err := p.Engine.Studio.SetChatVoice(ctx, id, number(r, "brand_voice_id"))
				return err
			})},
			{Pattern: "POST " + one + "/delete", Handle: p.remove},
			{Pattern: "POST " + one + "/save", Handle: p.save},
		},
	}
}

// number is a number of a form; 0 where there is none.
func number(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.PostForm.Get(name), 10, 64)
	return n
}

func pathOf(id int64) string { return path + "/" + strconv.FormatInt(id, 10) }

// at is the address of a message on its page.
func at(id, message int64) string { return pathOf(id) + "#m" + strconv.FormatInt(message, 10) }

// list shows the form of a new conversation beside the person's own.
func (p page) list(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(w, r, "Chat")
	if err != nil {
		return err
	}
	if v.Templates, err = p.Engine.Studio.ChatTemplates(r.Context()); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "chat", v)
}

// begin begins a conversation with its first question. Posted twice, it leads to the one conversation.
func (p page) begin(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	var unasked error
	asked := studio.AskChat{Prompt: r.PostForm.Get("prompt")}
	out, err := ui.Once(r, func(ctx context.Context) (studio.Conversation, error) {
		c, err := p.Engine.Studio.NewChat(ctx, studio.NewChat{
			TemplateID: number(r, "category_id"), BrandVoiceID: number(r, "brand_voice_id"),
		})
		if err == nil {
			asked.ConversationID = c.ID
			_, unasked = p.Engine.Studio.AskChat(r.Context(), asked)
		}
		return c, err
	}, func(c studio.Conversation) ui.Outcome { return ui.Outcome{Path: pathOf(c.ID)} })
	if err != nil {
		return p.Refuse(w, r, path, err)
	}
	if unasked != nil {
		return p.Refuse(w, r, out.Path, unasked)
	}
	return p.Finish(w, r, out)
}

// ask asks the next question; with parent, in place of an earlier one; with again, for another answer.
func (p page) ask(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	in := studio.AskChat{ConversationID: id, Prompt: r.PostForm.Get("prompt"), RegenerateOf: number(r, "again")}
	if r.PostForm.Has("parent") {
		parent := number(r, "parent")
		in.ParentID = &parent
	}
	out, err := ui.Once(r, func(ctx context.Context) (studio.AskedChat, error) { return p.Engine.Studio.AskChat(ctx, in) },
		func(a studio.AskedChat) ui.Outcome { return ui.Outcome{Path: at(id, a.MessageID)} })
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}

// change is the handler of a form that changes a conversation and leads back to it.
func (p page) change(do func(ctx context.Context, id int64, r *http.Request) error) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := ui.PathID(r)
		if err != nil {
			return err
		}
		if err := ui.ReadForm(r); err != nil {
			return err
		}
		if err := do(r.Context(), id, r); err != nil {
			return p.Refuse(w, r, pathOf(id), err)
		}
		if m := number(r, "message"); m != 0 {
			return p.Back(w, r, at(id, m), "")
		}
		return p.Back(w, r, pathOf(id), "")
	}
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Studio.DeleteChat(ctx, verb.ID{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The conversation was deleted."} })
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}

// save puts an answer on the board.
func (p page) save(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (studio.SavedText, error) {
		return p.Engine.Studio.SaveChatMessage(ctx, id, number(r, "message"), studio.SaveText{})
	}, func(s studio.SavedText) ui.Outcome {
		return ui.Outcome{Path: ui.ItemPath(s.ContentID), Message: "The answer is on the board."}
	})
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}

// firstLook is how long the page waits for an answer, which is short or quotes the workspace's texts. It makes a
// browser without scripts a reader of the answer, too: one that nobody reads is stopped.
const firstLook = 300 * time.Millisecond

// look reads an answer for a moment, or to its end.
func (p page) look(ctx context.Context, id, message int64) error {
	ctx, done := context.WithTimeout(ctx, firstLook)
	defer done()
	seq, err := p.Engine.Studio.ReadChatMessage(ctx, id, message, 0)
	if err != nil {
		return err
	}
	for _, err := range seq {
		if err != nil {
			break // why it failed is read with the answer
		}
	}
	return nil
}

// piece is a part of an answer for the browser.
type piece struct {
	Text string `json:"text"`
}

// stream sends the answer that is being written, as it grows.
func (p page) stream(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	message, _ := strconv.ParseInt(r.URL.Query().Get("message"), 10, 64) // no number: not found
	ctx, cancel := p.Stream(r)
	defer cancel()
	after, _ := strconv.Atoi(r.Header.Get("Last-Event-ID")) // none: from its beginning
	seq, err := p.Engine.Studio.ReadChatMessage(ctx, id, message, max(0, after))
	if err != nil {
		return err
	}
	out := sse.Start(r.Context(), w, sse.Options{})
	defer out.Close()
	for part, err := range seq {
		if err != nil {
			return nil // the page reads why
		}
		if ui.Send(out, strconv.Itoa(part.End()), "text", piece{part.Text}) != nil {
			return nil
		}
	}
	return nil
}

// mostListed is how many conversations the page lists.
const mostListed = 100

// view is what every page of chats has: the list of the person's own.
func (p page) view(w http.ResponseWriter, r *http.Request, title string) (v view, err error) {
	v.Search = r.URL.Query().Get("q")
	if v.Shell, err = p.Shell(w, r, path, title); err != nil {
		return v, err
	}
	l, err := p.Engine.Studio.Chats(r.Context(), studio.ListChats{
		Search: v.Search, Page: domain.Page{Number: 1, Size: mostListed},
	})
	if err != nil {
		return v, err
	}
	v.Chats, v.More = l.Items, l.Total-len(l.Items)
	voices, err := p.Engine.Content.BrandVoices(r.Context(), domain.Page{Number: 1, Size: mostListed})
	v.Voices = voices.Items
	return v, err
}
