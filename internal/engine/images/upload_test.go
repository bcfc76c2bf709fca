package images_test

import (
	"bytes"
	stdimage "image"
	"image/jpeg"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/images"
)

// photo is a JPEG that says where it was taken.
func photo(k K) []byte {
	var out bytes.Buffer
	must(k, jpeg.Encode(&out, stdimage.NewRGBA(stdimage.Rect(0, 0, 30, 20)), nil))
	place := []byte("Exif\x00\x00canary: 52.52, 13.40")
	segment := append([]byte{0xff, 0xe1, 0, byte(len(place) + 2)}, place...)
	return append(append([]byte{0xff, 0xd8}, segment...), out.Bytes()[2:]...)
}

func TestUpload(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		before := k.Credits()
		i, err := k.Images.UploadImage(k.Ctx(), images.UploadImage{File: photo(k), AltText: " Our shop "})
		must(k, err)
		if i.AltText != "Our shop" || i.Format != domain.ImageJPEG || i.Width != 30 || i.Height != 20 || !i.Uploaded() {
			t.Errorf("%+v", i)
		}
		f, err := k.Images.ImageFile(k.Ctx(), i.ID)
		must(k, err)
		if bytes.Contains(f.Data, []byte("canary")) || len(f.Data) != i.Bytes {
			t.Error("the file says where it was taken")
		}
		if after := k.Credits(); after != before {
			t.Errorf("it cost %+v, %+v", before, after)
		}
		recent, err := k.Images.RecentImages(k.Ctx(), enginetest.FirstPage())
		must(k, err)
		generations, err := k.Images.Generations(k.Ctx(), enginetest.FirstPage())
		must(k, err)
		if recent.Total != 1 || generations.Total != 0 || len(generations.Items) != 0 {
			t.Errorf("%d images, %d generations", recent.Total, generations.Total)
		}
		if _, err := k.Images.Generation(k.Ctx(), i.GenerationID); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("an upload is a generation: %v", err)
		}
		must(k, k.Images.CheckAvailability(k.Ctx()))
		must(k, k.Maker.Sweep(k.Ctx()))
		must(k, second(k.Images.ImageFile(k.Ctx(), i.ID)))
	})
}

func TestAWrongUploadIsRefusedByName(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		for name, tc := range map[string]struct {
			in    images.UploadImage
			field string
		}{
			"nothing":   {images.UploadImage{}, "file"},
			"no image":  {images.UploadImage{File: []byte("<svg onload=alert(1)>")}, "file"},
			"cut":       {images.UploadImage{File: photo(k)[:60]}, "file"},
			"too large": {images.UploadImage{File: make([]byte, 21<<20)}, "file"},
			"long alt":  {images.UploadImage{File: photo(k), AltText: strings.Repeat("x", 501)}, "alt_text"},
		} {
			_, err := k.Images.UploadImage(k.Ctx(), tc.in)
			if domain.CodeOf(err) != domain.CodeValidation || domain.AsError(err).Fields[tc.field] == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := k.Count("select count(*) from image"); n != 0 {
			t.Errorf("%d images", n)
		}
	})
}
