package web

import (
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// capabilitiesPage is the catalogue.
type capabilitiesPage struct {
	Shell
	Groups []capabilityGroup
	Total  int
}

type capabilityGroup struct {
	Category domain.Category
	Label    string
	List     []capabilityRow
}

type capabilityRow struct {
	domain.Capability
	Price string
}

func (s *Site) capabilities(w http.ResponseWriter, r *http.Request) error {
	sh, err := s.shell(w, r, "/capabilities", "Capabilities")
	if err != nil {
		return err
	}
	caps, err := s.engine.Capabilities(r.Context(), engine.ListCapabilities{IncludeBeta: true})
	if err != nil {
		return err
	}
	page := capabilitiesPage{Shell: sh, Total: len(caps)}
	for _, cat := range domain.Categories() {
		g := capabilityGroup{Category: cat, Label: cat.Label()}
		for _, c := range caps {
			if c.Category == cat {
				g.List = append(g.List, capabilityRow{c, priceOf(c, sh.Composer)})
			}
		}
		if len(g.List) > 0 {
			page.Groups = append(page.Groups, g)
		}
	}
	return s.render(w, r, http.StatusOK, "capabilities", page)
}

// priceOf says what a run will cost with what writes text now.
func priceOf(c domain.Capability, composer bool) string {
	if !c.RequiresCredits() {
		return "free"
	}
	if composer {
		return "0 credits (no model)"
	}
	return plural(c.Credits, "credit", "credits")
}
