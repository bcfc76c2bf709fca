package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// answerLife is how long an answer is kept (API contract, section 1).
const answerLife = 24 * time.Hour

// The sets of an answer's columns.
const (
	answerRead  db.Set = 1 << iota
	answerClaim        // stored before the work
	answerStore        // stored with its effect
)

// answerRow is the answer to a call with an Idempotency-Key. Its status is 0 while
// the call is at work.
type answerRow struct {
	domain.Claim
	domain.StoredAnswer
	workspaceID int64
	at          time.Time
}

var answerTable = db.NewTable("idempotency", func(a *answerRow) []db.Column {
	return []db.Column{
		{Name: "workspace_id", Field: &a.workspaceID, In: answerClaim},
		{Name: "scope", Field: &a.Scope, In: answerClaim},
		{Name: "key", Field: &a.Key, In: answerClaim},
		{Name: "fingerprint", Field: &a.Fingerprint, In: answerRead | answerClaim},
		{Name: "status", Field: &a.Status, In: answerRead | answerClaim | answerStore},
		{Name: "headers", Field: db.JSONOr(&a.Headers, "{}"), In: answerRead | answerClaim | answerStore},
		{Name: "body", Field: db.Raw(&a.Body, ""), In: answerRead | answerClaim | answerStore},
		{Name: "message_id", Field: &a.Began, In: answerRead | answerClaim | answerStore},
		{Name: "at", Field: db.Time(&a.at), In: answerClaim},
	}
})

var (
	answerColumns = answerTable.Columns(answerRead)
	storeAnswer   = answerTable.Write(answerStore, `update idempotency set {set}
		where workspace_id = {workspace_id} and scope = {scope} and key = {key}`)
	// An answer that has expired is replaced: it is older than answerLife.
	claimAnswer = answerTable.Write(answerClaim, `insert into idempotency ({columns}) values ({values})
		on conflict (workspace_id, scope, key) do update set {excluded} where idempotency.at < {at} - `+
		fmt.Sprint(answerLife.Milliseconds()))
)

// ClaimAnswer takes an Idempotency-Key for this transaction, before anything else
// is done in it. Where the key was used before, it returns a [domain.Replayed] with
// the stored answer, or an IDEMPOTENCY_MISMATCH when the body was another. A second
// call that comes while the first is still at work waits for it here; see
// [Q.StoredAnswer] for a check that does not wait.
func (t *Tx) ClaimAnswer(ctx context.Context, workspaceID int64, c domain.Claim) error {
	n, err := claimAnswer.Exec(ctx, t.db, &answerRow{Claim: c, workspaceID: workspaceID, at: t.now})
	if err != nil {
		return fmt.Errorf("claim idempotency key: %w", err)
	}
	if n > 0 {
		return nil
	}
	return t.answerTo(ctx, workspaceID, c, time.Time{})
}

// StoredAnswer returns a [domain.Replayed], an IDEMPOTENCY_MISMATCH or an
// IDEMPOTENCY_IN_PROGRESS where the key of c was used within 24 hours before
// now; nil where it was not.
func (q Q) StoredAnswer(ctx context.Context, workspaceID int64, c domain.Claim, now time.Time) error {
	return q.answerTo(ctx, workspaceID, c, now.Add(-answerLife))
}

func (q Q) answerTo(ctx context.Context, workspaceID int64, c domain.Claim, since time.Time) error {
	a, ok, err := db.First(ctx, q.db, answerTable.Scan(answerRead), `select `+answerColumns+` from idempotency
		where workspace_id = $1 and scope = $2 and key = $3 and at >= $4`, workspaceID, c.Scope, c.Key, db.Millis(since))
	if err != nil {
		return fmt.Errorf("read idempotency key: %w", err)
	}
	if !ok {
		return nil
	}
	if a.Fingerprint != c.Fingerprint {
		return domain.Errorf(domain.CodeIdempotencyMismatch,
			"This Idempotency-Key was used with another body. Use a new key for another request.")
	}
	if a.Status == 0 {
		return domain.Errorf(domain.CodeIdempotencyInProgress, "The first request with this Idempotency-Key is still running")
	}
	return &domain.Replayed{Answer: a.StoredAnswer}
}

// StoreAnswer stores the answer to a claimed key, in the transaction of its effect.
func (t *Tx) StoreAnswer(ctx context.Context, workspaceID int64, c domain.Claim, a domain.StoredAnswer) error {
	n, err := storeAnswer.Exec(ctx, t.db, &answerRow{Claim: c, StoredAnswer: a, workspaceID: workspaceID})
	if err != nil {
		return fmt.Errorf("store answer: %w", err)
	}
	if n == 0 {
		return fmt.Errorf("store answer: the key %q was not claimed in this transaction", c.Key)
	}
	return nil
}

// DeleteExpiredAnswers removes what is older than 24 hours at the moment now.
func (t *Tx) DeleteExpiredAnswers(ctx context.Context, now time.Time) error {
	if err := t.db.Exec(ctx, `delete from idempotency where at < $1`, db.Millis(now.Add(-answerLife))); err != nil {
		return fmt.Errorf("delete expired answers: %w", err)
	}
	return nil
}
