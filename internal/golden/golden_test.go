package golden

import "testing"

func TestDifference(t *testing.T) {
	for _, c := range []struct{ want, got, says string }{
		{"a\nb\n", "a\nc\n", "Line 2:\nwant b\ngot  c"},
		{"a", "a\nb", "Line 2 is new:\nb"},
		{"a\nb", "a", "Line 2 is gone:\nb"},
		{"a", "a", ""},
	} {
		if got := difference(c.want, c.got); got != c.says {
			t.Errorf("%q and %q: %q, want %q", c.want, c.got, got, c.says)
		}
	}
}
