package openaiimages

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/image"
	"vellocity/internal/image/imagetest"
)

func TestNonsense(t *testing.T) {
	imagetest.Nonsense(t, Kind(),
		`{"data":[{"b64_json":"iVBORw0KGgo="},{"url":"https://api.openai.com/1","`+
			`revised_prompt":"y"}],"usage":{"input_tokens":1,"output_tokens":2}}`,
		`{"error":{"type":"t","code":"moderation_blocked","message":"safety_violations=[a,b]","`+
			`moderation_details":{"moderation_stage":"input","categories":["a","b"]}}}`,
		`{"error":{"type":"t","code":"bad","message":"m"}}`,
	)
}

func TestSuite(t *testing.T) {
	imagetest.Suite(t, Kind(), func(message string) string {
		return fmt.Sprintf(`{"error":{"type":"invalid_request_error","code":"bad","message":%q}}`, message)
	})
}

func ok(t *testing.T, pictures ...[]byte) imagetest.Step {
	var list []string
	for _, p := range pictures {
		list = append(list, fmt.Sprintf(`{"b64_json":%q,"revised_prompt":"a tall lighthouse"}`, imagetest.Base64(p)))
	}
	return imagetest.Step{Body: `{"created":1,"data":[` + strings.Join(list, ",") +
		`],"usage":{"input_tokens":12,"output_tokens":1056,"total_tokens":1068}}`}
}

