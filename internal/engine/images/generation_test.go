package images_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/images"
	"vellocity/internal/extension/bfl"
	"vellocity/internal/extension/openaiimages"
	"vellocity/internal/image"
	"vellocity/internal/image/imagetest"
	"vellocity/internal/imaging"
	"vellocity/internal/store"
)

const patience = 20 * time.Second

// answer is a response of OpenAI with pictures.
func answer(k K, n int) imagetest.Step {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"b64_json":%q}`, imagetest.Base64(imagetest.PNG(k.T, 64, 48+i)))
	}
	return imagetest.Step{Body: `{"created":1,"data":[` + strings.Join(list, ",") + `]}`}
}

func step(body string) imagetest.Step { return imagetest.Step{Body: body} }

var (
	taken    = step(`{"id":"t-1","polling_url":"{url}/v1/get_result?id=t-1","cost":4.5}`)
	pending  = step(`{"id":"t-1","status":"Pending","result":null}`)
	ready    = step(`{"id":"t-1","status":"Ready","result":{"sample":"{url}/out.png?sig=x","seed":9}}`)
	held     = step(`{"id":"t-1","status":"Content Moderated","details":{"Moderation Reasons":["Violence"]}}`)
	throttle = imagetest.Step{Status: 429, Body: `{"detail":"slow down"}`}
)

// connected starts a kit whose engines dall-e and flux-pro lead to doubles.
func connected(k K, kind image.Kind, steps ...imagetest.Step) *imagetest.Double {
	d := imagetest.New(k.T, steps...)
	connect(k, kind, d.Client(kind))
	k.Start()
	return d
}

func connect(k K, kind image.Kind, c *image.Client) {
	name := domain.EngineDallE
	if kind.Slug == "bfl" {
		name = domain.EngineFlux
	}
	k.Config.Engines = []imaging.Engine{{Name: name, Label: kind.Label, Kind: kind, Model: kind.Model, Client: c}}
	k.Maker.Engines = k.Config.Engines
}

func flux(n int) images.GenerateImages {
	return images.GenerateImages{Engine: domain.EngineFlux, Count: n, FluxDescription: "a lighthouse", Wait: patience}
}

// generate asks for pictures and returns what came of it.
func generate(k K, in images.GenerateImages) domain.ImageGeneration {
	k.T.Helper()
	in.Wait = patience
	g, err := k.Images.Generate(k.Ctx(), in)
	must(k, err)
	if !g.Status.Ended() {
		k.T.Fatalf("it is %s still", g.Status)
	}
	return g
}

// charged checks what a generation has cost, and that nothing is held any more.
func charged(k K, want int) {
	k.T.Helper()
	if c := k.Credits(); c.Held != 0 || c.Balance != 10_000-want {
		k.T.Errorf("balance %+v, want %d credits spent", c, want)
	}
	sum, err := k.Store.Read().CreditLedgerSum(context.Background())
	if err != nil || sum != 0 {
		k.T.Errorf("the ledger's sum is %d, %v", sum, err)
	}
}

func submissions(k K, g domain.ImageGeneration) []store.ImageSubmission {
	k.T.Helper()
	list, err := k.Store.Read().ImageSubmissions(context.Background(), g.WorkspaceID, g.ID)
	must(k, err)
	return list
}

func each(t *testing.T, f func(k K)) {
	t.Helper()
	enginetest.Each(t, enginetest.Config{Idle: true}, f)
}

func TestWithoutAModelAPlaceholderIsDrawn(t *testing.T) {
	each(t, func(k K) {
		k.Start()
		in := lighthouse()
		in.Count = 2
		g := generate(k, in)
		if g.Status != domain.ImagesCompleted || len(g.Images) != 2 || g.Provider != "" || g.Credits != 0 {
			t.Fatalf("%+v", g)
		}
		charged(k, 0)
		f, err := k.Images.ImageFile(k.Ctx(), g.Images[1].ID)
		must(k, err)
		if !f.Placeholder || f.Width != 256 {
			t.Errorf("%+v", f.Image)
		}
		if _, err := image.Verify(f.Data); err != nil {
			t.Error(err)
		}
	})
}

// Two pictures of one submission, whose bytes come with the answer.
func TestPicturesThatComeAtOnce(t *testing.T) {
	each(t, func(k K) {
		d := connected(k, openaiimages.Kind(), answer(k, 2))
		in := lighthouse()
		in.Count = 2
		g := generate(k, in)
		if g.Status != domain.ImagesCompleted || len(g.Images) != 2 || g.Credits != 2 || len(d.Asked()) != 1 {
			t.Fatalf("%+v after %d requests", g, len(d.Asked()))
		}
		charged(k, 2)
		for i, one := range g.Images {
			f, err := k.Images.ImageFile(k.Ctx(), one.ID)
			must(k, err)
			if one.Number != i+1 || f.Height != 48+i || one.Bytes != len(f.Data) || f.Placeholder {
				t.Errorf("image %d: %+v", i, one)
			}
		}
		if s := submissions(k, g); len(s) != 1 || s[0].Status != store.SubmissionEnded || s[0].Cost.Known {
			t.Errorf("submissions %+v", s)
		}
		user := fmt.Sprint(d.Asked()[0].Fields["safety_identifier"])
		if len(user) != 32 || strings.Contains(user, "owner") {
			t.Errorf("the provider learns who asks: %q", user)
		}
		recent, err := k.Images.RecentImages(k.Ctx(), enginetest.FirstPage())
		if err != nil || recent.Total != 2 || recent.Items[0].Number != 2 ||
			recent.Items[0].Request.Description != "a lighthouse" {
			t.Errorf("recent %+v, %v", recent, err)
		}
	})
}

// Two pictures of two submissions, one of which the filter holds back. It says at once what it costs.
func TestPicturesThatArePolled(t *testing.T) {
	each(t, func(k K) {
		d := connected(k, bfl.Kind(), taken, pending, ready, imagetest.Step{Data: imagetest.PNG(t, 8, 8)})
		g := generate(k, flux(1))
		if g.Status != domain.ImagesCompleted || *g.Images[0].Seed != 9 || len(d.Asked()) != 4 {
			t.Fatalf("%+v after %d requests", g, len(d.Asked()))
		}
		charged(k, 1)
		s := submissions(k, g)
		if len(s) != 1 || s[0].Cost != (domain.Cost{MicroUSD: 45_000, PriceVersion: "bfl-credits", Known: true}) {
			t.Errorf("submissions %+v", s)
		}
		if strings.Contains(string(s[0].Ticket), imagetest.Key) {
			t.Error("the ticket holds the key")
		}
	})
}

func TestWhatAFilterHeldBackCostsNothing(t *testing.T) {
	each(t, func(k K) {
		connected(k, bfl.Kind(), taken, held)
		g := generate(k, flux(1))
		one := g.Images[0]
		if g.Status != domain.ImagesFailed || one.Outcome != domain.ImageModerated || one.Categories[0] != "violence" {
			t.Fatalf("%+v", g)
		}
		if !strings.Contains(g.Error, "No credit was charged") {
			t.Errorf("the error is %q", g.Error)
		}
		charged(k, 0)
		if s := submissions(k, g); !s[0].Cost.Known {
			t.Errorf("what it has cost the operator is not recorded: %+v", s)
		}
		if _, err := k.Images.Image(k.Ctx(), one.ID); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("it can be read: %v", err)
		}
	})
}

func TestWhatMayPassIsTriedAgainThreeTimesAtMost(t *testing.T) {
	each(t, func(k K) {
		d := connected(k, openaiimages.Kind(), throttle, answer(k, 1), throttle, throttle, throttle)
		g := generate(k, lighthouse())
		if g.Status != domain.ImagesCompleted || len(submissions(k, g)) != 2 {
			t.Fatalf("%+v", g)
		}
		g = generate(k, lighthouse())
		if g.Status != domain.ImagesFailed || len(submissions(k, g)) != 3 || len(d.Asked()) != 5 {
			t.Fatalf("%+v after %d requests", g, len(d.Asked()))
		}
		if !strings.Contains(g.Error, "more requests than it allows") {
			t.Errorf("the error is %q", g.Error)
		}
		charged(k, 1)
	})
}

func TestPartOfThePicturesIsThere(t *testing.T) {
	each(t, func(k K) {
		connected(k, openaiimages.Kind(), answer(k, 1), imagetest.Step{Status: 401})
		in := lighthouse()
		in.Count = 2
		g := generate(k, in) // one came; the other is asked for again, and the key is no longer good
		if g.Status != domain.ImagesCompleted || g.Images[0].Outcome != domain.ImageOK ||
			g.Images[1].Outcome != domain.ImageFailed {
			t.Fatalf("%+v", g)
		}
		charged(k, 1)
	})
}

func TestOneAtATime(t *testing.T) {
	each(t, func(k K) {
		first, err := k.Images.Generate(k.Ctx(), lighthouse())
		must(k, err)
		_, err = k.Images.Generate(k.Ctx(), lighthouse())
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("a second one: %v", err)
		}
		if id, err := k.Images.UnderWay(k.Ctx()); err != nil || id != first.ID {
			t.Errorf("under way is %d, %v", id, err)
		}
		theirs := enginetest.As(k.Theirs.ID, domain.RoleOwner)
		if id, err := k.Images.UnderWay(theirs); err != nil || id != 0 {
			t.Errorf("they see %d, %v", id, err)
		}
		must(k, second(k.Images.Generate(theirs, lighthouse())))
		must(k, second(k.Images.CancelGeneration(k.Ctx(), first.ID)))
		if _, err := k.Images.CancelGeneration(k.Ctx(), first.ID); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("cancelled again: %v", err)
		}
		must(k, second(k.Images.Generate(k.Ctx(), lighthouse())))
	})
}

func TestWithoutCreditsNothingIsAsked(t *testing.T) {
	each(t, func(k K) {
		d := connected(k, openaiimages.Kind())
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			return tx.TransferCredits(ctx, store.CreditTransfer{
				WorkspaceID: k.Ours.ID, Kind: domain.MovementHold, Amount: 9_999, Reference: "all but one",
			})
		})
		in := lighthouse()
		in.Count = 2
		if _, err := k.Images.Generate(k.Ctx(), in); domain.CodeOf(err) != domain.CodeInsufficientCredits {
			t.Errorf("%v", err)
		}
		if id, err := k.Images.UnderWay(k.Ctx()); err != nil || id != 0 || len(d.Asked()) != 0 {
			t.Errorf("under way is %d, %v", id, err)
		}
	})
}

// slow is a client of a double whose polls wait until they are let go.
func slow(k K, d *imagetest.Double, polled chan<- struct{}) *image.Client {
	o := d.Options(bfl.Kind())
	o.Wait = func(ctx context.Context, _ time.Duration) error {
		polled <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}
	return image.NewClient(o)
}

func TestCancelStopsThePolls(t *testing.T) {
	each(t, func(k K) {
		polled := make(chan struct{}, 1)
		d := imagetest.New(t, taken)
		connect(k, bfl.Kind(), slow(k, d, polled))
		k.Start()
		in := flux(1)
		in.Wait = 0
		g, err := k.Images.Generate(k.Ctx(), in)
		must(k, err)
		<-polled
		g, err = k.Images.CancelGeneration(k.Ctx(), g.ID)
		must(k, err)
		if g.Status != domain.ImagesCancelled || g.EndedAt.IsZero() {
			t.Errorf("%+v", g)
		}
		charged(k, 0)
		if s := submissions(k, g); len(s) != 1 || len(s[0].Ticket) == 0 {
			t.Errorf("the ticket that was paid for is lost: %+v", s)
		}
		must(k, second(k.Images.Generate(k.Ctx(), in)) /* there is room for another one */)
		d.Close()
	})
}

// A process that ends while the provider works leaves a ticket, and the next one asks by it.
func TestAfterACrashTheTicketIsAskedFor(t *testing.T) {
	each(t, func(k K) {
		polled := make(chan struct{}, 1)
		d := imagetest.New(t, taken, ready, imagetest.Step{Data: imagetest.PNG(t, 8, 8)})
		connect(k, bfl.Kind(), slow(k, d, polled))
		k.Start()
		in := flux(1)
		in.Wait = 0
		g, err := k.Images.Generate(k.Ctx(), in)
		must(k, err)
		<-polled
		k.Stop()
		connect(k, bfl.Kind(), d.Client(bfl.Kind()))
		k.Restart()
		g, err = k.Images.AwaitGeneration(k.Ctx(), g.ID, patience)
		must(k, err)
		asked := d.Asked()
		if g.Status != domain.ImagesCompleted || len(asked) != 3 || asked[1].Path != "/v1/get_result" {
			t.Fatalf("%+v after %+v", g, asked)
		}
		if len(submissions(k, g)) != 1 {
			t.Error("it was submitted again")
		}
		charged(k, 1)
	})
}

// A submission that no answer is known of may have been carried out: both are recorded.
func TestAfterACrashWithoutATicketTheCostIsUnclear(t *testing.T) {
	each(t, func(k K) {
		d := imagetest.New(t, answer(k, 1))
		connect(k, openaiimages.Kind(), d.Client(openaiimages.Kind()))
		in := lighthouse()
		g, err := k.Images.Generate(k.Ctx(), in)
		must(k, err)
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			if _, _, err := tx.ClaimImageGeneration(ctx, g.ID); err != nil {
				return err
			}
			_, err := tx.AddImageSubmission(ctx, store.ImageSubmission{
				WorkspaceID: k.Ours.ID, GenerationID: g.ID, Numbers: []int{1},
			})
			return err
		})
		k.Start()
		g, err = k.Images.AwaitGeneration(k.Ctx(), g.ID, patience)
		must(k, err)
		s := submissions(k, g)
		if g.Status != domain.ImagesCompleted || len(s) != 2 || !s[0].Unclear || s[1].Unclear {
			t.Fatalf("%+v, submissions %+v", g, s)
		}
		charged(k, 1)
	})
}

// A worker that another one has replaced records nothing, and charges nothing.
func TestAWorkerThatWasReplacedRecordsNothing(t *testing.T) {
	each(t, func(k K) {
		d := imagetest.New(t, taken, ready, imagetest.Step{Data: imagetest.PNG(t, 8, 8)},
			ready, imagetest.Step{Data: imagetest.PNG(t, 8, 8)})
		o := d.Options(bfl.Kind())
		var taken atomic.Bool
		o.Wait = func(ctx context.Context, _ time.Duration) error {
			if taken.CompareAndSwap(false, true) {
				k.Do(func(ctx context.Context, tx *store.Tx) error {
					id, err := tx.OpenImageGeneration(ctx, k.Ours.ID)
					if err == nil {
						_, _, err = tx.ClaimImageGeneration(ctx, id)
					}
					return err
				})
			}
			return ctx.Err()
		}
		connect(k, bfl.Kind(), image.NewClient(o))
		k.Start()
		in := flux(1)
		in.Wait = 0
		g, err := k.Images.Generate(k.Ctx(), in)
		must(k, err)
		g, err = k.Images.AwaitGeneration(k.Ctx(), g.ID, patience)
		must(k, err)
		if g.Status != domain.ImagesCompleted || len(submissions(k, g)) != 1 || len(d.Asked()) != 5 {
			t.Errorf("%+v after %d requests", g, len(d.Asked()))
		}
		charged(k, 1)
	})
}

func TestUploadsGoToTheProviderClean(t *testing.T) {
	each(t, func(k K) {
		d := connected(k, bfl.Kind(), taken, ready, imagetest.Step{Data: imagetest.PNG(t, 8, 8)})
		k.Maker.Engines[0].Name = domain.EngineKontext
		g := generate(k, images.GenerateImages{
			Engine: domain.EngineKontext, Count: 1, Description: "at night", Source: imagetest.JPEG(t, 64, 64),
		})
		if g.Request.Task != domain.ImageFromImage || g.Source == "" || g.Status != domain.ImagesCompleted {
			t.Errorf("%+v", g)
		}
		sent, err := json.Marshal(d.Asked()[0].Fields)
		if err != nil || !strings.Contains(string(sent), "input_image") {
			t.Errorf("sent %.200s, %v", sent, err)
		}
		_, err = k.Images.Generate(k.Ctx(), images.GenerateImages{
			Engine: domain.EngineKontext, Count: 11, Source: []byte("<svg/>"),
		})
		if f := domain.AsError(err).Fields; len(f["image_src"]) != 1 || len(f["description"]) != 1 ||
			len(f["image_number_of_images"]) != 1 {
			t.Errorf("faults %v", f)
		}
	})
}

func TestAltTextAndDeletion(t *testing.T) {
	each(t, func(k K) {
		k.Start()
		g := generate(k, lighthouse())
		id := g.Images[0].ID
		text := "  A lighthouse at night "
		i, err := k.Images.ChangeImage(k.Ctx(), images.ChangeImage{ID: id, AltText: &text})
		must(k, err)
		if i.AltText != "A lighthouse at night" || i.Version != 2 {
			t.Errorf("%+v", i)
		}
		stale := images.ChangeImage{ID: id, AltText: new(string)}
		stale.IfMatch = `"1"`
		if _, err := k.Images.ChangeImage(k.Ctx(), stale); domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("a stale change: %v", err)
		}
		must(k, k.Images.DeleteImage(k.Ctx(), images.DeleteImage{ID: id}))
		if _, err := k.Images.ImageFile(k.Ctx(), id); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("a deleted image: %v", err)
		}
		if used, err := k.Store.Read().ImageFileUsed(context.Background(), k.Ours.ID, i.Sum); err != nil || used {
			t.Errorf("its file is used still: %v", err)
		}
	})
}

// A file that is gone or damaged is said to be so, and is never served.
func TestAMissingFile(t *testing.T) {
	each(t, func(k K) {
		k.Start()
		g := generate(k, lighthouse())
		must(k, k.Files.Delete(context.Background(), k.Ours.ID, g.Images[0].Sum))
		_, err := k.Images.ImageFile(k.Ctx(), g.Images[0].ID)
		if domain.CodeOf(err) != domain.CodeNotFound || !strings.Contains(err.Error(), "backup") {
			t.Errorf("%v", err)
		}
	})
}

// The sweep removes files that no row needs, and no others: those of images, and of the pictures that
// generations under way begin with. A file younger than a day stays.
func TestTheSweepRemovesWhatNothingNeeds(t *testing.T) {
	later := func() time.Time { return time.Now().Add(48 * time.Hour) }
	enginetest.Each(t, enginetest.Config{Idle: true, Now: later}, func(k K) {
		image := made(k)
		kept, err := k.Images.Image(k.Ctx(), image)
		must(k, err)
		gone, err := k.Files.Put(context.Background(), k.Ours.ID, []byte("no row names it"))
		must(k, err)
		theirs, err := k.Files.Put(context.Background(), k.Theirs.ID, []byte("pixels"))
		must(k, err)
		source, err := k.Files.Put(context.Background(), k.Ours.ID, []byte("to begin with"))
		must(k, err)
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			_, _, err := tx.CreateImageGeneration(ctx, domain.ImageGeneration{WorkspaceID: k.Ours.ID, Count: 1, Source: source})
			return err
		})
		must(k, k.Maker.Sweep(context.Background()))
		for name, c := range map[string]struct {
			workspace int64
			sum       string
			want      bool
		}{
			"an image's":        {k.Ours.ID, kept.Sum, true},
			"one to begin with": {k.Ours.ID, source, true},
			"one of no row":     {k.Ours.ID, gone, false},
			// The same bytes as our image, and nothing of theirs names them.
			"another workspace's": {k.Theirs.ID, theirs, false},
		} {
			if _, err := k.Files.Get(context.Background(), c.workspace, c.sum); (err == nil) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(k, k.Images.DeleteImage(k.Ctx(), images.DeleteImage{ID: image}))
		must(k, k.Maker.Sweep(context.Background()))
		if _, err := k.Files.Get(context.Background(), k.Ours.ID, kept.Sum); err == nil {
			t.Error("the file of a deleted image stays")
		}
	})
}
