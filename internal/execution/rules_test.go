package execution_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/proptest"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// owner is who creates the rules here: somebody else than who starts the executions.
func owner(k *enginetest.Kit) context.Context { return enginetest.As(k.Ours.ID, domain.RoleAdmin) }

// saveOwner gives the owner of the rules a role.
func saveOwner(k *enginetest.Kit, role domain.Role) {
	k.T.Helper()
	k.Do(func(ctx context.Context, tx *store.Tx) error {
		a, _ := domain.ActorFrom(owner(k))
		return tx.SaveMember(ctx, k.Ours.ID, a.ID, role)
	})
}

// newRule creates a rule.
func newRule(k *enginetest.Kit, name, when string, to domain.ItemStatus) domain.BoardRule {
	k.T.Helper()
	r, err := k.Content.CreateBoardRule(owner(k), content.BoardRuleEdit{Name: &name, When: &when, MoveTo: &to})
	if err != nil {
		k.T.Fatal(domain.AsError(err).Fields, err)
	}
	return r
}

func clean() enginetest.Made {
	return enginetest.Made{
		Title: "Cold brew", Type: domain.ContentBlog, Body: "Cold brew takes coarse coffee and a night.",
		Language: "en", Scores: map[string]float64{"seo": 84},
	}
}

func finding(s domain.Severity) domain.Finding {
	return domain.Finding{
		ID: "f-" + string(s), Guardrail: "facts", Severity: s, Action: domain.ActionFlagged, Message: "A figure has no source.",
		Matches: []domain.Match{},
	}
}

// written has an execution put an item on the board, and returns the item.
func written(k *enginetest.Kit, m enginetest.Made) content.ItemDetails {
	k.T.Helper()
	x := k.Ended(k.Run(step{Key: "a", Do: "item", Made: &m}).ID, domain.ExecutionCompleted)
	return itemOf(k, details(k, x.ID).Items[0].ID)
}

// last is the newest entry of an item's history.
func last(d content.ItemDetails) domain.ItemMove {
	if len(d.Moves) == 0 {
		return domain.ItemMove{}
	}
	return d.Moves[len(d.Moves)-1]
}

func setApproval(k *enginetest.Kit, on bool) {
	k.T.Helper()
	k.Exec("update workspace set require_approval = $1 where id = $2", on, k.Ours.ID)
}

