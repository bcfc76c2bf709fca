package execution_test

import (
	"encoding/json"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/capability"
	"vellocity/internal/capability/product"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/verb"
)

// describe has a product described from sources.
func describe(k *enginetest.Kit, settings map[string]any) (work.Started, error) {
	settings["name"] = "Refunds of the shop"
	raw, err := json.Marshal(settings)
	if err != nil {
		k.T.Fatal(err)
	}
	return k.Work.Execute(k.Ctx(), work.Execute{Capability: product.Slug, Settings: raw})
}

type rests struct {
	Citations []struct {
		SourceID int64 `json:"source_id"`
		Version  int
		Start    int
		End      int
		Quote    string
		Sentence string
	}
}

func restsOn(k *enginetest.Kit, x domain.Execution) (content.ItemDetails, rests) {
	k.T.Helper()
	d := details(k, x.ID)
	if len(d.Items) != 1 {
		k.T.Fatalf("%d items", len(d.Items))
	}
	c := itemOf(k, d.Items[0].ID)
	var r rests
	if err := json.Unmarshal(c.Provenance, &r); err != nil {
		k.T.Fatal(err)
	}
	return c, r
}

func source(k *enginetest.Kit, title, text string) domain.Source {
	k.T.Helper()
	s, err := k.Content.CreateSource(k.Ctx(), content.CreateSource{Title: title, Text: text})
	if err != nil {
		k.T.Fatal(err)
	}
	return s
}

func marked() aitest.Script {
	return aitest.Always(aitest.Text(
		`{"summary":"How refunds work [S1].","text":"You get the money back. Refunds take five working days [S1]. The moon is made of cheese [S2]."}`))
}

// An item says which of its sentences rests on which words of which source; figures of sources are no invention; and a
// redo reads the words that the execution read, whatever became of the source since.
func TestTextsRestOnSources(t *testing.T) {
	c := enginetest.Config{Provider: server(t, marked()), Capabilities: []capability.Capability{product.New()}}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		s := source(k, "Returns", "# Refunds\n\nRefunds take five working days. Nobody pays postage of 17 euros.")
		source(k, "Garden", "Cover the beds before the first frost.")
		for name, settings := range map[string]map[string]any{
			"named": {"source_ids": []int64{s.ID}}, "found": {"find_sources": true},
		} {
			st, err := describe(k, settings)
			if err != nil {
				t.Fatal(err)
			}
			x := k.Ended(st.Execution.ID, domain.ExecutionCompleted)
			item, r := restsOn(k, x)
			if len(r.Citations) != 1 || r.Citations[0].SourceID != s.ID || r.Citations[0].Version != 1 ||
				r.Citations[0].Quote != "Refunds take five working days." || strings.Contains(item.Body, "[S") {
				t.Fatalf("%s: %+v of %q", name, r, item.Body)
			}
			if at := r.Citations[0]; string([]rune(s.Body)[at.Start:at.End]) != at.Quote {
				t.Errorf("%s: the quote is not there: %+v", name, at)
			}
			if !strings.Contains(strings.Join(item.Support.Brief, "\n"), "17 euros") {
				t.Errorf("%s: later checks do not know the source: %q", name, item.Support.Brief)
			}
		}
	})
}

func TestARedoReadsTheWordsThatWereRead(t *testing.T) {
	c := enginetest.Config{Provider: server(t, marked()), Capabilities: []capability.Capability{product.New()}}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		s := source(k, "Returns", "Refunds take five working days.")
		st, err := describe(k, map[string]any{"source_ids": []int64{s.ID}})
		if err != nil {
			t.Fatal(err)
		}
		first := k.Ended(st.Execution.ID, domain.ExecutionCompleted)
		text := "Refunds take nine working days."
		if _, err := k.Content.EditSource(k.Ctx(), content.EditSource{ID: s.ID, Text: &text}); err != nil {
			t.Fatal(err)
		}
		again := k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: "description"}).ID, domain.ExecutionCompleted)
		if _, r := restsOn(k, again); len(r.Citations) != 1 || r.Citations[0].Version != 1 {
			t.Errorf("after a change: %+v", r)
		}
		if err := k.Content.DeleteSource(k.Ctx(), verb.ID{ID: s.ID}); err != nil {
			t.Fatal(err)
		}
		again = k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: "description"}).ID, domain.ExecutionCompleted)
		if _, r := restsOn(k, again); len(r.Citations) != 1 || r.Citations[0].Quote != "Refunds take five working days." {
			t.Errorf("after it was deleted: %+v", r)
		}
		// The step that finds passages looks again, and says what is gone.
		gone := k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: "sources"}).ID, domain.ExecutionFailed)
		if !strings.Contains(gone.Error, "source") {
			t.Errorf("%q", gone.Error)
		}
	})
}

// What is not the workspace's own is unknown, by its number as in a search.
func TestNoOtherWorkspacesSourcesAreRead(t *testing.T) {
	c := enginetest.Config{Provider: server(t, marked()), Capabilities: []capability.Capability{product.New()}}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		theirs, err := k.Content.CreateSource(enginetest.As(k.Theirs.ID, domain.RoleOwner),
			content.CreateSource{Title: "Refunds", Text: "Refunds of the shop take five working days."})
		if err != nil {
			t.Fatal(err)
		}
		_, err = describe(k, map[string]any{"source_ids": []int64{theirs.ID, 4_711}})
		if e := domain.AsError(err); e.Code != domain.CodeValidation || len(e.Fields["settings.source_ids"]) != 2 {
			t.Errorf("%v", err)
		}
		st, err := describe(k, map[string]any{"find_sources": true})
		if err != nil {
			t.Fatal(err)
		}
		x := k.Ended(st.Execution.ID, domain.ExecutionCompleted)
		if item, _ := restsOn(k, x); strings.Contains(strings.Join(item.Support.Brief, " "), "five working days") {
			t.Errorf("%q", item.Support.Brief)
		}
	})
}
