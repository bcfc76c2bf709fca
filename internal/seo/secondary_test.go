package seo

import (
	"strings"
	"testing"
)

// TestSecondaryKeywordsCountOnceEach: the advice names the missing one, and repeating one earns nothing.
func TestSecondaryKeywordsCountOnceEach(t *testing.T) {
	body := "The team moves its mail into one place, and each message has an owner there. " +
		strings.Repeat("Nobody looks in three places any more, since everything new arrives where all can see it. ", 12)
	for _, c := range []struct {
		keywords []string
		more     string
		points   int
		fix      string
		out      bool // it does not count
	}{
		{keywords: nil, out: true},
		{keywords: []string{"shared inbox"}, out: true},
		{keywords: []string{"shared inbox", "Shared Inbox"}, out: true},
		{keywords: []string{"mail", "message", "owner"}, points: 6},
		{keywords: []string{"mail", "message", "ticket queue"}, points: 3, fix: "Say “ticket queue” once"},
		{keywords: []string{"mail", "desk", "ticket queue"}, points: 0, fix: "“desk” and “ticket queue”"},
		{keywords: []string{"mail", "ticket queue"}, more: "A ticket queue helps.", points: 6},
		{keywords: []string{"mail", "ticket queue"}, more: "The queues for tickets help.", points: 6},
		{keywords: []string{"mail", "ticket queue"}, more: strings.Repeat("Ticket queue. ", 40), points: 0, fix: "less often"},
		{keywords: []string{"郵便", "受信箱"}, more: "受信箱を使います。", points: 6},
	} {
		r := Analyze(Input{Title: "One place for the mail", Body: body + c.more, Keywords: c.keywords, Language: "en"})
		for _, check := range r.Checks {
			if check.ID == "secondary-keywords" &&
				(check.Applicable == c.out || check.Points != c.points || !strings.Contains(check.Fix, c.fix) ||
					c.fix == "" && check.Fix != "") {
				t.Errorf("%q: %+v", c.keywords, check)
			}
		}
	}
	// More uses never raise the score.
	last := 101
	for n := 1; n < 40; n += 6 {
		text := body + strings.Repeat("A ticket queue helps. ", n)
		if got := Analyze(Input{Body: text, Keywords: []string{"mail", "ticket queue"}, Language: "en"}).Checks; true {
			for _, c := range got {
				if c.ID == "secondary-keywords" {
					if c.Points > last {
						t.Errorf("%d uses: %+v", n, c)
					}
					last = c.Points
				}
			}
		}
	}
}
