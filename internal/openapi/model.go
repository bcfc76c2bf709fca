package openapi

import "vellocity/internal/ops"

// The parts of an OpenAPI 3.1 document that this program uses. Fields stand in
// alphabetical order, as everywhere in the document.

type document struct {
	Components components                      `json:"components"`
	Info       info                            `json:"info"`
	OpenAPI    string                          `json:"openapi"`
	Paths      map[string]map[string]operation `json:"paths"`
	Security   []map[string][]string           `json:"security"`
	Servers    []server                        `json:"servers"`
	Tags       []tag                           `json:"tags"`
	Webhooks   map[string]map[string]operation `json:"webhooks,omitempty"`
}

type info struct {
	Contact     contact `json:"contact"`
	Description string  `json:"description"`
	License     license `json:"license"`
	Title       string  `json:"title"`
	Version     string  `json:"version"`
}

type contact struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type license struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type server struct {
	Description string `json:"description"`
	URL         string `json:"url"`
}

type tag struct {
	Description string `json:"description"`
	Name        string `json:"name"`
}

type operation struct {
	Description string              `json:"description"`
	OperationID string              `json:"operationId"`
	Parameters  []param             `json:"parameters,omitempty"`
	RequestBody *requestBody        `json:"requestBody,omitempty"`
	Responses   map[string]response `json:"responses"`
	// Security is empty for operations without a key, and absent for the others.
	Security *[]string `json:"security,omitempty"`
	Summary  string    `json:"summary"`
	Tags     []string  `json:"tags"`
}

type param struct {
	Ref         string      `json:"$ref,omitempty"`
	Description string      `json:"description,omitempty"`
	Example     any         `json:"example,omitempty"`
	In          string      `json:"in,omitempty"`
	Name        string      `json:"name,omitempty"`
	Required    bool        `json:"required,omitempty"`
	Schema      *ops.Schema `json:"schema,omitempty"`
}

type requestBody struct {
	Content  map[string]mediaType `json:"content"`
	Required bool                 `json:"required,omitempty"`
}

type mediaType struct {
	Example any         `json:"example,omitempty"`
	Schema  *ops.Schema `json:"schema"`
	// EventData says what the data of each event is; OpenAPI 3.1 has no word for it.
	EventData map[string]*ops.Schema `json:"x-event-data,omitempty"`
}

type response struct {
	Ref         string               `json:"$ref,omitempty"`
	Content     map[string]mediaType `json:"content,omitempty"`
	Description string               `json:"description,omitempty"`
	Headers     map[string]param     `json:"headers,omitempty"`
}

type components struct {
	Headers         map[string]param          `json:"headers"`
	Responses       map[string]response       `json:"responses"`
	Schemas         map[string]*ops.Schema    `json:"schemas"`
	SecuritySchemes map[string]securityScheme `json:"securitySchemes"`
}

type securityScheme struct {
	BearerFormat string `json:"bearerFormat"`
	Description  string `json:"description"`
	Scheme       string `json:"scheme"`
	Type         string `json:"type"`
}
