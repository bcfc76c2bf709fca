package notify_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/extension/mail/mailtest"
)

// An e-mail says what happened and where, and stops by its own link.
func TestAnEmail(t *testing.T) {
	each(t, nil, plainServer, func(k *kit, server *mailtest.Server) {
		_, err := k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{
			NotifyEmails: &[]string{"team@example.com", "desk@example.com"},
		})
		must(k.T, err)
		x, err := k.Work.Execute(k.Ctx(), work.Execute{
			Capability: enginetest.Slug, Settings: enginetest.Settings(step{Key: "a"}), Notify: true,
		})
		must(k.T, err)
		k.Ended(x.Execution.ID, domain.ExecutionCompleted)
		k.settle()
		for _, err := range k.send() {
			must(k.T, err)
		}
		mails := server.Mails()
		to := []string{}
		for _, m := range mails {
			to = append(to, m.To)
			link := fmt.Sprintf("%s/executions/%d", publicURL, x.Execution.ID)
			plain := strings.ReplaceAll(m.Raw, "=\r\n", "")
			if strings.Count(plain, link) != 2 || m.Header("List-Unsubscribe-Post") == "" ||
				!strings.HasPrefix(m.Header("Message-ID"), "<notification-") {
				k.T.Errorf("it is %s", m.Raw)
			}
		}
		slices.Sort(to)
		if fmt.Sprint(to) != "[desk@example.com owner@ours.example team@example.com]" {
			k.T.Fatalf("sent to %v", to)
		}
		k.unsubscribe(mails)
		k.Ended(k.Run(step{Key: "a", Do: "fail"}).ID, domain.ExecutionFailed)
		k.settle()
		if n := len(k.waiting()); n != 0 {
			k.T.Errorf("%d e-mails wait for those who have stopped them", n)
		}
		k.inbox(k.Ctx(), 2) // which goes on
	})
}

// unsubscribe uses the link of each e-mail, twice.
func (k *kit) unsubscribe(mails []mailtest.Mail) {
	k.T.Helper()
	for _, m := range mails {
		_, token, _ := strings.Cut(strings.Trim(m.Header("List-Unsubscribe"), "<>"), "?t=")
		for range 2 {
			if _, err := k.Account.Unsubscribe(context.Background(), token); err != nil {
				k.T.Errorf("%q: %v", token, err)
			}
		}
		if _, err := k.Account.Unsubscribe(context.Background(), token+"x"); domain.CodeOf(err) != domain.CodeNotFound {
			k.T.Errorf("a changed link: %v", err)
		}
	}
	w, err := k.Account.Profile(k.Ctx())
	must(k.T, err)
	if len(w.NotifyEmails) != 0 {
		k.T.Errorf("the list still has %v", w.NotifyEmails)
	}
}

