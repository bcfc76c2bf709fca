package brandvoice

import (
	"context"
	"reflect"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
)

// version is one line of the versions.
type version struct {
	N       int
	Author  string
	Machine bool
	At      time.Time
	What    string // what changed since the one before
}

// versionsShown is how many versions the page lists.
const versionsShown = 20

// versions returns the newest versions, and how the sample texts stand to the newest of them.
func (p page) versions(ctx context.Context, id int64) (list []version, samples []checkedSample, err error) {
	l, err := p.Engine.Content.BrandVoiceVersions(ctx, content.ListBrandVoiceVersions{
		ID: id, Page: domain.Page{Number: 1, Size: versionsShown + 1},
	})
	if err != nil {
		return nil, nil, err
	}
	for i, v := range l.Items {
		if i == versionsShown {
			break
		}
		x := version{N: v.Version, Author: v.Author, Machine: v.AuthorKind == domain.ActorSystem, At: v.At}
		switch {
		case i+1 < len(l.Items):
			x.What = changes(l.Items[i+1].BrandVoice, v.BrandVoice)
		case v.Version == 1:
			x.What = "Created"
		}
		list = append(list, x)
	}
	switch len(l.Items) {
	case 0:
	case 1:
		samples = checkSamples(l.Items[0].BrandVoice, nil)
	default:
		samples = checkSamples(l.Items[0].BrandVoice, &l.Items[1].BrandVoice)
	}
	return list, samples, nil
}

// changes names what is different between two states: "Tone, banned terms".
func changes(a, b domain.BrandVoice) string {
	var names []string
	for _, f := range []struct {
		name string
		a, b any
	}{
		{"name", a.Name, b.Name}, {"description", a.Description, b.Description}, {"tone", a.Tone, b.Tone},
		{"audience", a.Audience, b.Audience}, {"do", a.Do, b.Do}, {"don’t", a.Dont, b.Dont},
		{"preferred terms", a.PreferredTerms, b.PreferredTerms}, {"banned terms", a.BannedTerms, b.BannedTerms},
		{"sample texts", a.SampleTexts, b.SampleTexts}, {"language", a.Language, b.Language},
		{"reading level", a.ReadingLevel, b.ReadingLevel},
	} {
		if !reflect.DeepEqual(f.a, f.b) {
			names = append(names, f.name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Changed " + strings.Join(names, ", ")
}
