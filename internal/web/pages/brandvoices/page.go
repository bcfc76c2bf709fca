// Package brandvoices is the list of brand voices, with the rules of each.
package brandvoices

import (
	"embed"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "brandvoices",
		Files: files,
		Menu: ui.Link{
			Group: ui.Manage,
			Path:  "/brand-voices",
			Name:  "Brand voices",
			Icon:  "megaphone",
			Keys:  "g v",
		},
		Routes: []ui.Route{{Pattern: "GET /brand-voices", Handle: p.show}},
	}
}

type view struct {
	ui.Shell
	BrandVoices []domain.BrandVoice
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	sh, err := p.Shell(w, r, "/brand-voices", "Brand voices")
	if err != nil {
		return err
	}
	list, err := p.Engine.Content.BrandVoices(r.Context(), domain.Page{Number: 1, Size: domain.MostBrandVoices})
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "brandvoices", view{sh, list.Items})
}