func TestARuleMovesWhatAnExecutionHasWritten(t *testing.T) {
	blocked := clean()
	blocked.Findings = []domain.Finding{finding(domain.SeverityBlocking)}
	weak := clean()
	weak.Scores = map[string]float64{"seo": 61}
	const good = "scores.seo >= 80"
	cases := []struct {
		name   string
		made   enginetest.Made
		rules  func(k *enginetest.Kit)
		status domain.ItemStatus
		by     string
		why    string // a part of the reason; empty: there is no entry
	}{
		{"no rules", clean(), func(*enginetest.Kit) {}, domain.ItemGenerated, "", ""},
		{"to review", clean(), func(k *enginetest.Kit) { newRule(k, "Good", good, domain.ItemReview) },
			domain.ItemReview, "Good", "scores.seo is 84"},
		{"to ready", clean(), func(k *enginetest.Kit) { newRule(k, "Good", good, domain.ItemReady) },
			domain.ItemReady, "Good", "scores.seo is 84"},
		{"published", clean(), func(k *enginetest.Kit) { newRule(k, "Good", good, domain.ItemPublished) },
			domain.ItemPublished, "Good", "scores.seo is 84"},
		{"no", weak, func(k *enginetest.Kit) { newRule(k, "Good", good, domain.ItemPublished) },
			domain.ItemGenerated, "Board rules", "Good: scores.seo is 61, not at least 80."},
		{"blocked", blocked, func(k *enginetest.Kit) { newRule(k, "Good", good, domain.ItemReady) },
			domain.ItemGenerated, "Good", "A finding blocks it: A figure has no source."},
		{"blocked, to review", blocked, func(k *enginetest.Kit) { newRule(k, "Good", good, domain.ItemReview) },
			domain.ItemReview, "Good", "scores.seo is 84"},
		{"off", clean(), func(k *enginetest.Kit) {
			r := newRule(k, "Good", good, domain.ItemReady)
			off := content.EditBoardRule{ID: r.ID, BoardRuleEdit: content.BoardRuleEdit{Enabled: new(false)}}
			must(k, second(k.Content.EditBoardRule(owner(k), off)))
		}, domain.ItemGenerated, "", ""},
		{"the first yes decides", clean(), func(k *enginetest.Kit) {
			newRule(k, "Second", good, domain.ItemPublished)
			r := newRule(k, "First", good, domain.ItemReview)
			first := content.EditBoardRule{ID: r.ID, BoardRuleEdit: content.BoardRuleEdit{Order: new(1)}}
			must(k, second(k.Content.EditBoardRule(owner(k), first)))
			second := content.EditBoardRule{ID: r.ID - 1, BoardRuleEdit: content.BoardRuleEdit{Order: new(2)}}
			_, err := k.Content.EditBoardRule(owner(k), second)
			must(k, err)
		}, domain.ItemReview, "First", "scores.seo is 84"},
		{"unknown counts as no", clean(), func(k *enginetest.Kit) {
			newRule(k, "Voice", "voice.adherence >= 50", domain.ItemReady)
			newRule(k, "Good", good, domain.ItemReview)
		}, domain.ItemReview, "Good", "scores.seo is 84"},
		{"undecided alone", clean(), func(k *enginetest.Kit) {
			newRule(k, "Readable", "scores.readability >= 50", domain.ItemReady)
		}, domain.ItemGenerated, "Board rules", "scores.readability is not known"},
		{"the owner has become an editor", clean(), func(k *enginetest.Kit) {
			newRule(k, "Good", good, domain.ItemPublished)
			saveOwner(k, domain.RoleEditor)
		}, domain.ItemGenerated, "Good", `admin, who owns the rule, no longer has the "publish" scope`},
		{"the owner has left", clean(), func(k *enginetest.Kit) {
			newRule(k, "Good", good, domain.ItemReady)
			k.Do(func(ctx context.Context, tx *store.Tx) error {
				a, _ := domain.ActorFrom(owner(k))
				return tx.RemoveMember(ctx, k.Ours.ID, a.ID)
			})
		}, domain.ItemGenerated, "Good", `no longer has the "content" scope`},
		{"an approval is required since", clean(), func(k *enginetest.Kit) {
			newRule(k, "Good", good, domain.ItemPublished)
			setApproval(k, true)
		}, domain.ItemGenerated, "Good", "requires an approval"},
		{"a condition that cannot be read any more", clean(), func(k *enginetest.Kit) {
			r := newRule(k, "Old", good, domain.ItemReady)
			k.Exec("update board_rule set condition = 'gone > 1' where id = $1", r.ID)
		}, domain.ItemGenerated, "Board rules", "Old: The condition"},
	}
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		for _, c := range cases {
			k.T.Run(c.name, func(*testing.T) {
				c.rules(k)
				d := written(k, c.made)
				got := last(d)
				if d.Status != c.status || got.By != c.by || !strings.Contains(got.Reason, c.why) ||
					c.why == "" && len(d.Moves) > 0 {
					t.Errorf("%s: %s, %+v", c.name, d.Status, d.Moves)
				}
				if c.by != "" && got.ByKind != domain.ActorRule {
					t.Errorf("%s: by a %s", c.name, got.ByKind)
				}
			})
			k.Exec("delete from board_rule")
			setApproval(k, false)
			saveOwner(k, domain.RoleAdmin)
		}
	})
}

func must(k *enginetest.Kit, err error) {
	k.T.Helper()
	if err != nil {
		k.T.Fatal(err)
	}
}

// A rule that publishes does all that a person's move does: the feed, the channels, the
// approval and the events.
func TestARulePublishesAsAPersonDoes(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		name := "Blog"
		_, err := k.Content.CreateChannel(k.Ctx(), content.CreateChannel{Kind: "site", ChannelEdit: content.ChannelEdit{
			Name: &name, Settings: map[string]string{"url": "https://site.test"}, Secret: new(domain.Secret("x")),
		}})
		must(k, err)
		r := newRule(k, "Clean posts", `content_type == "blog_post" and findings.warning == 0`, domain.ItemPublished)
		d := written(k, clean())
		if d.ApprovedVersion != 1 || d.PublishedVersion != 1 || len(d.Publications) != 2 {
			t.Errorf("approved %d, published %d, %+v", d.ApprovedVersion, d.PublishedVersion, d.Publications)
		}
		if why := last(d).Reason; why != `content_type is "blog_post"; findings.warning is 0` {
			t.Error(why)
		}
		for _, event := range []domain.EventName{domain.EventContentMoved, domain.EventContentPublished} {
			if n := k.Count(`select count(*) from event where name = $1 and actor_kind = 'rule' and actor_id = $2
				and actor = 'Clean posts' and content_id = $3`, string(event), r.ID, d.ID); n != 1 {
				t.Errorf("%d events %s of the rule", n, event)
			}
		}
		if n := k.Count("select count(*) from publication where content_id = $1 and html <> ''", d.ID); n != 1 {
			t.Error("its text was not rendered ahead")
		}
	})
}

