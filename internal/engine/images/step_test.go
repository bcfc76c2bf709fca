package images_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"vellocity/internal/await"
	"vellocity/internal/capability"
	capimage "vellocity/internal/capability/image"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/extension/bfl"
	"vellocity/internal/extension/openaiimages"
	"vellocity/internal/verb"
)

// steps is a kit that can generate images as an execution.
func steps(t *testing.T, f func(k K)) {
	t.Helper()
	enginetest.Each(t, enginetest.Config{Idle: true, Capabilities: []capability.Capability{capimage.New()}}, f)
}

// illustrate starts an execution that generates images for an item.
func illustrate(k K, item int64, more string) int64 {
	k.T.Helper()
	settings := `{"description":"A lighthouse","alt_text":"A lighthouse at night"` + more + `}`
	if item != 0 {
		settings = settings[:len(settings)-1] + fmt.Sprintf(`,"content_id":%d}`, item)
	}
	x, err := k.Work.Execute(k.Ctx(), work.Execute{Capability: capimage.Slug, Settings: json.RawMessage(settings)})
	must(k, err)
	return x.Execution.ID
}

func TestAnExecutionGeneratesImagesForAnItem(t *testing.T) {
	steps(t, func(k K) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		d := connected(k, openaiimages.Kind(), answer(k, 2))
		x := k.Ended(illustrate(k, c.ID, `,"count":2`), domain.ExecutionCompleted)
		if n := len(d.Asked()); n != 1 {
			t.Errorf("%d requests", n)
		}
		charged(k, 2) // the images' credits, and none of the step
		if x.CreditsUsed != 0 || x.CreditsHeld != 0 {
			t.Errorf("the execution was charged: %+v", x)
		}
		now, err := k.Content.ItemImages(k.Ctx(), c.ID)
		must(k, err)
		if len(now.Images) != 1 || now.Version != 2 || now.Images[0].Role != domain.ImageCover ||
			now.Images[0].AltText != "A lighthouse at night" {
			t.Errorf("version %d: %+v", now.Version, now.Images)
		}
		recent, err := k.Images.RecentImages(k.Ctx(), enginetest.FirstPage())
		must(k, err)
		if recent.Total != 2 || recent.Items[0].AltText != "A lighthouse at night" {
			t.Errorf("%+v", recent)
		}
	})
}

func TestWithoutAModelAnExecutionDrawsAPlaceholder(t *testing.T) {
	steps(t, func(k K) {
		k.Start()
		k.Ended(illustrate(k, 0, ""), domain.ExecutionCompleted)
		recent, err := k.Images.RecentImages(k.Ctx(), enginetest.FirstPage())
		must(k, err)
		if recent.Total != 1 || !recent.Items[0].Placeholder {
			t.Errorf("%+v", recent)
		}
		charged(k, 0)
	})
}

// A process that ends while the provider works leaves a ticket; the step of the next one waits for the same
// generation.
func TestAnExecutionAsksForItsImagesOnce(t *testing.T) {
	steps(t, func(k K) {
		works := pending
		works.Forever = true
		d := connected(k, bfl.Kind(), taken, works)
		id := illustrate(k, 0, `,"engine":"flux-pro"`)
		await.True(t, "the provider works on it", func() bool {
			return k.Count("select count(*) from image_submission where ticket <> ''") == 1
		})
		k.Stop()
		k.Restart()
		submitted := func() (n int) {
			for _, r := range d.Asked() {
				if r.Method == "POST" {
					n++
				}
			}
			return n
		}
		await.True(t, "the execution runs again", func() bool {
			return k.Count("select epoch from execution where id = $1", id) >= 2
		})
		if n := k.Count("select count(*) from image_generation"); n != 1 || submitted() != 1 {
			t.Errorf("%d generations, %d submissions", n, submitted())
		}
		// Who cancels the execution cancels its images.
		must(k, second(k.Work.Cancel(k.Ctx(), verb.ID{ID: id})))
		if n := k.Count("select count(*) from image_generation where status = 'cancelled'"); n != 1 {
			t.Error("the images are still being made")
		}
		charged(k, 0)
	})
}