// A mail server that does not take an e-mail is asked again with the same Message-ID,
// more and more rarely, for a day; one that never will is not.
func TestAMailServerThatRefuses(t *testing.T) {
	c := &clock{at: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}
	answers := []error{
		&smtp.SMTPError{Code: 451, Message: "Try again later"},
		&smtp.SMTPError{Code: 452, Message: "Still full"},
		nil,
	}
	server := func(t *testing.T) *mailtest.Server {
		return mailtest.Start(t, mailtest.Options{Rcpt: func(n int, to string) error {
			switch to {
			case "gone@ours.example":
				return &smtp.SMTPError{Code: 550, Message: "No such user"}
			case "never@ours.example":
				return &smtp.SMTPError{Code: 450, Message: "Greylisted"}
			}
			return answers[min(n, len(answers)-1)]
		}})
	}
	each(t, c, server, func(k *kit, server *mailtest.Server) {
		fail := func(address string) int64 {
			k.T.Helper()
			_, err := k.Account.UpdateNotificationSettings(k.Ctx(), account.UpdateNotificationSettings{
				Email: &address,
				Kinds: []account.NotificationChange{{Kind: domain.NotifyFailed, Email: new(domain.EmailImmediate)}},
			})
			must(k.T, err)
			k.Ended(k.Run(step{Key: "a", Do: "fail"}).ID, domain.ExecutionFailed)
			k.settle()
			ids := k.waiting()
			if len(ids) != 1 {
				k.T.Fatalf("%v wait", ids)
			}
			return ids[0]
		}
		id := fail("ada@ours.example")
		for i, want := range []string{"again in 30s", "again in 1m0s", ""} {
			err := k.send()[0]
			if fmt.Sprint(err) != map[bool]string{true: "<nil>", false: want}[want == ""] {
				k.T.Errorf("try %d returned %v, want %q", i+1, err, want)
			}
			e := k.email(id)
			if want != "" && (e.Status != domain.EmailWaiting || e.Tries != i+1 || !strings.Contains(e.Error, "45")) {
				k.T.Errorf("after try %d: %+v", i+1, e)
			}
		}
		if e := k.email(id); e.Status != domain.EmailSent || len(server.Mails()) != 1 ||
			server.Mails()[0].Header("Message-ID") != "<"+e.MessageID+">" {
			k.T.Errorf("it ended as %+v", e)
		}

		id = fail("gone@ours.example")
		if err := k.send()[0]; err != nil {
			k.T.Error(err)
		}
		if e := k.email(id); e.Status != domain.EmailFailed || !strings.Contains(e.Error, "No such user") {
			k.T.Errorf("it ended as %+v", e)
		}

		id = fail("never@ours.example")
		began := c.now()
		defer c.set(began)
		pauses := []string{}
		for k.email(id).Status == domain.EmailWaiting && len(pauses) < 100 {
			err := k.send()[0]
			if err == nil {
				break
			}
			pause, perr := time.ParseDuration(strings.TrimPrefix(err.Error(), "again in "))
			must(k.T, perr)
			pauses = append(pauses, pause.String())
			c.set(c.now().Add(pause))
		}
		took := c.now().Sub(began)
		if e := k.email(id); e.Status != domain.EmailFailed || !strings.Contains(e.Error, "Greylisted") ||
			took < 24*time.Hour || took > 27*time.Hour || len(pauses) > 25 {
			k.T.Errorf("after %v, %d tries %v: %+v", took, len(pauses), pauses, e)
		}
	})
}

// The digest comes once a day, at 08:00 in the workspace's time zone, with what is
// unread; where there is nothing, there is none. A storm of failures is one e-mail too.
func TestTheDigest(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	c := &clock{}
	each(t, c, plainServer, func(k *kit, server *mailtest.Server) {
		c.set(time.Date(2026, 3, 27, 18, 0, 0, 0, zone))
		_, err := k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{Timezone: new("Europe/Berlin")})
		must(k.T, err)
		fail := func(n int) {
			k.T.Helper()
			for range n {
				k.Ended(k.Run(step{Key: "a", Do: "fail"}).ID, domain.ExecutionFailed)
			}
			k.settle()
		}
		digest := func(want int, subject string) {
			k.T.Helper()
			before := len(server.Mails())
			for range 3 {
				must(k.T, k.notifier.Digests(context.Background()))
			}
			for _, err := range k.send() {
				must(k.T, err)
			}
			got := server.Mails()[before:]
			if len(got) != want || want > 0 && got[0].Header("Subject") != subject {
				k.T.Errorf("at %v: %d digests, %+v", c.now(), len(got), got)
			}
		}
		fail(3)
		digest(0, "")
		c.set(time.Date(2026, 3, 28, 7, 59, 0, 0, zone))
		digest(0, "")
		c.set(time.Date(2026, 3, 28, 8, 0, 0, 0, zone))
		digest(1, "3 notifications from ours")
		fail(1)
		c.set(time.Date(2026, 3, 29, 7, 59, 0, 0, zone)) // the clocks go forward in the night
		digest(0, "")
		c.set(time.Date(2026, 3, 29, 9, 30, 0, 0, zone)) // the server was down at 08:00
		digest(1, "1 notification from ours")
		fail(2)
		_, err = k.Account.ReadAllNotifications(k.Ctx())
		must(k.T, err)
		c.set(time.Date(2026, 3, 30, 8, 1, 0, 0, zone))
		digest(0, "")
		_, err = k.Account.UpdateNotificationSettings(k.Ctx(), account.UpdateNotificationSettings{
			Kinds: []account.NotificationChange{{Kind: domain.NotifyFailed, Email: new(domain.EmailImmediate)}},
		})
		must(k.T, err)
		fail(23)
		if n := len(k.waiting()); n != 20 {
			k.T.Errorf("%d e-mails at once in an hour", n)
		}
		k.send()
		c.set(time.Date(2026, 3, 31, 8, 1, 0, 0, zone))
		digest(1, "3 notifications from ours")
	})
}
