package crash_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"vellocity/internal/await"
	"vellocity/test/product"
)

// pictures is a provider of images that works on a task until it is let go, and counts what it is asked.
type pictures struct {
	*httptest.Server

	submitted, polled atomic.Int64
	ready             atomic.Bool
}

func newPictures(t *testing.T) *pictures {
	t.Helper()
	p := &pictures{}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			n := p.submitted.Add(1)
			fmt.Fprintf(w, `{"id":"t-%d","polling_url":"%s/v1/get_result?id=t-%d","cost":4.5}`, n, p.URL, n)
		case strings.HasSuffix(r.URL.Path, "get_result"):
			p.polled.Add(1)
			if p.ready.Load() {
				fmt.Fprintf(w, `{"status":"Ready","result":{"sample":"%s/out.png"}}`, p.URL)
				return
			}
			fmt.Fprint(w, `{"status":"Pending"}`)
		default:
			_, _ = w.Write(picture.Bytes())
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// A process that is killed while a provider works on a picture leaves a ticket: the next one asks by it.
// Nothing is bought twice, and it is charged once.
func TestAPictureIsBoughtOnceAlthoughTheServerIsKilled(t *testing.T) {
	t.Parallel()
	eachDatabase(t, 0, func(t *testing.T, in *product.Installation, _ *wire) {
		p := newPictures(t)
		in.Env = append(in.Env, "BFL_API_KEY=test", "VELLOCITY_BFL_BASE_URL="+p.URL)
		s := start(t, in)
		c := call{}
		answer := s.ask(t, &c, http.MethodPost, "/aiimage/generate-image", map[string]any{
			"image_generator": "flux-pro", "image_number_of_images": 1, "description_flux_pro": "A lighthouse",
		})
		if c.Status != http.StatusCreated {
			t.Fatalf("ask for a picture: %d %s", c.Status, answer)
		}
		for kills := int64(1); kills <= 2; kills++ {
			seen := p.polled.Load()
			await.True(t, "the provider is asked", func() bool { return p.polled.Load() > seen+1 })
			s.Kill()
			s = start(t, in)
		}
		p.ready.Store(true)
		var got struct {
			Data struct {
				Status  string
				Credits int `json:"credits_used"`
			}
		}
		await.True(t, "the picture is there", func() bool {
			c := call{}
			answer := s.ask(t, &c, http.MethodGet, "/aiimage/generations/1", nil)
			return json.Unmarshal(answer, &got) == nil && got.Data.Status == "completed"
		})
		if n := p.submitted.Load(); n != 1 || got.Data.Credits != 1 {
			t.Errorf("%d submissions, %d credits", n, got.Data.Credits)
		}
		db := open(t, in)
		var captured, sum int
		row := db.QueryRowContext(t.Context(), `select
			(select coalesce(sum(amount), 0) from movement where reference like 'image/%' and kind = 'capture'),
			(select sum(balance) from account)`)
		if err := row.Scan(&captured, &sum); err != nil || captured != 1 || sum != 0 {
			t.Errorf("%d credits captured, the ledger's sum is %d, %v", captured, sum, err)
		}
	})
}
