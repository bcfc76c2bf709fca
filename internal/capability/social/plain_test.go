package social

import "testing"

func TestPlain(t *testing.T) {
	for name, c := range map[string]struct {
		post string
		most int
		want string
	}{
		"nothing to do":      {"Open at 6:30 from Monday.", 0, "Open at 6:30 from Monday."},
		"bold":               {"**Open** at __6:30__.", 0, "Open at 6:30."},
		"a heading":          {"# News\n\nWe open.", 1, "News\n\nWe open."},
		"none allowed":       {"We open.\n\n#Bakery #Bread", 0, "We open."},
		"some allowed":       {"We open.\n\n#Bakery #Bread #News", 2, "We open.\n\n#Bakery #Bread"},
		"inside a sentence":  {"The #bakery opens on Monday.", 0, "The bakery opens on Monday."},
		"the sentence's end": {"Try our new #bread", 0, "Try our new bread"},
		"numbers are no tag": {"We are #1 in the street.", 0, "We are #1 in the street."},
		"other scripts":      {"開店です。\n\n#パン #店", 1, "開店です。\n\n#パン"},
	} {
		if got := plain(c.post, c.most); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