// What changes between the decision and the move is decided again: nothing moves by a rule
// that is not there any more.
func TestRulesThatChangeMeanwhileAreAskedAgain(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		r := newRule(k, "Good", "scores.seo >= 80", domain.ItemPublished)
		var asked atomic.Int32
		k.Runner.Render = func(c domain.ContentItem) string { // of what the rule is about to publish
			if asked.Add(1) == 1 {
				to := content.EditBoardRule{ID: r.ID, BoardRuleEdit: content.BoardRuleEdit{MoveTo: new(domain.ItemReview)}}
				must(k, second(k.Content.EditBoardRule(owner(k), to)))
			}
			return content.Render(c)
		}
		k.Start()
		if d := written(k, clean()); d.Status != domain.ItemReview || len(d.Moves) != 1 || d.Version != 1 {
			t.Errorf("%s, %+v", d.Status, d.Moves)
		}
	})
}

// An execution that waits for a person about an item keeps it from the rules.
func TestAnItemThatAPersonIsAskedAboutIsLeft(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered())}, func(k *enginetest.Kit) {
		first := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
		id := details(k, first.ID).Items[0].ID
		asks := k.Run(step{Key: "m", Do: "move", Item: id, To: domain.ItemReview},
			step{Key: "w", After: []string{"m"}, Do: "wait", Item: id})
		k.Await(asks.ID, "waiting", func(x domain.Execution) bool { return x.WaitingFor == domain.WaitingPerson })
		newRule(k, "All", "word_count >= 1", domain.ItemReady)
		x := redo(k, work.RedoStep{ID: first.ID, Step: "b"})
		k.Ended(x.ID, domain.ExecutionCompleted)
		if d := itemOf(k, id); d.Version != 2 || d.Status != domain.ItemReview {
			t.Errorf("version %d is %s", d.Version, d.Status)
		}
	})
}

// Another workspace's rules say nothing about our items.
func TestRulesOfAnotherWorkspaceDecideNothing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		theirs := enginetest.As(k.Theirs.ID, domain.RoleOwner)
		must(k, second(k.Content.CreateBoardRule(theirs, content.BoardRuleEdit{
			Name: new("All"), When: new("word_count >= 0"), MoveTo: new(domain.ItemPublished),
		})))
		if d := written(k, clean()); d.Status != domain.ItemGenerated || len(d.Moves) != 0 {
			t.Errorf("%s, %+v", d.Status, d.Moves)
		}
	})
}

// In a template the rules come after each step that can change the item; what a person has
// decided there stands.
func TestInATemplateRulesComeLast(t *testing.T) {
	enginetest.Each(t, config(t, nil), func(k *enginetest.Kit) {
		newRule(k, "All", `template == "flow" and capability == "scripted" and trigger == 0`, domain.ItemReady)
		x := k.Ended(start(k, `{}`).ID, domain.ExecutionCompleted)
		d := itemOf(k, details(k, x.ID).Items[0].ID)
		var history []string
		for _, m := range d.Moves {
			history = append(history, fmt.Sprintf("%s %s-%s", m.ByKind, m.From, m.To))
		}
		if got := strings.Join(history, ", "); got != "agent generated-review, rule review-ready" {
			t.Error(got)
		}
	})
}

// A redo's new version is looked at as a new item is; what a person has moved is not.
func TestRulesLookAtTheNewVersionOfARedo(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered())}, func(k *enginetest.Kit) {
		first := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
		id := details(k, first.ID).Items[0].ID
		newRule(k, "All", "word_count >= 1", domain.ItemReady)
		again := func() content.ItemDetails {
			x := redo(k, work.RedoStep{ID: first.ID, Step: "b"})
			k.Ended(x.ID, domain.ExecutionCompleted)
			return itemOf(k, id)
		}
		if d := again(); d.Version != 2 || d.Status != domain.ItemReady || d.ApprovedVersion != 2 {
			t.Errorf("version %d is %s, approved %d", d.Version, d.Status, d.ApprovedVersion)
		}
		must(k, second(k.Content.Move(k.Ctx(), content.Move{ID: id, To: domain.ItemReview})))
		if d := again(); d.Version != 3 || d.Status != domain.ItemReview {
			t.Errorf("version %d is %s", d.Version, d.Status)
		}
	})
}

