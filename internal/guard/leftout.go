package guard

import (
	"net/url"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/markdown"
	"vellocity/internal/prose"
)

// mostTags is how many different tags of one text are looked at, and mostNames how many names a message has.
const mostTags, mostNames = 500, 8

// leftOut finds what publication drops: raw HTML that could do harm, and images that readers cannot load.
func leftOut(t *target) []domain.Finding {
	if t.read == nil || t.Channel != "" {
		return nil
	}
	var out []domain.Finding
	if names, places := droppedTags(t); len(places) > 0 {
		out = append(out, finding(t.Text, domain.SeverityInfo, "Some HTML is left out when this is published: "+
			listed(names)+". Write it in Markdown, or leave it out yourself.", places, shortened))
	}
	var images, unknown []string
	for _, i := range t.read.Images {
		if id, ok := domain.ParseImageRef(i.URL); ok {
			if !slices.Contains(t.Images, id) {
				unknown = append(unknown, i.URL)
			}
			continue
		}
		u, err := url.Parse(i.URL)
		if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
			images = append(images, "“"+shortened(i.Text)+"”")
		}
	}
	if len(images) > 0 {
		out = append(out, domain.Finding{Severity: domain.SeverityInfo, Message: "Readers see only the description of some " +
			"images: " + listed(images) + ". Use a web address (https), or add the image to the item and name it by its id, " +
			"as " + domain.ImageRef(31) + "."})
	}
	if len(unknown) > 0 {
		out = append(out, domain.Finding{Severity: domain.SeverityWarning, Message: "The text names images that the item " +
			"does not have: " + listed(unknown) + ". Add each to the item, or remove it from the text: readers see only " +
			"its description."})
	}
	return out
}

func droppedTags(t *target) (names []string, places []prose.Range) {
	known := map[string][]string{}
	for _, tag := range t.read.Tags {
		text := t.Text[tag[0]:min(tag[1], tag[0]+1000)]
		dropped, seen := known[text]
		if !seen {
			if len(known) >= mostTags {
				continue
			}
			dropped = markdown.Dropped(strings.TrimSuffix(text, ">"))
			known[text] = dropped
		}
		if len(dropped) > 0 {
			names = append(names, dropped...)
			places = append(places, prose.Range{Start: tag[0], End: tag[1]})
		}
	}
	return names, places
}

// listed returns different names in order; not all of very many.
func listed(names []string) string {
	slices.Sort(names)
	names = slices.Compact(names)
	if n := len(names); n > mostNames {
		names = append(slices.Clone(names[:mostNames]), "and others")
	}
	return strings.Join(names, ", ")
}
