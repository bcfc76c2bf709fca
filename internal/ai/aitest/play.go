package aitest

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"
)

// Script answers calls as the case says.
func (c Case) Script() Script {
	var mu sync.Mutex
	n := 0
	return func(call Call) Reply {
		mu.Lock()
		s := Scene{Call: call, N: n, Answer: answerTo(call)}
		n++
		mu.Unlock()
		for _, p := range protocols() {
			if p.Wire == call.Wire {
				s.events = p.Events(call, Reply{})
			}
		}
		return c.Say(s)
	}
}

// answerTo is the right answer to a call: Plain, or a value that meets its schema.
func answerTo(c Call) string {
	schema := schemaOf(c)
	if schema == nil {
		return Plain
	}
	return strings.Join(newWords(c).instance(schema).Pieces, "")
}

// schemaOf returns the schema that an answer must meet, also where the prompt asks for
// it in words.
func schemaOf(c Call) json.RawMessage {
	if c.Schema != nil {
		return c.Schema
	}
	var schema json.RawMessage
	_, rest, _ := strings.Cut(c.Prompt, "JSON Schema:\n")
	if json.NewDecoder(strings.NewReader(rest)).Decode(&schema) != nil {
		return nil
	}
	return schema
}

// For reports whether the case is for a wire.
func (c Case) For(w Wire) bool { return c.Wire == "" || c.Wire == w }

// named is how a prompt names the case that is to answer it.
var named = regexp.MustCompile(`script:([a-z0-9_-]+)`)

// Named returns a script that responds as the case that a prompt names, as
// "script:think-tags" anywhere in it, and as [Writer] any other. A case that is for
// calls with a schema is used for those alone, and the other way round.
func Named() Script {
	scripts, schema := map[string]Script{}, map[string]bool{}
	for _, c := range Cases() {
		for _, w := range Wires() {
			if c.For(w) {
				scripts[string(w)+":"+c.Name], schema[c.Name] = c.Script(), c.JSON
			}
		}
	}
	other := Writer(Pace{})
	return func(call Call) Reply {
		m := named.FindStringSubmatch(call.System + "\n" + call.Prompt)
		if m == nil || schema[m[1]] != (schemaOf(call) != nil) {
			return other(call)
		}
		if s := scripts[string(call.Wire)+":"+m[1]]; s != nil {
			return s(call)
		}
		return Status(404, "not_found_error", "no script "+m[1])
	}
}
