package capability

import (
	"encoding/json"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/schema"
)

// Must returns the capability with its settings schema compiled. A schema that
// does not compile is a fault of the program, so it panics.
func Must(c Capability) Capability {
	s, err := schema.Compile(c.SettingsSchema)
	if err != nil {
		panic(fmt.Sprintf("settings schema of %s: %v", c.Slug, err))
	}
	c.Schema = s
	return c
}

// Prepare fills the defaults into a caller's settings and checks them; see
// [schema.Schema.Check]. Faults stand below "settings".
func Prepare(c Capability, raw json.RawMessage) (json.RawMessage, error) {
	filled, err := c.Schema.Check(raw, "settings")
	if err != nil || c.Check == nil {
		return filled, err
	}
	var p domain.Problems
	c.Check(filled, &p)
	return filled, p.Err()
}
