package board_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
	"vellocity/internal/web/webtest"
)

// fill puts n items of some 600 words into the columns.
func fill(b *testing.B, p *webtest.Person, n int) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	ctx := p.Context()
	for done := 0; done < n; {
		webtest.No(b, p.App.Store.InTx(ctx, func(tx *store.Tx) error {
			for range 250 {
				var text strings.Builder
				for range 600 {
					k := int(r.ExpFloat64() * 400)
					fmt.Fprintf(&text, "%c%cord%d ", 'a'+rune(k%23), 'a'+rune(k%7), k)
				}
				c, err := item.Create(ctx, tx, domain.ContentItem{
					WorkspaceID: p.Workspace.ID, Title: fmt.Sprintf("Post number %d", done), Body: text.String(),
					Type: domain.ContentBlog, Origin: domain.ComposerOrigin(),
				}, json.RawMessage(`{}`))
				if err != nil {
					return err
				}
				if _, err := item.Move(ctx, tx, c, domain.ItemStatuses()[done%3], item.Top, ""); err != nil {
					return err
				}
				done++
			}
			return nil
		}))
	}
}

// BenchmarkBoard measures the page, a search and what a page fetches after a move, with
// 10,000 items.
func BenchmarkBoard(b *testing.B) {
	p := webtest.Start(b)
	fill(b, p, 10_000)
	for name, path := range map[string]string{
		"page":        "/board",
		"type":        "/board?type=blog_post",
		"one word":    "/board?q=fford1000",
		"two letters": "/board?q=aa",
		"one letter":  "/board?q=a",
		"two words":   "/board?q=fford1000+post",
		"title":       "/board?q=post+number+777",
		"changes":     "/board/changes?ids=1,2,3",
		"palette":     "/find?q=number+77",
	} {
		b.Run(name, func(b *testing.B) {
			size := 0
			for b.Loop() {
				r := p.Get(path)
				if size = len(r.Body); r.Status != 200 {
					b.Fatal(r.Status, r.Body)
				}
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
