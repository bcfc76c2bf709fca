package content

import (
	"bytes"
	"net/url"
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"

	mdtext "vellocity/internal/markdown"
)

// markdown renders text that need not be trusted: raw HTML is left out, and what
// remains is sanitized.
var markdown = sync.OnceValues(func() (goldmark.Markdown, *bluemonday.Policy) {
	policy := bluemonday.UGCPolicy()
	policy.RequireNoFollowOnFullyQualifiedLinks(true)
	policy.RequireNoReferrerOnFullyQualifiedLinks(true)
	policy.AllowURLSchemes("http", "https", "mailto")
	// A remote image would show its server who reads; only our own are allowed.
	policy.RewriteSrc(func(u *url.URL) {
		if u.Scheme != "" || u.Host != "" || !ownImage.MatchString(u.Path) {
			*u = url.URL{}
		}
	})
	return mdtext.New(), policy
})

var ownImage = regexp.MustCompile(`^/[^/\\]`)

// RenderMarkdown turns Markdown into sanitized HTML: the same for preview, export,
// publication and feed.
func (v *Verbs) RenderMarkdown(md string) string {
	gm, policy := markdown()
	var out bytes.Buffer
	if err := gm.Convert([]byte(md), &out); err != nil {
		return ""
	}
	return string(policy.SanitizeBytes(out.Bytes()))
}
