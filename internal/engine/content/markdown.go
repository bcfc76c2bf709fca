package content

import "vellocity/internal/markdown"

// RenderMarkdown turns Markdown into sanitized HTML: the same for export, publication
// and feed. Images of other hosts are in it.
func (v *Verbs) RenderMarkdown(md string) string { return markdown.HTML(md) }

// PreviewMarkdown turns Markdown into what [Verbs.RenderMarkdown] makes of it, for our
// own pages: nothing is fetched from other hosts, so images there are links.
func (v *Verbs) PreviewMarkdown(md string) string { return markdown.Preview(md) }
