package web

import (
	"net/http"

	"vellocity/internal/domain"
)

// voicesPage lists the brand voices.
type voicesPage struct {
	Shell
	Voices []domain.BrandVoice
}

func (s *Site) voices(w http.ResponseWriter, r *http.Request) error {
	sh, err := s.shell(w, r, "/brand-voices", "Brand voices")
	if err != nil {
		return err
	}
	list, err := s.engine.Voices(r.Context(), domain.Page{Number: 1, Size: 100})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "voices", voicesPage{sh, list.Items})
}
