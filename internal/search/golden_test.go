package search_test

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/search"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

//go:embed testdata/texts.md
var texts string

// golden are questions, each with a part of the passage that answers it.
var golden = []struct{ question, answer string }{
	{"How long do refunds take?", "within five working days"},
	{"refund gift card", "store credit"},
	{"who pays postage for a return", "We pay the postage"},
	{"delivery to the United States", "eight days"},
	{"customs duty", "paid by the recipient"},
	{"when do parcels leave", "16:00"},
	{"Is data encrypted at rest?", "AES-256"},
	{"ISO 27001 certificate", "SOC 2"},
	{"How soon do customers hear about a breach", "72 hours"},
	{"price of the business plan", "99 euros"},
	{"discount for schools", "forty percent off"},
	{"idle machines", "switched off"},
	{"reserved capacity saving", "three-year reservations"},
	{"new employee laptop", "access badge"},
	{"mulching before frost", "earthworms"},
	{"cafe muller zurich", "replaced three tills"},
	{"CAFÉ MÜLLER", "replaced three tills"},
	{"does the till work without internet", "sends its receipts later"},
	{"rate limit 429", "Retry-After"},
	{"webhook signature", "Standard Webhooks"},
	{"Preise für Grosskunden", "gestaffelte Preise"},
	{"Wann werden Rechnungen verschickt?", "Monatsende"},
	{"sommerfest muggelsee", "Samstag im Juli"},
	{"creer un compte mot de passe", "douze caractères"},
	{"戦略", "新しい市場"},
	{"広告の予算", "三割増やします"},
	{"退款 工作日", "五个工作日"},
	{"working from another country", "eight weeks a year"},
	{"screen reader keyboard", "WCAG 2.2"},
	{"what's the logo colour: midnight-blue?", "#10243E"},
	{"investors \"Harbour Ventures\" OR secret:x", "12 million euros"},
	{"how many hours of data can be lost in a disaster", "at most one hour"},
}

// filled stores the texts as items and returns their workspace.
func filled(t testing.TB, s *store.Store) string {
	t.Helper()
	id := newWorkspace(t, s, "ours")
	for part := range strings.SplitSeq(texts, "=== ") {
		if title, body, ok := strings.Cut(part, "\n"); ok {
			addItem(t, s, id, title, body)
		}
	}
	if err := search.New(s).Index(t.Context()); err != nil {
		t.Fatal(err)
	}
	return strconv.FormatInt(id, 10)
}

func newWorkspace(t testing.TB, s *store.Store, slug string) (id int64) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		w, err := tx.CreateWorkspace(t.Context(), domain.Workspace{Slug: slug, Name: slug, Plan: domain.PlanBusiness})
		id = w.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func addItem(t testing.TB, s *store.Store, workspaceID int64, title, body string) (c domain.ContentItem) {
	t.Helper()
	c = domain.ContentItem{WorkspaceID: workspaceID, Title: title, Body: body, Type: domain.ContentBlog,
		Status: domain.ItemGenerated, Origin: domain.PersonOrigin()}
	item.Describe(&c)
	err := s.InTx(t.Context(), func(tx *store.Tx) (err error) {
		c, err = item.Write(t.Context(), tx, c)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func find(t testing.TB, s *store.Store, workspace, query string) []search.Passage {
	t.Helper()
	list, err := search.New(s).Find(context.Background(), workspace, query, 5)
	if err != nil {
		t.Fatal(query, err)
	}
	return list
}

func TestTheGoldenQuestionsAreAnsweredOnBothDatabases(t *testing.T) {
	var answers []string
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspace := filled(t, s)
		all := ""
		for _, q := range golden {
			list, texts := find(t, s, workspace, q.question), ""
			for _, p := range list {
				texts += p.Text + "\n"
				all += fmt.Sprintf("%s %d-%d %.4f\n", p.Title, p.Start, p.End, p.Score)
			}
			if !strings.Contains(texts, q.answer) {
				t.Errorf("%q: none of %d passages says %q:\n%s", q.question, len(list), q.answer, texts)
			}
		}
		answers = append(answers, all)
	})
	if len(answers) == 2 && answers[0] != answers[1] {
		t.Errorf("SQLite finds\n%s\nPostgreSQL finds\n%s", answers[0], answers[1])
	}
}
