package search_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// databases open a store on each database.
var databases = map[string]func(testing.TB, ...storetest.Option) *store.Store{
	"sqlite": storetest.SQLite, "postgres": storetest.Postgres,
}

// A search over 5,000 items of several passages.
func BenchmarkFind(b *testing.B) {
	for name, open := range databases {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			workspace := filled(b, s)
			id, _ := strconv.ParseInt(workspace, 10, 64)
			began := time.Now()
			for i := range 5000 {
				addItem(b, s, id, fmt.Sprintf("Note %d on %s", i, nouns[i%len(nouns)]), noise(i))
			}
			added := time.Since(began)
			began = time.Now()
			index(b, s)
			b.Logf("added in %v, cut in %v", added, time.Since(began))
			missed := 0
			for _, q := range golden {
				list, texts := find(b, s, workspace, q.question), ""
				for _, p := range list {
					texts += p.Text + "\n"
				}
				if !strings.Contains(texts, q.answer) {
					missed++
					b.Logf("%q is not answered by %s", q.question, titles(list))
				}
			}
			n := 0
			for b.Loop() {
				find(b, s, workspace, golden[n%len(golden)].question)
				n++
			}
			b.ReportMetric(float64(missed), "missed")
		})
	}
}

var nouns = strings.Fields("harbour meadow engine kettle lantern ledger violin orchard anchor compass saddle window " +
	"customer price plan data delivery team month account market report letter office")

// noise is a text of some 800 words, many of them those of the questions.
func noise(i int) string {
	var b strings.Builder
	for j := range 800 {
		if j%160 == 0 {
			fmt.Fprintf(&b, "\n\n## Part %d of the %s\n\n", j/160, nouns[(i+j)%len(nouns)])
		}
		b.WriteString(nouns[(i*7+j*j+j/3)%len(nouns)])
		b.WriteByte(" .,"[min(j%9, 2)%3])
		b.WriteByte(' ')
	}
	return b.String()
}

// The worst texts to search: all have the same words, so that every passage matches.
func BenchmarkFindInEqualTexts(b *testing.B) {
	for name, open := range databases {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			id := newWorkspace(b, s, "ours")
			text := strings.Repeat("Words about cost and care. ", 222)
			for i := range 5000 {
				addItem(b, s, id, fmt.Sprintf("Cloud cost optimization %d", i), text)
			}
			index(b, s)
			for _, q := range []string{"words about cost", "cloud cost optimization 4711", "what is idle", "care", "commitments last 17"} {
				b.Run(q, func(b *testing.B) {
					for b.Loop() {
						find(b, s, strconv.FormatInt(id, 10), q)
					}
				})
			}
		})
	}
}
