// Package proptest checks that a property holds for many drawn values. Only tests import it.
package proptest

import (
	"flag"
	"testing"

	"pgregory.net/rapid"
)

// seed is what values are drawn from where nobody asks for another: the same code gets the same result, on
// every machine.
const seed = "1"

// Check runs the property over values that are the same each time. The flags of [rapid] apply: -rapid.seed
// draws others, and -rapid.checks more.
func Check(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	if f := flag.Lookup("rapid.seed"); f.Value.String() == f.DefValue {
		if err := flag.Set(f.Name, seed); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, property)
}
