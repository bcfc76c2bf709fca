package images_test

import (
	"context"
	"os"
	"reflect"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/images"
	"vellocity/internal/image"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

type (
	K = *enginetest.Kit
	C = context.Context
	X = enginetest.Things
)

// verbs has a method for each noun of the area.
type verbs struct{}

// lighthouse asks for one picture.
func lighthouse() images.GenerateImages {
	return images.GenerateImages{
		Engine: domain.EngineDallE, Count: 1, Description: "a lighthouse", Size: "256x256", Quality: "standard",
	}
}

// request is a generation of ours that waits for its job.
func request(k K) (id int64) {
	k.Do(func(ctx C, tx *store.Tx) error {
		open, err := tx.OpenImageGeneration(ctx, k.Ours.ID)
		if err == nil && open != 0 { // one at a time
			err = tx.EndImageGeneration(ctx, k.Ours.ID, open, domain.ImagesFailed, "")
		}
		if err != nil {
			return err
		}
		g, _, err := tx.CreateImageGeneration(ctx, domain.ImageGeneration{
			WorkspaceID: k.Ours.ID, Count: 1, Request: domain.ImageRequest{Engine: domain.EngineDallE, Description: "x"},
		})
		id = g.ID
		return err
	})
	return id
}

// made is an image of ours.
func made(k K) (id int64) {
	generation := request(k)
	sum, err := k.Files.Put(context.Background(), k.Ours.ID, []byte("pixels"))
	must(k, err)
	k.Do(func(ctx C, tx *store.Tx) (err error) {
		id, _, err = tx.AddImage(ctx, domain.Image{
			WorkspaceID: k.Ours.ID, GenerationID: generation, Number: 1, Outcome: domain.ImageOK, Sum: sum,
			Format: domain.ImagePNG,
		})
		if err != nil {
			return err
		}
		return tx.EndImageGeneration(ctx, k.Ours.ID, generation, domain.ImagesCompleted, "")
	})
	return id
}

func (verbs) Generations() enginetest.Verbs {
	return enginetest.Verbs{
		"Engines":           enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Images.Engines(ctx)) }),
		"UnderWay":          enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Images.UnderWay(ctx)) }),
		"CheckAvailability": enginetest.Read(func(k K, ctx C, _ X) error { return k.Images.CheckAvailability(ctx) }),
		"Generations": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Images.Generations(ctx, enginetest.FirstPage()))
		}),
		"Generate": {
			Scope: domain.ScopeContent, Event: true,
			Make: func(k K) int64 { id := request(k); free(k, id); return id },
			Call: func(k K, ctx C, _ X) error { return second(k.Images.Generate(ctx, lighthouse())) },
		},
		"Generation": {Scope: domain.ScopeRead, ByID: true, Make: request, Call: func(k K, ctx C, x X) error {
			return second(k.Images.Generation(ctx, x.Made))
		}},
		"AwaitGeneration": {Scope: domain.ScopeRead, ByID: true, Make: request, Call: func(k K, ctx C, x X) error {
			return second(k.Images.AwaitGeneration(ctx, x.Made, 1))
		}},
		"CancelGeneration": {
			Scope: domain.ScopeContent, Event: true, ByID: true, Make: request, Call: func(k K, ctx C, x X) error {
				return second(k.Images.CancelGeneration(ctx, x.Made))
			},
		},
	}
}

// free ends a generation, so that there may be another one.
func free(k K, id int64) {
	k.Do(func(ctx C, tx *store.Tx) error {
		return tx.EndImageGeneration(ctx, k.Ours.ID, id, domain.ImagesFailed, "")
	})
}

func (verbs) Images() enginetest.Verbs {
	text := "A lighthouse at night"
	return enginetest.Verbs{
		"RecentImages": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Images.RecentImages(ctx, enginetest.FirstPage()))
		}),
		"Image": {Scope: domain.ScopeRead, ByID: true, Make: made, Call: func(k K, ctx C, x X) error {
			return second(k.Images.Image(ctx, x.Made))
		}},
		"ImageFile": {Scope: domain.ScopeRead, ByID: true, Make: made, Call: func(k K, ctx C, x X) error {
			return second(k.Images.ImageFile(ctx, x.Made))
		}},
		"ImageUses": {Scope: domain.ScopeRead, ByID: true, Make: made, Call: func(k K, ctx C, x X) error {
			return second(k.Images.ImageUses(ctx, x.Made))
		}},
		"UploadImage": {Scope: domain.ScopeContent, Event: true, Call: func(k K, ctx C, _ X) error {
			card, err := image.Placeholder("A lighthouse", 64, 64)
			must(k, err)
			return second(k.Images.UploadImage(ctx, images.UploadImage{File: card.Data, AltText: text}))
		}},
		"ChangeImage": {Scope: domain.ScopeContent, Event: true, ByID: true, Make: made, Call: func(k K, ctx C, x X) error {
			return second(k.Images.ChangeImage(ctx, images.ChangeImage{ID: x.Made, AltText: &text}))
		}},
		"DeleteImage": {Scope: domain.ScopeWrite, Event: true, ByID: true, Make: made, Call: func(k K, ctx C, x X) error {
			return k.Images.DeleteImage(ctx, images.DeleteImage{ID: x.Made, Precondition: verb.Precondition{}})
		}},
	}
}

func TestVerbs(t *testing.T) {
	enginetest.CheckVerbs(t, reflect.TypeFor[*images.Verbs](), verbs{})
}

func second[T any](_ T, err error) error { return err }

func must(k K, err error) {
	k.T.Helper()
	if err != nil {
		k.T.Fatal(err)
	}
}
