package notifications

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/web/ui"
)

// creditsLow is the form of the level below which credits are low, which is the workspace's.
// Those who may not change it do not see it.
func creditsLow(ctx context.Context, w domain.Workspace) ui.Fields {
	a, ok := domain.ActorFrom(ctx)
	if !ok || a.Require(domain.ScopeAdmin) != nil {
		return nil
	}
	value := ""
	if w.CreditsLowAt > 0 {
		value = strconv.Itoa(w.CreditsLowAt)
	}
	return ui.Fields{{
		Name: "credits_low_at", Path: "credits_low_at", Label: "Warn below this many credits", Widget: ui.WidgetNumber,
		Value: value, Min: "0", Max: strconv.Itoa(domain.LimitCreditsLow.Max), Step: "1",
		Help: "Owners and admins are notified then. Empty: a tenth of the last grant.",
	}}
}

// saveCreditsLow changes the level for the whole workspace.
func (p page) saveCreditsLow(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	typed := strings.TrimSpace(r.PostForm.Get("credits_low_at"))
	out, err := ui.Once(r, func(ctx context.Context) (domain.Workspace, error) {
		level, err := levelOf(typed)
		if err != nil {
			return domain.Workspace{}, err
		}
		return p.Engine.Account.UpdateProfile(ctx, account.UpdateProfile{CreditsLowAt: &level})
	}, func(domain.Workspace) ui.Outcome {
		return ui.Outcome{Path: path + "#settings", Message: "Settings saved."}
	})
	if domain.CodeOf(err) != domain.CodeValidation {
		if err != nil {
			return p.Refuse(w, r, path, err)
		}
		return p.Finish(w, r, out)
	}
	v, viewErr := p.view(w, r)
	if viewErr != nil {
		return viewErr
	}
	if v.CreditsLow != nil {
		v.CreditsLow[0].Value = typed
		v.CreditsLow.Blame(domain.AsError(err))
	}
	return p.Render(w, r, domain.CodeValidation.Status(), "notifications", v)
}

// levelOf reads the level; 0 where nothing was typed.
func levelOf(typed string) (int, error) {
	if typed == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		var p domain.Problems
		p.Type("credits_low_at", "a whole number")
		return 0, p.Err()
	}
	return n, nil
}
