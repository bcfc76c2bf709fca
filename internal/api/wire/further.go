package wire

import (
	"encoding/json"
	"strings"

	"vellocity/internal/domain"
)

// Further returns the function of a row that notes the faults which the schema of its
// input I does not know of, such as a time zone that does not exist. Arguments of the
// wrong type are left out: the schema has refused them. See ops.Op.Further.
func Further[I any](check func(in I, p *domain.Problems)) func(args map[string]any, p *domain.Problems) {
	return func(args map[string]any, p *domain.Problems) {
		var in I
		for name, value := range args { // all names are lower case; json would take others, too
			before := in
			one, err := json.Marshal(map[string]any{name: value})
			if err != nil || name != strings.ToLower(name) || json.Unmarshal(one, &in) != nil {
				in = before
			}
		}
		check(in, p)
	}
}
