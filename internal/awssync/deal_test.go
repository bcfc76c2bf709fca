package awssync

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
	"vellocity/internal/proptest"
)

// drawn is JSON of any shape, to a depth, with the names that we know among others.
func drawn(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		if depth == 0 {
			kind %= 4
		}
		switch kind {
		case 0:
			return rapid.String().Draw(t, "text")
		case 1:
			return json.Number(rapid.StringMatching(`[1-9][0-9]{0,24}`).Draw(t, "number"))
		case 2:
			return rapid.Bool().Draw(t, "bool")
		case 3:
			return nil
		case 4:
			return rapid.SliceOfN(drawn(depth-1), 0, 3).Draw(t, "list")
		}
		name := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"Project", "Customer", "Account", "Address", "LifeCycle", "Title", "ExpectedCustomerSpend", "Amount", "Stage",
			"NextSteps", "CompanyName", "OpportunityType",
		}))
		return rapid.MapOfN(name, drawn(depth-1), 0, 5).Draw(t, "map")
	})
}

func clone(r aws.Record) aws.Record {
	var copied func(v any) any
	copied = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			m := map[string]any{}
			for name, inner := range v {
				m[name] = copied(inner)
			}
			return m
		case []any:
			list := []any{}
			for _, inner := range v {
				list = append(list, copied(inner))
			}
			return list
		}
		return v
	}
	return copied(map[string]any(r)).(map[string]any)
}

// A field that is written into any record is there, and all that has another place is as it was.
func TestWritingFieldsLosesNothing(t *testing.T) {
	names := slices.Sorted(maps.Keys(where))
	proptest.Check(t, func(t *rapid.T) {
		r := aws.Record(rapid.MapOfN(rapid.SampledFrom([]string{
			"Project", "Customer", "LifeCycle", "OpportunityType", "Marketing", "Other",
		}), drawn(3), 0, 6).Draw(t, "record"))
		name := rapid.SampledFrom(names).Draw(t, "field")
		text := rapid.StringMatching(`[a-z]{0,8}`).Draw(t, "text")
		now := clone(r)
		writeDeal(now, domain.DealFields{name: text})
		if got := textAt(now, where[name]...); got != text {
			t.Fatalf("%s is %q; want %q", name, got, text)
		}
		// without the field, both are the same, but for the places that had to be made for it
		drop(r, where[name])
		drop(now, where[name])
		if !reflect.DeepEqual(map[string]any(r), map[string]any(now)) {
			t.Fatalf("%v\nwas %v", now, r)
		}
	})
}

// drop removes a field, with the places around it that are empty or no places.
func drop(m map[string]any, path []string) {
	if len(path) == 1 {
		delete(m, path[0])
		return
	}
	inner, ok := m[path[0]].(map[string]any)
	if ok {
		drop(inner, path[1:])
	}
	if len(inner) == 0 {
		delete(m, path[0])
	}
}

// Whatever AWS sends is read without a fault, and what was read once is read again after it was written.
func TestReadingAnyRecord(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		r := aws.Record(rapid.MapOf(rapid.SampledFrom([]string{
			"LastModifiedDate", "Project", "Customer", "LifeCycle", "OpportunityType",
		}), drawn(3)).Draw(t, "record"))
		r["Id"] = "O1"
		putText(r, "Qualified", "LifeCycle", "Stage")
		d := readDeal(r)
		if d.why != "" { // a currency that is not known
			return
		}
		again := clone(r)
		writeDeal(again, d.fields)
		if got := readDeal(again); !reflect.DeepEqual(got.fields, d.fields) {
			t.Fatalf("%v\nthen %v", d.fields, got.fields)
		}
	})
}

func TestValuesOfAWS(t *testing.T) {
	for _, tc := range []struct{ amount, code, want, why string }{
		{"12000.5", "USD", "12000.50 USD", ""}, {"12000.5000", "USD", "12000.50 USD", ""}, {"500000", "JPY", "500000 JPY", ""},
		{"500000.00", "JPY", "500000 JPY", ""}, {"1.234", "USD", "", ""}, {"-5", "USD", "", ""}, {"", "EUR", "", ""},
		{"5", "ZZZ", "", "not known"}, {"5", "usd", "", "not known"}, {"5", "", "", "not known"},
	} {
		r := aws.Record{"Project": map[string]any{"ExpectedCustomerSpend": []any{
			map[string]any{"Amount": tc.amount, "CurrencyCode": tc.code},
		}}}
		if got, why := valueOf(r); got != tc.want || (why != "") != (tc.why != "") {
			t.Errorf("%s %s is %q, %q", tc.amount, tc.code, got, why)
		}
	}
}

func TestTimesOfAWSAreCompared(t *testing.T) {
	for _, tc := range []struct {
		at, than string
		want     bool
	}{
		{"2026-03-01T00:00:00Z", "", true}, {"2026-03-01T00:00:00.5Z", "2026-03-01T00:00:00.123456Z", true},
		{"2026-03-01T00:00:00Z", "2026-03-01T00:00:00.000Z", false}, {"", "2026-03-01T00:00:00Z", false}, {"", "", false},
	} {
		if got := later(tc.at, tc.than); got != tc.want {
			t.Errorf("%q after %q: %v", tc.at, tc.than, got)
		}
	}
}
