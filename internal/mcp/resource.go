package mcp

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// resource is an MCP resource and the tool that reads it.
type resource struct {
	ops.Resource
	tool *tool
	arg  string // the variable of the URI; empty: none
}

// resourcesOf returns the resources of the rows, in the table's order.
func resourcesOf(b *toolbox) []resource {
	var out []resource
	for _, t := range b.all {
		if t.variant != nil {
			continue
		}
		for _, r := range t.op.Tool.Resources {
			x := resource{Resource: r, tool: t}
			if _, variable, ok := strings.Cut(r.URI, "{"); ok {
				x.arg = strings.TrimSuffix(variable, "}")
			}
			out = append(out, x)
		}
	}
	return out
}

// byURI returns the resource with this address, variables and all.
func (s *Server) byURI(uri string) (resource, bool) {
	i := slices.IndexFunc(s.resources, func(r resource) bool { return r.URI == uri })
	if i < 0 {
		return resource{}, false
	}
	return s.resources[i], true
}

// find returns the resource that an address names, and the value of its variable.
func (s *Server) find(uri string) (r resource, value string, ok bool) {
	if r, ok := s.byURI(uri); ok && r.arg == "" {
		return r, "", true
	}
	cut := strings.LastIndexByte(uri, '/') + 1
	for _, r := range s.resources {
		if r.arg != "" && r.URI == uri[:cut]+"{"+r.arg+"}" {
			return r, uri[cut:], true
		}
	}
	return resource{}, "", false
}

func (s *Server) addResources(out *sdk.Server) {
	const media = "application/json"
	for _, r := range s.resources {
		if r.arg != "" {
			out.AddResourceTemplate(&sdk.ResourceTemplate{
				URITemplate: r.URI,
				Name:        r.Name,
				Description: r.Description,
				MIMEType:    media,
			}, s.reader(r))
			continue
		}
		about := sdk.Resource{URI: r.URI, Name: r.Name, Description: r.Description, MIMEType: media}
		out.AddResource(&about, s.reader(r))
	}
}

func (s *Server) reader(r resource) sdk.ResourceHandler {
	return func(ctx context.Context, req *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
		uri := req.Params.URI
		var value string
		if r.arg != "" {
			value = uri[strings.LastIndexByte(uri, '/')+1:]
		}
		answer, err := r.read(ctx, value)
		if err != nil {
			if e := domain.AsError(err); e.Code.Status() >= http.StatusInternalServerError {
				s.opts.Gate.LogError(ctx, requestID(req), r.tool.op.Name, e)
			}
			return nil, refusal(err, uri)
		}
		contents := sdk.ResourceContents{URI: uri, MIMEType: "application/json", Text: string(answer)}
		return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{&contents}}, nil
	}
}

const noResource = "Resource not found"

// refusal is the error of a resource that cannot be read.
func refusal(err error, uri string) *jsonrpc.Error {
	switch e := domain.AsError(err); {
	case e.Code == domain.CodeNotFound || e.Code == domain.CodeValidation:
		data := ops.MustEncode(map[string]string{"uri": uri})
		return &jsonrpc.Error{Code: rpcBadParams, Message: noResource, Data: data}
	case e.Code.Status() >= http.StatusInternalServerError:
		return &jsonrpc.Error{Code: rpcInternal, Message: e.Message}
	default:
		return &jsonrpc.Error{Code: rpcForbidden, Message: e.Message}
	}
}

// read returns the row's data for one value of the resource's variable.
func (r resource) read(ctx context.Context, value string) (json.RawMessage, error) {
	args := map[string]any{}
	if r.arg != "" && r.Member == "" {
		args[r.arg] = value
		if f, _ := r.tool.op.Field(r.arg); f.Type == "integer" {
			args[r.arg] = json.Number(value)
		}
	}
	raw, err := json.Marshal(args)
	if err != nil { // an id that is no number
		return nil, domain.NotFound("Resource")
	}
	answer, err := r.tool.call(ctx, raw)
	if err != nil || r.Member == "" {
		return answer, err
	}
	return memberOf(answer, r.Member, value)
}

// memberOf selects one member of an object in the data of an answer.
func memberOf(answer json.RawMessage, object, name string) (json.RawMessage, error) {
	var whole struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(answer, &whole); err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(whole.Data[object], &members); err != nil {
		return nil, err
	}
	found, ok := members[name]
	if !ok {
		return nil, domain.NotFound("Resource")
	}
	return json.Marshal(map[string]any{"data": found})
}