// TestDryRunsAndTheEngineAgree has the engine and a dry run look at the same items with the
// same rules.
func TestDryRunsAndTheEngineAgree(t *testing.T) {
	dir := storetest.SQLiteDir(t)
	k := enginetest.New(t, storetest.Open(t, store.Options{Dir: dir}), dir, enginetest.Config{})
	conditions := []string{
		"scores.seo >= 50", "scores.readability >= 50", "findings.warning == 0", "findings.blocking == 0 and word_count > 4",
		`content_type != "blog_post"`, `title contains "a"`, "needs_input < 2", `language == "de"`,
		`(scores.seo ?? 0) > 20 or findings.info > 0`, `engine.ai`, `1 / word_count > 0.2`, `voice.distance <= 1`,
		`capability == "scripted" and template == ""`, `any(values(scores), # > 50)`,
	}
	proptest.Check(t, func(t *rapid.T) {
		k.Exec("delete from board_rule")
		m := randomItem(t)
		when := rapid.SliceOfNDistinct(rapid.SampledFrom(conditions), 1, 3, rapid.ID[string]).Draw(t, "when")
		to := rapid.SampledFrom(domain.BoardRuleTargets()).Draw(t, "to")
		for _, w := range when {
			newRule(k, w, w, to)
		}
		d := written(k, m)
		moves, why := tryAll(k, when, to, d.ID)
		entry := last(d)
		moved := d.Status != domain.ItemGenerated
		if moved != moves || moved && (d.Status != to || entry.Reason != why) {
			t.Fatalf("the engine: %s, %+v; the dry run: moves %t, %s", d.Status, entry, moves, why)
		}
		if !moved && !strings.Contains(entry.Reason, strings.TrimSuffix(why, ".")) {
			t.Fatalf("the engine says %q, the dry run %q", entry.Reason, why)
		}
	})
}

// tryAll asks dry runs of one rule after the other until one says yes.
func tryAll(k *enginetest.Kit, when []string, to domain.ItemStatus, id int64) (moves bool, why string) {
	k.T.Helper()
	for _, w := range when {
		list, err := k.Content.TryBoardRule(k.Ctx(), content.TryBoardRule{When: w, MoveTo: to})
		must(k, err)
		i := slices.IndexFunc(list, func(x content.TriedItem) bool { return x.Item.ID == id })
		if list[i].Yes {
			_, held, _ := strings.Cut(list[i].Why, ". ")
			if list[i].Moves {
				held = list[i].Why
			}
			return list[i].Moves, held
		}
		why = list[i].Why
	}
	return false, why
}

func randomItem(t *rapid.T) enginetest.Made {
	m := enginetest.Made{
		Title:    rapid.SampledFrom([]string{"Cold brew at home", "One", "Über Kaffee"}).Draw(t, "title"),
		Type:     rapid.SampledFrom(domain.ContentTypes()).Draw(t, "type"),
		Body:     rapid.SampledFrom([]string{"One.", "Cold brew takes coarse coffee and a night.", "# A\n\n- b"}).Draw(t, "body"),
		Language: rapid.SampledFrom([]string{"", "en", "de"}).Draw(t, "language"),
	}
	all := map[string]float64{"seo": 0, "readability": 0}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if rapid.Bool().Draw(t, name) {
			if m.Scores == nil {
				m.Scores = map[string]float64{}
			}
			m.Scores[name] = float64(rapid.IntRange(0, 1000).Draw(t, "score")) / 10
		}
	}
	for _, s := range []domain.Severity{domain.SeverityInfo, domain.SeverityWarning, domain.SeverityBlocking} {
		if rapid.IntRange(0, 2).Draw(t, "found") == 0 {
			f := finding(s)
			if rapid.Bool().Draw(t, "redacted") {
				f.Action = domain.ActionRedacted
			}
			m.Findings = append(m.Findings, f)
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "needs") {
		m.Needs = append(m.Needs, domain.Need{What: "facts", Field: "facts", Reason: "None were given."})
	}
	return m
}
