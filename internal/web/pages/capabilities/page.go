// Package capabilities is the catalogue of capabilities.
package capabilities

import (
	"embed"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "capabilities",
		Files: files,
		Menu: ui.Link{
			Group: ui.Create,
			Path:  "/capabilities",
			Name:  "Capabilities",
			Icon:  "sparkles",
			Keys:  "c",
			Phone: "Create",
		},
		Routes: []ui.Route{{Pattern: "GET /capabilities", Handle: p.show}},
	}
}

type view struct {
	ui.Shell
	Groups []group
}

type group struct {
	Label string
	List  []row
}

type row struct {
	domain.Capability
	Price string
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	sh, err := p.Shell(w, r, "/capabilities", "Capabilities")
	if err != nil {
		return err
	}
	caps, err := p.Engine.Work.Capabilities(r.Context(), work.ListCapabilities{IncludeBeta: true})
	if err != nil {
		return err
	}
	v := view{Shell: sh}
	for _, cat := range domain.Categories() {
		g := group{Label: cat.Label()}
		for _, c := range caps {
			if c.Category == cat {
				g.List = append(g.List, row{c, ui.PriceOf(c, sh.Composer)})
			}
		}
		if len(g.List) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return p.Render(w, r, http.StatusOK, "capabilities", v)
}
