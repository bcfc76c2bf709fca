package content

import (
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/markdown"
)

// RenderMarkdown turns Markdown into sanitized HTML: the same for export, publication
// and feed. Images of other hosts are in it.
func (v *Verbs) RenderMarkdown(md string) string { return markdown.HTML(md) }

// PreviewMarkdown turns Markdown into what [Verbs.RenderMarkdown] makes of it, for our
// own pages: nothing is fetched from other hosts, so images there are links.
func (v *Verbs) PreviewMarkdown(md string) string { return markdown.Preview(md) }

// PreviewItem is [Verbs.PreviewMarkdown] of a text with the images of an item, which stand at the
// addresses that only those who are signed in can read.
func (v *Verbs) PreviewItem(md string, images []domain.ItemImage) string {
	return markdown.PreviewWith(md, resolve(images, ownImage))
}

// ownImage is the path of an image for those who are signed in.
func ownImage(i domain.ItemImage) string { return fmt.Sprintf("/images/%d/file", i.ImageID) }

// RenderText turns a text with its images into sanitized HTML. address says where an image is; where
// it is empty, readers get the alt text.
func RenderText(md string, images []domain.ItemImage, address func(domain.ItemImage) string) string {
	return markdown.HTMLWith(md, resolve(images, address))
}

// Render turns the text of an item into sanitized HTML as the feed shows it.
func Render(c domain.ContentItem) string { return RenderText(c.Body, c.Images, FeedImage) }

// FeedImage is the address of an image on the page of a published item, relative to that page: so it holds
// whatever the workspace and the server are called.
func FeedImage(i domain.ItemImage) string { return "../images/" + i.File() }

// FeedImagePath is the path of an image of a published item in a workspace's feed.
func FeedImagePath(workspace string, i domain.ItemImage) string {
	return FeedPath(workspace) + "/images/" + i.File()
}

// ImageURL returns where the public feed of a workspace shows an image, for a server at this address; empty
// where the address is not known or the feed is off.
func ImageURL(publicURL string) func(w domain.Workspace, i domain.ItemImage) string {
	return func(w domain.Workspace, i domain.ItemImage) string {
		if publicURL == "" || !w.FeedEnabled {
			return ""
		}
		return publicURL + FeedImagePath(w.Slug, i)
	}
}

func resolve(images []domain.ItemImage, address func(domain.ItemImage) string) markdown.Resolve {
	return func(at string) (markdown.Image, bool) {
		id, ok := domain.ParseImageRef(at)
		n := domain.ImageByID(images, id)
		if !ok || n < 0 {
			return markdown.Image{}, false
		}
		i := images[n]
		return markdown.Image{Address: address(i), Alt: i.AltText, Caption: i.Caption}, true
	}
}
