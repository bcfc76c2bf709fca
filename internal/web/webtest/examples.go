package webtest

import (
	"encoding/json"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/work"
)

// SampleBody is the text of the example items.
const SampleBody = `Cloud bills grow quietly. Nobody decides to spend more; a test cluster stays on over a weekend, a volume outlives its server, and a report that ran once a day runs every hour.

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

// testWait is how long a test waits for an execution.
const testWait = time.Minute

// provenance is where the parts of an example item came from.
const provenance = `{"citations":[{"n":1,"source_id":7,"version":1,"start":384,"end":420,"title":"Returns","heading":"Refunds",
"quote":"Refunds take five working days.","sentence":"You get your money in five days.","text_start":0,"text_end":9}],
"unused_passages":[{"n":2,"source_id":8,"version":1,"start":0,"end":9,"title":"Garden","heading":"","quote":"Cover the beds."}],
"inputs":{"topic":"Cloud cost","key_points":["Machines are larger than their work"],
	"facts":["One list of everything that runs"]},
	"parts":[{"heading":"Introduction","step":"section-1","uses":["topic"]},
		{"heading":"Where the money goes","step":"section-2","uses":["key_points[0]","facts[0]"]},
		{"heading":"How to keep it that way","step":"section-3"}],
	"steps":{"section-1":{"model":"composer/1"}}}`

// Finding returns a finding about the words quote of body.
func Finding(body, guardrail string, sev domain.Severity, quote, message string) domain.Finding {
	at := len([]rune(body[:strings.Index(body, quote)]))
	return domain.Finding{
		Guardrail: guardrail,
		Severity:  sev,
		Action:    domain.ActionFlagged,
		Message:   message,
		Version:   1,
		Matches:   []domain.Match{{Start: at, End: at + len([]rune(quote)), Text: quote}},
	}
}

// Examples fills the board with ten items, runs a capability to its end and creates
// a key. It returns the execution.
func (p *Person) Examples() domain.Execution {
	p.T.Helper()
	model := domain.Origin{Kind: domain.OriginModel, Provider: "anthropic", Model: "claude-sonnet-4-5", AI: true}
	for _, x := range []struct {
		status domain.ItemStatus
		item   domain.ContentItem
	}{
		{domain.ItemPublished, domain.ContentItem{Title: "Five questions to ask before you sign a cloud contract", Origin: model}},
		{domain.ItemPublished, domain.ContentItem{Title: "What a marketplace listing needs in its first week"}},
		{domain.ItemReady, domain.ContentItem{Title: "Tagging, without tears", Assignee: "Ada Lovelace", Origin: model}},
		{domain.ItemReady, domain.ContentItem{Title: "Release notes people read to the end", Type: domain.ContentEmail}},
		{domain.ItemReview, domain.ContentItem{Title: "Your bill has an owner now. Say hello.", Type: domain.ContentSocial,
			Channel: "linkedin"}},
		{domain.ItemReview, domain.ContentItem{Title: "Why we moved the report from every hour to every day", Assignee: "Grace Hopper",
			Findings: []domain.Finding{Finding(SampleBody, "unsupported-claim", domain.SeverityBlocking,
				"Acme saved 31% in a quarter", "No input supports this number.")}}},
		{domain.ItemReview, domain.ContentItem{Title: "A short guide to rightsizing"}},
		{domain.ItemGenerated, domain.ContentItem{Title: "The quarter’s product news", Type: domain.ContentEmail, Origin: model}},
		{domain.ItemGenerated, domain.ContentItem{Title: "Three sentences about storage", Type: domain.ContentSocial,
			Channel: "mastodon"}},
		{domain.ItemGenerated, domain.ContentItem{Title: "Cloud cost optimization: where to look first",
			Findings: []domain.Finding{Finding(SampleBody, "absolute-claims", domain.SeverityWarning,
				"the best and only way", "An absolute claim that nobody can check.")},
			NeedsInput: []domain.Need{
				{What: "customer proof", Field: "facts", Reason: "No quote or case was given."},
				{What: "call to action", Field: "call_to_action", Reason: "The text ends without a next step."}}}},
	} {
		x.item.Body, x.item.Language, x.item.MetaTitle = SampleBody, "en", x.item.Title
		x.item.MetaDescription = "Where cloud money goes, and what to do about it on Monday."
		x.item.Keywords = []string{"cloud cost", "tagging"}
		x.item.Scores = map[string]float64{"seo": 82, "readability": 64}
		p.Add(x.item, x.status)
	}
	_, err := p.Engine.Account.CreateKey(p.Context(), account.CreateKey{Name: "Website", Role: domain.RoleEditor})
	No(p.T, err)
	return p.Run("generate-blog-post", `{"topic":"Cloud cost optimization",
		"key_points":["Machines are larger than their work","Owners who see a number every Friday"],
		"facts":["One list of everything that runs"]}`)
}

// Run executes a capability and waits for its end.
func (p *Person) Run(slug, settings string) domain.Execution {
	p.T.Helper()
	st, err := p.Engine.Work.Execute(p.Context(), work.Execute{Capability: slug, Settings: json.RawMessage(settings)})
	No(p.T, err)
	d, err := p.Engine.Work.WaitExecution(p.Context(), st.Execution.ID, testWait)
	No(p.T, err)
	if !d.Status.Ended() {
		p.T.Fatalf("execution %d is %s", d.ID, d.Status)
	}
	return d.Execution
}
