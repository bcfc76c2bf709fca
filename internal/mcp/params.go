package mcp

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/ops"
)

// member is a member of a method's params whose form is checked before the SDK reads it:
// what it refuses it explains with the names of its types.
type member struct {
	name     string
	kind     string // string or object
	required bool
}

// paramsOf are the members of the methods that are served.
var paramsOf = map[string][]member{
	"initialize": {
		{"protocolVersion", "string", true}, {"capabilities", "object", false}, {"clientInfo", "object", false},
	},
	"tools/list":             {{"cursor", "string", false}},
	"tools/call":             {{"name", "string", true}},
	"resources/list":         {{"cursor", "string", false}},
	"resources/read":         {{"uri", "string", true}},
	"resources/subscribe":    {{"uri", "string", true}},
	"resources/unsubscribe":  {{"uri", "string", true}},
	"prompts/list":           {{"cursor", "string", false}},
	"prompts/get":            {{"name", "string", true}, {"arguments", "object", false}},
	"logging/setLevel":       {{"level", "string", true}},
	"completion/complete":    {{"ref", "object", true}, {"argument", "object", true}, {"context", "object", false}},
	"subscriptions/listen":   {{"notifications", "object", false}},
	"notifications/progress": {{"message", "string", false}},

	"resources/templates/list": {{"cursor", "string", false}},
}

// levels are those of logging/setLevel (MCP 2025-11-25, logging).
var levels = []string{"debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"}

// faultOf returns what is wrong with the params of a method, in words; "" means nothing.
func faultOf(method string, params any) string {
	known, ok := paramsOf[method]
	if !ok {
		return ""
	}
	given, object := params.(map[string]any)
	if params != nil && !object {
		return "The params must be an object"
	}
	for _, m := range known {
		v := given[m.name]
		_, text := v.(string)
		_, nested := v.(map[string]any)
		switch {
		case v == nil && m.required && params == nil:
			return "The params of " + method + " are required"
		case v == nil && m.required:
			return "The params lack " + m.name
		case v != nil && (m.kind == "string" && !text || m.kind == "object" && !nested):
			return "The " + m.name + " must be " + map[string]string{"string": "a string", "object": "an object"}[m.kind]
		}
	}
	if level, _ := given["level"].(string); method == "logging/setLevel" && !slices.Contains(levels, level) {
		return "The level must be one of " + strings.Join(levels, ", ")
	}
	return ""
}

// exactID reports whether an id comes back as it was sent: a string, or a whole number
// within ±(2⁵³−1), the integers that JSON readers agree on (RFC 8259, 6).
func exactID(id any) bool {
	if _, ok := id.(string); ok {
		return true
	}
	const most = 1<<53 - 1
	number, _ := id.(json.Number)
	n, err := strconv.ParseInt(number.String(), 10, 64)
	return err == nil && n >= -most && n <= most
}

// inOurWords replaces an error of the SDK's that shows its inside or has no code.
func inOurWords(code int, message string) (int, string) {
	switch {
	case strings.HasPrefix(message, "duplicate \"initialize\""):
		return rpcInvalid, "This session is initialized already"
	case strings.Contains(message, "unmarshal"), code == 0:
		return rpcBadParams, "The params do not have the form that the method takes"
	case message == "invalid params":
		return rpcBadParams, "The params are not valid: a cursor must be one that this server gave"
	}
	return code, ops.Capitalize(message)
}
