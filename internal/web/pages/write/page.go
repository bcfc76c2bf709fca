// Package write is the gallery of writer templates, by category, with a person's favorites.
package write

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const path = "/write"

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "write",
		Files: files,
		Menu:  ui.Link{Group: ui.Create, Path: path, Name: "Write", Icon: "pencil", Keys: "g w"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path + "/favorites", Handle: p.mark},
		},
	}
}

type view struct {
	ui.Shell
	Groups  []group
	Refused int // templates that need a model, where none is connected
}

// group is the templates of one kind.
type group struct {
	Name, Label string
	List        []studio.WriterTemplate
}

// show groups the templates: a person's favorites, the workspace's own, then each category.
func (p page) show(w http.ResponseWriter, r *http.Request) (err error) {
	var v view
	if v.Shell, err = p.Shell(w, r, path, "Write"); err != nil {
		return err
	}
	all, err := p.Engine.Studio.WriterTemplates(r.Context(), studio.ListWriterTemplates{})
	if err != nil {
		return err
	}
	marked, own := group{Name: "favorites", Label: "Favorites"}, group{Name: "own", Label: "Your templates"}
	by := map[domain.WriterCategory][]studio.WriterTemplate{}
	for _, t := range all {
		if t.Refused {
			v.Refused++
		}
		if t.Favorite {
			marked.List = append(marked.List, t)
		}
		if t.IsBuiltin {
			by[t.Category] = append(by[t.Category], t)
		} else {
			own.List = append(own.List, t)
		}
	}
	v.Groups = []group{marked, own}
	for _, c := range domain.WriterCategories() {
		v.Groups = append(v.Groups, group{string(c), c.Label(), by[c]})
	}
	return p.Render(w, r, http.StatusOK, "write", v)
}

// mark adds a template to the person's favorites, or removes it.
func (p page) mark(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PostForm.Get("template"), 10, 64)
	if err != nil {
		return domain.NotFound("Template")
	}
	change := p.Engine.Studio.AddWriterFavorite
	if r.PostForm.Get("favorite") == "false" {
		change = p.Engine.Studio.RemoveWriterFavorite
	}
	out, err := ui.Once(r, func(ctx context.Context) ([]int64, error) { return change(ctx, id) },
		func([]int64) ui.Outcome { return ui.Outcome{Path: path + "#t" + strconv.FormatInt(id, 10)} })
	if err != nil && domain.CodeOf(err) != domain.CodeNotFound { // no mark is there to remove
		return p.Refuse(w, r, path, err)
	}
	if out.Path == "" {
		out.Path = path
	}
	return p.Finish(w, r, out)
}
