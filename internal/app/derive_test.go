package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/app"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/store"
)

// dearer are the settings of a refresh with a new fact.
const dearer = `{"content_id":ITEM,"facts":["The plan costs €59 per month"]}`

const bakery = "We moved our orders to a shared inbox on 4 May.\n\nThe plan costs €49 per month."

func runs(k *enginetest.Kit, slug, settings string, item int64) (domain.Execution, error) {
	raw := strings.ReplaceAll(settings, "ITEM", jsonOf(item))
	started, err := k.Work.Execute(k.Ctx(), work.Execute{Capability: slug, Settings: json.RawMessage(raw)})
	if err != nil {
		return domain.Execution{}, err
	}
	return k.Ended(started.Execution.ID, domain.ExecutionCompleted), nil
}

func item(k *enginetest.Kit, id int64) (c domain.ContentItem) {
	k.T.Helper()
	k.Do(func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = tx.Content(ctx, k.Ours.ID, id)
		return err
	})
	return c
}

// TestARefreshKeepsTheRulesOfVersions: a new version takes an approved item back to review,
// and what is published stays as it is.
func TestARefreshKeepsTheRulesOfVersions(t *testing.T) {
	config := enginetest.Config{Capabilities: app.Capabilities()}
	enginetest.Each(t, config, func(k *enginetest.Kit) {
		approved := k.Item(k.Ctx(), "What it costs", bakery)
		published := k.Item(k.Ctx(), "What it costs there", bakery)
		for _, m := range []content.Move{
			{ID: approved.ID, To: domain.ItemReady}, {ID: published.ID, To: domain.ItemReady}, {ID: published.ID, To: domain.ItemPublished},
		} {
			if _, err := k.Content.Move(k.Ctx(), m); err != nil {
				t.Fatal(err)
			}
		}
		for _, id := range []int64{approved.ID, published.ID} {
			if _, err := runs(k, "refresh-content", dearer, id); err != nil {
				t.Fatal(err)
			}
		}
		a, p := item(k, approved.ID), item(k, published.ID)
		if a.Version != 2 || a.Status != domain.ItemReview || !strings.Contains(a.Body, "€59") || len(a.NeedsInput) == 0 {
			t.Errorf("approved: %+v", a)
		}
		if p.Version != 2 || p.Status != domain.ItemPublished || p.PublishedVersion != 1 {
			t.Errorf("published: %+v", p)
		}
		if n := k.Count("select count(*) from content"); n != 2 {
			t.Errorf("%d items", n)
		}
	})
}

// TestWhatAModelRewritesIsMarked: an item that a person wrote and a model has rewritten is a model's.
func TestWhatAModelRewritesIsMarked(t *testing.T) {
	m := aitest.NewServer(
		aitest.Always(aitest.Text("We moved our orders to a shared inbox on 4 May.\n\nThe plan costs €59 per month.")),
	)
	t.Cleanup(m.Close)
	config := enginetest.Config{Capabilities: app.Capabilities(), Provider: m}
	enginetest.Each(t, config, func(k *enginetest.Kit) {
		made, err := k.Content.CreateItem(k.Ctx(), content.CreateItem{Title: "What it costs", Body: bakery, Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := runs(k, "refresh-content", dearer, made.ID); err != nil {
			t.Fatal(err)
		}
		if c := item(k, made.ID); !c.Origin.AI || c.Edited || c.Version != 2 || len(domain.Blockers(c.Findings)) != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// TestDerivedItemsNameTheirSource: what is made from an item says so, and rests on its text.
func TestDerivedItemsNameTheirSource(t *testing.T) {
	config := enginetest.Config{Capabilities: app.Capabilities()}
	enginetest.Each(t, config, func(k *enginetest.Kit) {
		from := k.Item(k.Ctx(), "How it helped our bakery", bakery)
		if _, err := runs(k, "repurpose-content", `{"content_id":ITEM,"into":["summary","email"]}`, from.ID); err != nil {
			t.Fatal(err)
		}
		if n := k.Count("select count(*) from content_source where source_id = $1 and kind = 'read'", from.ID); n != 2 {
			t.Errorf("%d items name their source", n)
		}
		if n := k.Count("select count(*) from content where id <> $1 and support like '%€49%'", from.ID); n != 2 {
			t.Errorf("%d items rest on the text", n)
		}
	})
}

// TestOnlyAModelTranslates: without one, nothing is stored, held or charged.
func TestOnlyAModelTranslates(t *testing.T) {
	config := enginetest.Config{Capabilities: app.Capabilities()}
	enginetest.Each(t, config, func(k *enginetest.Kit) {
		from, before := k.Item(k.Ctx(), "How it helped our bakery", bakery), k.Credits()
		_, err := runs(k, "translate-content", `{"content_id":ITEM,"language":"de"}`, from.ID)
		if e := domain.AsError(err); e == nil || e.Code != domain.CodeConflict ||
			e.Details["required_extension"] != "model-provider" {
			t.Errorf("%v", err)
		}
		if n := k.Count("select count(*) from execution"); n != 0 || k.Credits() != before {
			t.Errorf("%d executions, credits %+v, not %+v", n, k.Credits(), before)
		}
		plan, err := k.Work.PlanCapability(k.Ctx(), work.Execute{
			Capability: "translate-content", Settings: fmt.Appendf(nil, `{"content_id":%d,"language":"de"}`, from.ID),
		})
		if err != nil || plan.Valid() || !strings.Contains(fmt.Sprint(plan.Faults), "needs a model") {
			t.Errorf("the plan says %v, %v", plan.Faults, err)
		}
		d, err := k.Work.Capability(k.Ctx(), "translate-content")
		if err != nil || len(d.MissingExtensions) != 1 {
			t.Errorf("%v %v", d.MissingExtensions, err)
		}
	})
}