func TestTwoPictures(t *testing.T) {
	d := imagetest.New(t, ok(t, imagetest.PNG(t, 64, 48), imagetest.PNG(t, 64, 48)))
	out, err := d.Client(Kind()).Generate(t.Context(), image.Request{
		Description: "a lighthouse", Style: "watercolor", Mood: "calm.", Negative: "people",
		Width: 1792, Height: 1024, High: true, Count: 2, User: "hash",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.List) != 2 || out.List[1].State() != domain.ImageOK || out.List[1].Prompt != "a tall lighthouse" {
		t.Errorf("%+v", out)
	}
	if out.Usage.OutputTokens != 1056 || out.Cost.Known {
		t.Errorf("usage %+v, cost %+v: a cost that nobody stated is unknown", out.Usage, out.Cost)
	}
	a := d.Asked()[0]
	want := map[string]any{
		"model": "gpt-image-2", "quality": "high", "size": "1792x1024", "n": 2.0, "output_format": "png",
		"safety_identifier": "hash",
		"prompt":            "a lighthouse\nStyle: watercolor.\nMood: calm.\nThe picture does not contain: people.",
	}
	if got, want := asJSON(t, a.Fields), asJSON(t, want); got != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
	if a.Path != "/images/generations" || a.Header.Get("Authorization") != "Bearer "+imagetest.Key {
		t.Errorf("%s, %v", a.Path, a.Header)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestModeration(t *testing.T) {
	for name, tt := range map[string]struct {
		body       string
		stage      domain.ModerationStage
		categories []string
	}{
		"categories in the message": {
			`{"error":{"type":"image_generation_user_error","code":"moderation_blocked",` +
				`"message":"Rejected. safety_violations=[violence, Sexual,violence]."}}`,
			domain.ModeratedUnknown, []string{"violence", "sexual"},
		},
		"details within the error": {
			`{"error":{"code":"moderation_blocked","moderation_details":{"moderation_stage":"output","categories":["hate"]}}}`,
			domain.ModeratedOutput, []string{"hate"},
		},
		"details beside the error": {
			`{"error":{"code":"moderation_blocked"},"moderation_details":{"moderation_stage":"input","categories":["self-harm"]}}`,
			domain.ModeratedInput, []string{"self-harm"},
		},
		"a stage that is new": {
			`{"error":{"code":"moderation_blocked","moderation_details":{"moderation_stage":"audit"}}}`,
			domain.ModeratedUnknown, nil,
		},
		"the old code": {`{"error":{"code":"content_policy_violation"}}`, domain.ModeratedUnknown, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := imagetest.New(t, imagetest.Step{Status: 400, Body: tt.body})
			out, err := d.Client(Kind()).Generate(t.Context(), image.Request{Description: "x", Count: 2}, nil)
			if err != nil || len(out.List) != 2 {
				t.Fatalf("%+v, %v", out, err)
			}
			m := out.List[1].Moderated
			if out.List[1].State() != domain.ImageModerated {
				t.Fatalf("%+v", out.List[1])
			}
			if m.Stage != tt.stage || !slices.Equal(m.Categories, tt.categories) {
				t.Errorf("%+v", m)
			}
			if !strings.Contains(m.Words(), "No credit was charged") {
				t.Error(m.Words())
			}
		})
	}
}

func TestEmptyAccountAs429(t *testing.T) {
	d := imagetest.New(t, imagetest.Step{Status: 429, Body: `{"error":{"code":"insufficient_quota","message":"x"}}`})
	_, err := d.Client(Kind()).Generate(t.Context(), image.Request{Description: "x"}, nil)
	if f := imagetest.Failure(t, err); f.Kind != "quota" || f.Retryable() {
		t.Errorf("%+v", f)
	}
}

func TestPartOfTheAnswer(t *testing.T) {
	d := imagetest.New(t, ok(t, imagetest.PNG(t, 8, 8), []byte("GIF89a...")))
	out, err := d.Client(Kind()).Generate(t.Context(), image.Request{Description: "x", Count: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var states []domain.ImageOutcome
	for _, o := range out.List {
		states = append(states, o.State())
	}
	if !slices.Equal(states, []domain.ImageOutcome{domain.ImageOK, domain.ImageFailed, domain.ImageFailed}) {
		t.Errorf("%v", states)
	}
}

func TestAPictureToBeginWith(t *testing.T) {
	source, err := image.Verify(imagetest.JPEG(t, 16, 16))
	if err != nil {
		t.Fatal(err)
	}
	d := imagetest.New(t, ok(t, imagetest.PNG(t, 8, 8)))
	r := image.Request{Task: domain.ImageFromImage, Description: "at night", Source: &source}
	out, err := d.Client(Kind()).Generate(t.Context(), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := d.Asked()[0]
	if a.Path != "/images/edits" || string(a.Files["image"]) != string(source.Data) || a.Fields["n"] != "1" {
		t.Errorf("%s %v", a.Path, a.Fields)
	}
	if !strings.Contains(string(out.List[0].Picture.Data), string(image.SourceEdited)) {
		t.Error("it does not say that it was made of another picture")
	}
}

func TestSmallSizesAreScaledDown(t *testing.T) {
	d := imagetest.New(t, ok(t, imagetest.PNG(t, 1024, 1024)))
	out, err := d.Client(Kind()).Generate(t.Context(), image.Request{Description: "x", Width: 256, Height: 256}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := out.List[0].Picture; p == nil || p.Width != 256 || p.Height != 256 {
		t.Errorf("%+v", out.List[0])
	}
	if size := d.Asked()[0].Fields["size"]; size != "1024x1024" {
		t.Errorf("asked for %v", size)
	}
}

func TestDALLE(t *testing.T) {
	o := imagetest.New(t).Options(Kind())
	o.Config.BaseURL = ""
	_, err := image.NewClient(o).Generate(t.Context(), image.Request{Description: "x", Model: "dall-e-3"}, nil)
	if f := imagetest.Failure(t, err); !strings.Contains(f.Message, "use gpt-image-2") || f.Retryable() {
		t.Errorf("%+v", f)
	}
	// Another server may still have it, and know the old parameters only.
	d := imagetest.New(t, imagetest.Step{Body: `{"data":[{"url":"{url}/files/1.png"}]}`},
		imagetest.Step{Data: imagetest.PNG(t, 8, 8)})
	out, err := d.Client(Kind()).Generate(t.Context(), image.Request{
		Description: "x", Model: "dall-e-3", High: true, Width: 512, Height: 512,
	}, nil)
	if err != nil || out.List[0].State() != domain.ImageOK {
		t.Fatalf("%+v, %v", out, err)
	}
	a := d.Asked()
	if f := a[0].Fields; f["response_format"] != "b64_json" || f["quality"] != "hd" || f["size"] != "512x512" {
		t.Errorf("%v", f)
	}
	if a[1].Header.Get("Authorization") != "" {
		t.Error("the key was sent with the download")
	}
}

// Whatever is wished for, the size that is asked for is one that the API takes.
func TestSizesAreLegal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		edge := rapid.IntRange(1, 8192)
		r := image.Request{Model: "gpt-image-2", Width: edge.Draw(t, "w"), Height: edge.Draw(t, "h")}
		asked, shrink := size(r)
		var w, h int
		if _, err := fmt.Sscanf(asked, "%dx%d", &w, &h); err != nil {
			t.Fatal(err)
		}
		longer, shorter := max(w, h), min(w, h)
		if w%step != 0 || h%step != 0 || longer > mostRatio*shorter || longer > mostLonger || shorter > mostShorter {
			t.Errorf("%dx%d becomes %s", r.Width, r.Height, asked)
		}
		if shrink >= usualEdge || (r.Width > r.Height && w < h) || (r.Width == r.Height && w != h) {
			t.Errorf("%dx%d becomes %s, then %d", r.Width, r.Height, asked, shrink)
		}
	})
	for given, want := range map[[2]int]string{
		{256, 256}: "1024x1024", {512, 512}: "1024x1024", {1024, 1024}: "1024x1024",
		{1792, 1024}: "1792x1024", {1024, 1792}: "1024x1792", {0, 0}: "",
	} {
		if got, _ := size(image.Request{Width: given[0], Height: given[1]}); got != want {
			t.Errorf("%v becomes %s, want %s", given, got, want)
		}
	}
}
