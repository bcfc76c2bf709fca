package studio_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/studio"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

const rain = "The rain saved 12% of the water. The beds — all of them — stayed wet.\n\nNobody complained about it."

// rewriting asks for other words for the first sentence of an item.
func rewriting(c domain.ContentItem) studio.RewritePassage {
	return studio.RewritePassage{
		ContentID: c.ID, Passage: domain.Passage{End: 32}, Version: c.Version, Action: domain.RewriteAgain,
	}
}

// A suggestion is written with the text around the passage and in the item's voice; the item stays as it is, and the
// lists of texts do not have it.
func TestAPassageIsRewrittenAndTheItemStays(t *testing.T) {
	m := server(t, aitest.Always(aitest.Text("Rain saved 12% of ", "the water.")))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "Rain", rain)
		revision := k.Count("select revision from content where id = $1", c.ID)
		in := rewriting(c)
		in.Start, in.End, in.Tone, in.Action = 0, 32, "Friendly", domain.RewriteTone
		in.Instruction = "Say it to gardeners."
		id, err := k.Studio.RewritePassage(k.Ctx(), in)
		must(k, err)
		got, err := k.Studio.WaitGeneratedText(k.Ctx(), id)
		must(k, err)
		if got.Text != "Rain saved 12% of the water." || got.Credits != 1 || len(got.Results) != 1 ||
			len(got.Results[0].Findings) != 0 {
			t.Errorf("%+v", got)
		}
		calls := m.Calls()
		asked := calls[len(calls)-1].Prompt + calls[len(calls)-1].System
		for _, want := range []string{"The rain saved 12%", "Nobody complained", "Friendly", "Say it to gardeners."} {
			if !strings.Contains(asked, want) {
				t.Errorf("the model does not read %q: %s", want, asked)
			}
		}
		if k.Count("select revision from content where id = $1", c.ID) != revision {
			t.Error("the item has changed")
		}
		list, err := k.Studio.Outputs(k.Ctx(), studio.ListOutputs{All: true, Page: enginetest.FirstPage()})
		must(k, err)
		for _, o := range list.Items {
			if o.ID == id {
				t.Error("the list of texts has a suggestion")
			}
		}
		if b := k.Credits(); b.Held != 0 || b.Balance != 9_999 {
			t.Errorf("balance %+v", b)
		}
	})
}

// What a model makes up is found before anybody accepts it; what the rest of the item says is no invention.
func TestASuggestionIsChecked(t *testing.T) {
	m := server(t, aitest.Always(aitest.Text("It kept 12% of the water", " and 47% of the soil.")))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		in := rewriting(k.Item(k.Ctx(), "Rain", rain))
		in.Start, in.End = 33, 69 // a sentence without a figure
		id, err := k.Studio.RewritePassage(k.Ctx(), in)
		must(k, err)
		got, err := k.Studio.WaitGeneratedText(k.Ctx(), id)
		must(k, err)
		found := ""
		for _, f := range got.Results[0].Findings {
			for _, m := range f.Matches {
				found += m.Text + ";"
			}
		}
		if !strings.Contains(found, "47%") || strings.Contains(found, "12%") {
			t.Errorf("found in %q: %q", got.Text, found)
		}
	})
}

// The brand voice and the language are those of the item; one that was deleted is no fault.
func TestAPassageKeepsTheItemsVoice(t *testing.T) {
	m := server(t, aitest.Always(aitest.Text("Some words.")))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "Rain", rain)
		var voice domain.BrandVoice
		k.Do(func(ctx context.Context, tx *store.Tx) (err error) {
			voice, err = tx.CreateBrandVoice(ctx, k.Ours.ID, domain.BrandVoice{Name: "Garden plain"})
			return err
		})
		k.Exec("update content set language = 'de', voice_id = " + strconv.FormatInt(voice.ID, 10))
		ask := func() string {
			id, err := k.Studio.RewritePassage(k.Ctx(), rewriting(c))
			must(k, err)
			must(k, second(k.Studio.WaitGeneratedText(k.Ctx(), id)))
			calls := m.Calls()
			return calls[len(calls)-1].System
		}
		if asked := ask(); !strings.Contains(asked, "Garden plain") || !strings.Contains(asked, "Write in German") {
			t.Error(asked)
		}
		must(k, k.Content.DeleteBrandVoice(k.Ctx(), verb.ID{ID: voice.ID}))
		if asked := ask(); strings.Contains(asked, "Garden plain") {
			t.Error(asked)
		}
	})
}

