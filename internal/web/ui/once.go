package ui

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"vellocity/internal/domain"
)

// onceField is the hidden field that names one rendering of a form.
const onceField = "once"

// onceHTML is the hidden field of a new form. A browser that restores a form restores
// what a person typed; it must not restore this field.
func onceHTML() template.HTML {
	const field = `<input type="hidden" name="` + onceField + `" value="%s" autocomplete="off">`
	return template.HTML(fmt.Sprintf(field, rand.Text())) //nolint:gosec // letters and digits
}

// Outcome is where a form leads once its verb is done.
type Outcome struct {
	Path    string `json:"path"` // of the page to open
	Message string `json:"message"`
	Undo    *Undo  `json:"undo,omitempty"` // nil: no undo is offered
}

// Undo moves an item back to the column that it came from.
type Undo struct {
	Item int64             `json:"item"`
	To   domain.ItemStatus `json:"to"`
	ETag string            `json:"etag"` // the undo is refused once the item has changed again
}

// Once runs a verb for a posted form, which [ReadForm] has read. A second post of the
// same form with the same values, as after a double click, runs nothing: it gets the
// outcome of the first. The form carries the field that the template function once
// writes; without it, the verb always runs.
func Once[R any](r *http.Request, do func(context.Context) (R, error), done func(R) Outcome) (Outcome, error) {
	ctx := r.Context()
	if r.PostForm.Get(onceField) != "" {
		key := onceKey(r)
		ctx = domain.WithClaim(ctx, domain.ClaimOf[any]{
			Claim: domain.Claim{Scope: r.Method + " " + r.URL.Path, Key: key, Fingerprint: key},
			Render: func(result any) (domain.StoredAnswer, error) {
				r, ok := result.(R)
				if !ok {
					return domain.StoredAnswer{}, fmt.Errorf("the form expects a %T, the verb returned a %T", r, result)
				}
				body, err := json.Marshal(done(r))
				return domain.StoredAnswer{Status: http.StatusSeeOther, Body: body}, err
			},
		})
	}
	result, err := do(ctx)
	var before *domain.Replayed
	if errors.As(err, &before) {
		var out Outcome
		if err := json.Unmarshal(before.Answer.Body, &out); err != nil {
			return Outcome{}, fmt.Errorf("read the stored outcome: %w", err)
		}
		return out, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	return done(result), nil
}

// onceKey names a post: the person, the rendering of the form, and every value in it.
// A form that is sent again with other values is another post.
func onceKey(r *http.Request) string {
	actor, _ := domain.ActorFrom(r.Context())
	sum := sha256.Sum256([]byte(strconv.FormatInt(actor.ID, 10) + "\n" + r.PostForm.Encode()))
	return "form-" + hex.EncodeToString(sum[:])
}
