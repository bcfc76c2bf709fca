package web

import (
	"encoding/json"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

const sampleBody = `Cloud bills grow quietly. Nobody decides to spend more; a test cluster stays on over a weekend, a volume outlives its server, and a report that ran once a day runs every hour.

## Where the money goes

Three places hold most of what can be saved: machines that are larger than their work, storage that nobody reads, and traffic between regions. Acme saved 31% in a quarter by looking at these three first, and by looking every week.

- Machines: match the size to the load of the last month.
- Storage: move what nobody has read for ninety days.
- Traffic: keep what talks to each other in one place.

## What to do on Monday

Begin with one list of everything that runs and who asked for it. *Tag it*, and give each line an owner. An owner who sees a number every Friday turns things off without being asked.

> We stopped arguing about the bill when every team could read its own.

## How to keep it that way

Set a limit per team, warn at four fifths of it, and talk about the warning rather than the bill. This is the best and only way to keep costs down, and it takes an hour a week.
`

// finding points at the words quote of body.
func finding(body, guardrail string, sev domain.Severity, quote, message string) domain.Finding {
	at := len([]rune(body[:strings.Index(body, quote)]))
	return domain.Finding{Guardrail: guardrail, Severity: sev, Action: domain.ActionFlagged, Message: message, Version: 1,
		Matches: []domain.Match{{Start: at, End: at + len([]rune(quote)), Text: quote}}}
}

// examples fills the board, and starts a run or two.
func (h *house) examples(t testing.TB) {
	t.Helper()
	say := func(title string, stage domain.ItemStatus, change func(*domain.ContentItem)) {
		c := domain.ContentItem{Title: title, Body: sampleBody, Language: "en", MetaTitle: title, MetaDescription: "Where cloud money goes, and what to do about it on Monday.",
			Keywords: []string{"cloud cost", "tagging"}, Scores: map[string]float64{"seo": 82, "readability": 64}}
		if change != nil {
			change(&c)
		}
		h.add(t, c, stage)
	}
	model := domain.Origin{Kind: domain.OriginModel, Provider: "anthropic", Model: "claude-sonnet-4-5", AI: true}
	say("Five questions to ask before you sign a cloud contract", domain.ItemPublished, func(c *domain.ContentItem) { c.Origin = model })
	say("What a marketplace listing needs in its first week", domain.ItemPublished, nil)
	say("Tagging, without tears", domain.ItemReady, func(c *domain.ContentItem) { c.Assignee = "Ada Lovelace"; c.Origin = model })
	say("Release notes people read to the end", domain.ItemReady, func(c *domain.ContentItem) { c.Type = domain.ContentEmail })
	say("Your bill has an owner now. Say hello.", domain.ItemReview, func(c *domain.ContentItem) { c.Type, c.Channel = domain.ContentSocial, "linkedin" })
	say("Why we moved the report from every hour to every day, and what nobody noticed afterwards", domain.ItemReview, func(c *domain.ContentItem) {
		c.Assignee = "Grace Hopper"
		c.Findings = []domain.Finding{finding(sampleBody, "unsupported-claim", domain.SeverityBlocking, "Acme saved 31% in a quarter", "No input supports this number. Give its source under facts, or leave it out.")}
	})
	say("A short guide to rightsizing", domain.ItemReview, nil)
	say("The quarter’s product news", domain.ItemGenerated, func(c *domain.ContentItem) { c.Type = domain.ContentEmail; c.Origin = model })
	say("Three sentences about storage", domain.ItemGenerated, func(c *domain.ContentItem) { c.Type, c.Channel = domain.ContentSocial, "mastodon" })
	say("Cloud cost optimization: where to look first", domain.ItemGenerated, func(c *domain.ContentItem) {
		c.Findings = []domain.Finding{finding(sampleBody, "absolute-claims", domain.SeverityWarning, "the best and only way", "An absolute claim that nobody can check. Say what it does instead.")}
		c.NeedsInput = []domain.Need{{What: "customer proof", Field: "facts", Reason: "No quote or case was given, so the text makes no claim about results."}, {What: "call to action", Field: "call_to_action", Reason: "The text ends without telling the reader what to do next."}}
	})
	_, err := h.engine.Execute(h.ctx, engine.Execute{Capability: "generate-blog-post", Settings: json.RawMessage(`{"topic":"Cloud cost optimization","key_points":["Machines are larger than their work","Storage that nobody reads","Owners who see a number every Friday"],"facts":["One list of everything that runs"]}`)})
	no(t, err)
	_, err = h.engine.CreateKey(h.ctx, engine.CreateKey{Name: "Website"})
	no(t, err)
}