// The places count in the version, or in the text that the caller edits, in code points.
func TestWhereAPassageIs(t *testing.T) {
	m := server(t, aitest.Always(aitest.Text("Some words.")))
	enginetest.Each(t, enginetest.Config{Provider: m, Slots: 100}, func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "Rain", rain)
		long := strings.Repeat("wet ", domain.MostRewritten)
		for name, x := range map[string]struct {
			change func(*studio.RewritePassage)
			field  string
		}{
			"no action":         {func(in *studio.RewritePassage) { in.Action = "" }, "action"},
			"an unknown action": {func(in *studio.RewritePassage) { in.Action = "louder" }, "action"},
			"no tone":           {func(in *studio.RewritePassage) { in.Action = domain.RewriteTone }, "tone"},
			"a long tone":       {func(in *studio.RewritePassage) { in.Tone = long }, "tone"},
			"a long wish":       {func(in *studio.RewritePassage) { in.Instruction = long }, "instruction"},
			"no version":        {func(in *studio.RewritePassage) { in.Version = 0 }, "version"},
			"a later version":   {func(in *studio.RewritePassage) { in.Version = 99 }, "version"},
			"both":              {func(in *studio.RewritePassage) { in.Text = rain }, "version"},
			"a negative start":  {func(in *studio.RewritePassage) { in.Start = -1 }, "start"},
			"nothing":           {func(in *studio.RewritePassage) { in.Start, in.End = 4, 4 }, "end"},
			"backwards":         {func(in *studio.RewritePassage) { in.Start, in.End = 4, 2 }, "end"},
			"past the end":      {func(in *studio.RewritePassage) { in.End = len([]rune(rain)) + 1 }, "end"},
			"white space":       {func(in *studio.RewritePassage) { in.Start, in.End = 69, 71 }, "end"},
			"too long": {func(in *studio.RewritePassage) {
				in.Version, in.Text, in.End = 0, long, domain.MostRewritten+1
			}, "end"},
		} {
			in := rewriting(c)
			x.change(&in)
			if f := faults(k, second(k.Studio.RewritePassage(k.Ctx(), in))); len(f) != 1 || len(f[x.field]) != 1 {
				t.Errorf("%s: %v", name, f)
			}
		}
		in := rewriting(c)
		in.Version, in.Text, in.Start, in.End = 0, "🌧🌧 Wet. ", 3, 8
		id, err := k.Studio.RewritePassage(k.Ctx(), in)
		must(k, err)
		must(k, second(k.Studio.WaitGeneratedText(k.Ctx(), id)))
		k.Exec("update content set version = 2")
		code(k, second(k.Studio.RewritePassage(k.Ctx(), rewriting(c))), domain.CodeConflict)
		in.ContentID = 1 << 40
		code(k, second(k.Studio.RewritePassage(k.Ctx(), in)), domain.CodeNotFound)
	})
}

func TestWithoutAModelAPassageIsOnlyShortened(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		in := rewriting(k.Item(k.Ctx(), "Rain", rain))
		if m := faults(k, second(k.Studio.RewritePassage(k.Ctx(), in)))["action"]; len(m) != 1 ||
			!strings.Contains(m[0], "connect a model") {
			t.Errorf("%q", m)
		}
		in.Action, in.End = domain.RewriteShorten, 69
		id, err := k.Studio.RewritePassage(k.Ctx(), in)
		must(k, err)
		got, err := k.Studio.WaitGeneratedText(k.Ctx(), id)
		if err != nil || got.Text == "" || !strings.Contains(rain, got.Text) || got.Credits != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
