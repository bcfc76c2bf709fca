package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
)

// mostCompletions is how many values an answer has at most (MCP 2025-11-25, completion).
const mostCompletions = 100

// complete suggests values for an argument of a prompt, or for the variable of a resource's
// address: what the resource without the variable lists, in its order.
func (s *Server) complete(ctx context.Context, req *sdk.CompleteRequest) (*sdk.CompleteResult, error) {
	ref, arg := req.Params.Ref, req.Params.Argument
	var values []string
	var err error
	switch actor, _ := domain.ActorFrom(ctx); {
	case ref == nil:
		err = &jsonrpc.Error{Code: rpcBadParams, Message: "The ref is required"}
	case ref.Type == "ref/prompt" && !actor.May(domain.ScopeMCPPrompts):
		err = &jsonrpc.Error{Code: rpcForbidden, Message: lacks(domain.ScopeMCPPrompts)}
	case ref.Type == "ref/prompt":
		values, err = s.promptValues(ctx, ref.Name, arg.Name)
	case !actor.May(domain.ScopeMCPResources):
		err = &jsonrpc.Error{Code: rpcForbidden, Message: lacks(domain.ScopeMCPResources)}
	default:
		values, err = s.resourceValues(ctx, ref.URI, arg.Name)
	}
	if err != nil {
		return nil, err
	}
	values = slices.DeleteFunc(values, func(v string) bool {
		return !strings.HasPrefix(strings.ToLower(v), strings.ToLower(arg.Value))
	})
	out := &sdk.CompleteResult{}
	out.Completion.Total, out.Completion.HasMore = len(values), len(values) > mostCompletions
	out.Completion.Values = values[:min(len(values), mostCompletions)]
	return out, nil
}

// resourceValues are those that the variable of a resource's address may take.
func (s *Server) resourceValues(ctx context.Context, uri, name string) ([]string, error) {
	r, ok := s.byURI(uri)
	if !ok || r.arg == "" || r.arg != name {
		return nil, &jsonrpc.Error{Code: rpcBadParams, Message: "There is no resource of this address with this argument"}
	}
	values, err := s.values(ctx, r)
	if err != nil {
		return nil, refusal(err, uri)
	}
	return values, nil
}

// values are those that the resource's variable may take: members of an object, or the
// ids or attributes of what is listed.
func (s *Server) values(ctx context.Context, r resource) ([]string, error) {
	list, ok := s.byURI(strings.TrimSuffix(r.URI, "/{"+r.arg+"}"))
	if !ok {
		return []string{}, nil
	}
	answer, err := list.read(ctx, "")
	if err != nil {
		return nil, err
	}
	var out struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("read what %s lists: %w", list.URI, err)
	}
	if r.Member != "" {
		var data map[string]json.RawMessage
		var members map[string]json.RawMessage
		err := json.Unmarshal(out.Data, &data)
		if err == nil {
			err = json.Unmarshal(data[r.Member], &members)
		}
		if err != nil {
			return nil, fmt.Errorf("read what %s lists: %w", list.URI, err)
		}
		return slices.Sorted(maps.Keys(members)), nil
	}
	return listedValues(out.Data, r.arg)
}

// listedValues returns an attribute of each thing in a list, or its id where it has no such
// attribute.
func listedValues(data json.RawMessage, attribute string) ([]string, error) {
	var listed []struct {
		ID         json.RawMessage            `json:"id"`
		Attributes map[string]json.RawMessage `json:"attributes"`
	}
	if err := json.Unmarshal(data, &listed); err != nil {
		return nil, fmt.Errorf("read a list: %w", err)
	}
	values := make([]string, len(listed))
	for i, l := range listed {
		raw, ok := l.Attributes[attribute]
		if !ok {
			raw = l.ID
		}
		values[i] = strings.Trim(string(raw), `"`)
	}
	return values, nil
}
