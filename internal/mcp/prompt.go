package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// mostArgument is how many characters one argument of a prompt may have.
const mostArgument = 10_000

// prompt is a task with its text, read.
type prompt struct {
	ops.Prompt
	text *template.Template
}

// promptsOf reads the prompts. It fails where a text cannot be read, or names a tool that
// does not exist.
func promptsOf(all []ops.Prompt, tools *toolbox) ([]prompt, error) {
	out := make([]prompt, len(all))
	for i, p := range all {
		text, err := template.New(p.Name).Option("missingkey=error").Parse(p.Text)
		if err != nil {
			return nil, fmt.Errorf("mcp: read the prompt %s: %w", p.Name, err)
		}
		out[i] = prompt{p, text}
		needed := slices.Concat(p.Tools, p.Needed)
		for _, a := range p.Arguments {
			if a.From != "" {
				needed = append(needed, a.From)
			}
		}
		for _, name := range needed {
			if tools.byName[name] == nil {
				return nil, errors.New("mcp: the prompt " + p.Name + " names the tool " + name + ", which does not exist")
			}
		}
	}
	return out, nil
}

// described is the prompt as the SDK lists it.
func (p prompt) described() *sdk.Prompt {
	out := &sdk.Prompt{Name: p.Name, Title: p.Title, Description: p.Description}
	for _, a := range p.Arguments {
		out.Arguments = append(out.Arguments, &sdk.PromptArgument{
			Name: a.Name, Title: a.Title, Description: a.Description, Required: a.Required,
		})
	}
	return out
}

// missing names a scope of what the prompt needs that the caller lacks; "" means none.
func (s *Server) missing(p ops.Prompt, actor domain.Actor) domain.Scope {
	for _, name := range p.Needed {
		for _, scope := range s.tools.byName[name].scopes() {
			if !actor.May(scope) {
				return scope
			}
		}
	}
	return ""
}

func (s *Server) addPrompts(out *sdk.Server) {
	for _, p := range s.prompts {
		out.AddPrompt(p.described(), func(ctx context.Context, req *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
			actor, _ := domain.ActorFrom(ctx)
			if scope := s.missing(p.Prompt, actor); scope != "" {
				return nil, &jsonrpc.Error{Code: rpcForbidden, Message: lacks(scope)}
			}
			text, err := p.fill(req.Params.Arguments)
			if err != nil {
				return nil, &jsonrpc.Error{Code: rpcBadParams, Message: err.Error()}
			}
			return &sdk.GetPromptResult{
				Description: p.Description,
				Messages:    []*sdk.PromptMessage{{Role: "user", Content: &sdk.TextContent{Text: text}}},
			}, nil
		})
	}
}

// fill returns the text with the arguments. The error is for people.
func (p prompt) fill(given map[string]string) (string, error) {
	args := map[string]string{}
	var names []string
	for _, a := range p.Arguments {
		names = append(names, a.Name)
		value := strings.TrimSpace(given[a.Name])
		if a.Required && value == "" {
			return "", fmt.Errorf("The argument %s is required", a.Name) //nolint:staticcheck // a client shows it as it is
		}
		if utf8.RuneCountInString(value) > mostArgument {
			//nolint:staticcheck // a client shows it as it is
			return "", fmt.Errorf("The argument %s has more than %d characters", a.Name, mostArgument)
		}
		args[a.Name] = value
	}
	for name := range given {
		if !slices.Contains(names, name) {
			return "", errors.New(domain.UnknownName("argument", name, names))
		}
	}
	var b strings.Builder
	if err := p.text.Execute(&b, args); err != nil {
		return "", fmt.Errorf("write the prompt %s: %w", p.Name, err)
	}
	return strings.TrimSpace(b.String()), nil
}

// offeredPrompts keeps the prompts that the caller can follow.
func (s *Server) offeredPrompts(l *sdk.ListPromptsResult, actor domain.Actor) *sdk.ListPromptsResult {
	out := *l
	out.Prompts = []*sdk.Prompt{}
	for _, listed := range l.Prompts {
		i := slices.IndexFunc(s.prompts, func(p prompt) bool { return p.Name == listed.Name })
		if i >= 0 && s.missing(s.prompts[i].Prompt, actor) == "" {
			out.Prompts = append(out.Prompts, listed)
		}
	}
	return &out
}

// promptValues are those that an argument of a prompt may take, in the order of their list.
func (s *Server) promptValues(ctx context.Context, name, argument string) ([]string, error) {
	unknown := &jsonrpc.Error{Code: rpcBadParams, Message: "There is no prompt of this name with this argument"}
	i := slices.IndexFunc(s.prompts, func(p prompt) bool { return p.Name == name })
	if i < 0 {
		return nil, unknown
	}
	j := slices.IndexFunc(s.prompts[i].Arguments, func(a ops.PromptArgument) bool { return a.Name == argument })
	if j < 0 {
		return nil, unknown
	}
	a := s.prompts[i].Arguments[j]
	if a.From == "" {
		return []string{}, nil
	}
	t := s.tools.byName[a.From]
	actor, _ := domain.ActorFrom(ctx)
	if err := actor.RequireAll(t.scopes()); err != nil {
		return nil, refusal(err, a.From)
	}
	page := "{}"
	if _, ok := t.op.Field("per_page"); ok {
		page = `{"per_page":` + strconv.Itoa(mostCompletions) + `}`
	}
	answer, err := t.run(ctx, json.RawMessage(page))
	if err != nil {
		return nil, refusal(err, a.From)
	}
	return listedValues(ops.MustEncode(answer.Data), a.Value)
}
