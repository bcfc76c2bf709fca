package openapi

import (
	"net/http"
	"strings"

	"vellocity/internal/ops"
)

// messages describes the requests that the server sends.
func (w *writer) messages(list []ops.Message) {
	if len(list) == 0 {
		return
	}
	w.doc.Webhooks = map[string]map[string]operation{}
	for _, m := range list {
		admitNull(m.Schema)
		w.doc.Webhooks[m.Name] = map[string]operation{strings.ToLower(http.MethodPost): {
			Tags:        []string{m.Chapter.Name},
			Summary:     m.Summary,
			Description: m.Description,
			OperationID: "on_" + strings.ReplaceAll(m.Name, ".", "_"),
			Security:    &[]string{}, // it is signed instead
			Parameters:  sentHeaders(m.Headers),
			RequestBody: &requestBody{
				Required: true,
				Content:  map[string]mediaType{"application/json": {Schema: m.Schema, Example: m.Example}},
			},
			Responses: received(m.Answers),
		}}
	}
}

func sentHeaders(list []ops.HeaderDoc) (params []param) {
	for _, h := range list {
		params = append(params, param{
			Name: h.Name, In: "header", Required: true, Description: h.Description, Schema: text(), Example: h.Example,
		})
	}
	return params
}

func received(answers map[string]string) map[string]response {
	out := map[string]response{}
	for status, meaning := range answers {
		out[status] = response{Description: meaning}
	}
	return out
}
