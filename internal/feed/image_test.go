package feed

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
)

func TestCoversInEveryForm(t *testing.T) {
	i := item(func(i *content.FeedItem) {
		i.Images = []domain.ItemImage{
			{ImageID: 1, Role: domain.ImageInline, AltText: "Inline", Sum: "cd", Format: domain.ImagePNG},
			{
				ImageID: 2, Role: domain.ImageCover, AltText: `A "cup" & <saucer>`, Caption: "By us", Sum: "ab",
				Format: domain.ImageWebP, Width: 4, Height: 3, Bytes: 12,
			},
		}
		i.HTML = `<p><img src="../images/cd.png" alt="Inline"></p>`
	})
	const at = base + "/images/ab.webp"
	rss, err := xml.Marshal(rssOf(content.Feed{Items: []content.FeedItem{i}}, base))
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := itemPage.Execute(&page, pageOf(base, i)); err != nil {
		t.Fatal(err)
	}
	entry, err := json.Marshal(entry(base, i))
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []struct {
		name, text string
		want       []string
	}{
		{"RSS", string(rss), []string{
			`<enclosure url="` + at + `" length="12" type="image/webp">`,
			`<media:content url="` + at + `" type="image/webp" medium="image" width="4" height="3">`,
			`<media:description>A &#34;cup&#34; &amp; &lt;saucer&gt;</media:description>`,
			`xmlns:media="http://search.yahoo.com/mrss/"`, base + "/images/cd.png",
		}},
		{"JSON Feed", string(entry), []string{
			`"image":"` + at + `"`, `"banner_image":"` + at + `"`, `"caption":"By us"`, base + "/images/cd.png",
		}},
		{"page", page.String(), []string{
			`<meta property="og:image" content="` + at + `">`, `<figure><img src="` + at + `" alt="A &#34;cup&#34; &amp; &lt;saucer&gt;"`,
			"<figcaption>By us</figcaption>", `<meta name="twitter:card"`, `<img src="../images/cd.png" alt="Inline">`,
		}},
	} {
		for _, want := range form.want {
			if !strings.Contains(form.text, want) {
				t.Errorf("%s lacks %s:\n%s", form.name, want, form.text)
			}
		}
	}
	plain := item(func(*content.FeedItem) {})
	rss, _ = xml.Marshal(rssOf(content.Feed{Items: []content.FeedItem{plain}}, base))
	if strings.Contains(string(rss), "enclosure") || strings.Contains(string(rss), "media:content") {
		t.Errorf("without a cover: %s", rss)
	}
}
