package studio

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// ChatTemplateView is a chat template.
type ChatTemplateView struct {
	ID           int64      `json:"id"`
	Slug         string     `json:"slug"`
	Name         string     `json:"name"`
	ShortName    string     `json:"short_name"`
	Description  string     `json:"description"`
	Role         string     `json:"role"         doc:"What the assistant is"`
	HumanName    string     `json:"human_name"   doc:"What it is called"`
	HelpsWith    string     `json:"helps_with"`
	Color        string     `json:"color"`
	Instructions string     `json:"instructions" doc:"What the model gets beside the rules of every chat"`
	Custom       bool       `json:"custom"       doc:"False: it ships with Vellocity and cannot be changed"`
	Version      int        `json:"version"      doc:"Raised with each change"`
	CreatedAt    *time.Time `json:"created_at"   doc:"Null for one that ships with Vellocity"`
	UpdatedAt    *time.Time `json:"updated_at"   doc:"Null for one that ships with Vellocity"`
}

// ChatTemplateRef names a chat template in the path.
type ChatTemplateRef struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The chat template's id"`
}

type createChatTemplate struct {
	Name         string `json:"name"                   limit:"chat_name"         doc:"What people call it"`
	ShortName    string `json:"short_name,omitempty"   limit:"chat_label"        doc:"A few letters for its picture"`
	Description  string `json:"description,omitempty"  limit:"chat_description"  doc:"What it does"`
	Role         string `json:"role,omitempty"         limit:"chat_label"        doc:"What the assistant is, such as Copy editor"`
	HumanName    string `json:"human_name,omitempty"   limit:"chat_label"        doc:"What it is called"`
	HelpsWith    string `json:"helps_with,omitempty"   limit:"chat_description"  doc:"What it helps with"`
	Color        string `json:"color,omitempty"        limit:"chat_color"        doc:"Like #3366cc"`
	Instructions string `json:"instructions,omitempty" limit:"chat_instructions" doc:"Instructions to the model, beside the rules of every chat"`
}

type changeChatTemplate struct {
	ChatTemplateRef
	Name         *string `json:"name,omitempty"         limit:"chat_name"         doc:"What people call it"`
	ShortName    *string `json:"short_name,omitempty"   limit:"chat_label"        doc:"A few letters for its picture"`
	Description  *string `json:"description,omitempty"  limit:"chat_description"  doc:"What it does"`
	Role         *string `json:"role,omitempty"         limit:"chat_label"        doc:"What the assistant is, such as Copy editor"`
	HumanName    *string `json:"human_name,omitempty"   limit:"chat_label"        doc:"What it is called"`
	HelpsWith    *string `json:"helps_with,omitempty"   limit:"chat_description"  doc:"What it helps with"`
	Color        *string `json:"color,omitempty"        limit:"chat_color"        doc:"Like #3366cc"`
	Instructions *string `json:"instructions,omitempty" limit:"chat_instructions" doc:"Instructions to the model, beside the rules of every chat"`
	ops.Conditional
}

type deleteChatTemplate struct {
	ChatTemplateRef
	ops.Conditional
}

const chatTemplatesPath = chatPath + "/chat-templates"

var sampleChatTemplate = domain.ChatTemplate{
	ID: 1001, Slug: "support-writer", Name: "Support writer", ShortName: "SW", Description: "Answers to customers.",
	Role: "Support writer", HelpsWith: "Kind answers", Color: "#3366cc",
	Instructions: "Write answers to customers. Begin with what they can do now.", Version: 1,
	CreatedAt: wire.SampleTime(), UpdatedAt: wire.SampleTime(),
}

func chatTemplateRows(v *studio.Verbs) []ops.Op {
	return []ops.Op{
		listChatTemplatesRow(v), getChatTemplateRow(v), createChatTemplateRow(v), changeChatTemplateRow(v),
		deleteChatTemplateRow(v),
	}
}

func listChatTemplatesRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_chat_templates",
		Route: ops.Route{Method: http.MethodGet, Path: chatTemplatesPath},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "List chat templates",
			Description: "Those that ship with Vellocity, then the workspace's own. A template's id is the " +
				"category_id of a new conversation.",
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chat-templates", Verb: "list", Columns: []string{"id", "slug", "name", "helps_with"}},
	}, func(ctx context.Context, _ struct{}) ([]domain.ChatTemplate, error) { return v.ChatTemplates(ctx) },
		func(_ *ops.Reply, l []domain.ChatTemplate) []ChatTemplateView { return wire.Each(l, chatTemplateView) },
		[]domain.ChatTemplate{sampleChatTemplate})
}

func getChatTemplateRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_chat_template",
		Route: ops.Route{Method: http.MethodGet, Path: chatTemplatesPath + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Get a chat template", Description: "With its instructions and its version.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"id": sampleChatTemplate.ID},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chat-templates", Verb: "get"},
	}, func(ctx context.Context, in ChatTemplateRef) (domain.ChatTemplate, error) {
		return v.ChatTemplate(ctx, in.ID)
	},
		viewChatTemplate, sampleChatTemplate)
}

func createChatTemplateRow(v *studio.Verbs) ops.Op {
	t := sampleChatTemplate
	return ops.New(ops.Op{
		Name:           "create_chat_template",
		Route:          ops.Route{Method: http.MethodPost, Path: chatTemplatesPath, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Forms:          true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Create a chat template",
			Description: "Its slug is made from its name and stays. A workspace can have 100.",
			Errors:      []domain.Code{domain.CodeConflict},
			Example:     map[string]any{"name": t.Name, "role": t.Role, "instructions": t.Instructions},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chat-templates", Verb: "create"},
	}, func(ctx context.Context, in createChatTemplate) (domain.ChatTemplate, error) {
		return v.CreateChatTemplate(ctx, domain.ChatTemplate{
			Name: in.Name, ShortName: in.ShortName, Description: in.Description, Role: in.Role, HumanName: in.HumanName,
			HelpsWith: in.HelpsWith, Color: in.Color, Instructions: in.Instructions,
		})
	}, func(r *ops.Reply, t domain.ChatTemplate) ChatTemplateView {
		r.Location = wire.Path(chatTemplatesPath, t.ID)
		return viewChatTemplate(r, t)
	}, t)
}

func changeChatTemplateRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_chat_template",
		Route: ops.Route{Method: http.MethodPatch, Path: chatTemplatesPath + "/{id}"},
		Scope: domain.ScopeWrite,
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Edit a chat template",
			Description: "Changes the fields that are given. One that ships with Vellocity cannot be changed.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     map[string]any{"id": sampleChatTemplate.ID, "color": "#224488"},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chat-templates", Verb: "edit"},
	}, func(ctx context.Context, in changeChatTemplate) (domain.ChatTemplate, error) {
		return v.ChangeChatTemplate(ctx, studio.ChangeChatTemplate{
			ID: in.ID, Name: in.Name, ShortName: in.ShortName, Description: in.Description, Role: in.Role,
			HumanName: in.HumanName, HelpsWith: in.HelpsWith, Color: in.Color, Instructions: in.Instructions,
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewChatTemplate, sampleChatTemplate)
}

func deleteChatTemplateRow(v *studio.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_chat_template",
		Route: ops.Route{Method: http.MethodDelete, Path: chatTemplatesPath + "/{id}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Delete a chat template",
			Description: "Conversations that were begun with it stay, and go on without its instructions. One that " +
				"ships with Vellocity cannot be deleted.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleChatTemplate.ID},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chat-templates", Verb: "delete"},
	}, func(ctx context.Context, in deleteChatTemplate) error {
		return v.DeleteChatTemplate(ctx, verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}})
	})
}

func viewChatTemplate(r *ops.Reply, t domain.ChatTemplate) ChatTemplateView {
	r.Revision = wire.Number(int64(t.Version))
	return chatTemplateView(t)
}

func chatTemplateView(t domain.ChatTemplate) ChatTemplateView {
	return ChatTemplateView{
		ID: t.ID, Slug: t.Slug, Name: t.Name, ShortName: t.ShortName, Description: t.Description, Role: t.Role,
		HumanName: t.HumanName, HelpsWith: t.HelpsWith, Color: t.Color, Instructions: t.Instructions, Custom: !t.IsBuiltin,
		Version: t.Version, CreatedAt: wire.Time(t.CreatedAt), UpdatedAt: wire.Time(t.UpdatedAt),
	}
}
