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

type keptAnswer struct {
	fingerprint string
	domain.StoredAnswer
}

func scanAnswer(row db.Row) (a keptAnswer, err error) {
	var body string
	err = row.Scan(&a.fingerprint, &a.Status, db.JSON(&a.Headers), &body, &a.MessageID)
	a.Body = []byte(body)
	return a, err
}

// ClaimAnswer takes an Idempotency-Key for this transaction, before anything
// else is done in it. Where the key was used before, it returns a
// [domain.Replayed] with the stored answer, or an IDEMPOTENCY_MISMATCH when the
// body was another. A second call that comes while the first is still at work
// waits for it here; see [StoredAnswer] for one that is answered at once.
func (t *Tx) ClaimAnswer(ctx context.Context, workspaceID int64, c domain.Claim) error {
	n, err := t.db.ExecCount(ctx, `insert into idempotency (workspace_id, scope, key, fingerprint, status, at) values ($1,$2,$3,$4,0,$5)
		on conflict (workspace_id, scope, key) do update set fingerprint = excluded.fingerprint, status = 0, headers = '{}', body = '', message_id = 0, at = excluded.at
		where idempotency.at < $6`, workspaceID, c.Scope, c.Key, c.Fingerprint, db.Millis(t.Now()), db.Millis(t.Now().Add(-answerLife)))
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
	a, ok, err := db.First(ctx, q.db, scanAnswer, `select fingerprint, status, headers, body, message_id from idempotency
		where workspace_id = $1 and scope = $2 and key = $3 and at >= $4`, workspaceID, c.Scope, c.Key, db.Millis(since))
	if err != nil {
		return fmt.Errorf("read idempotency key: %w", err)
	}
	if !ok {
		return nil
	}
	if a.fingerprint != c.Fingerprint {
		return domain.Errorf(domain.CodeIdempotencyMismatch, "This Idempotency-Key was used with another body. Use a new key for another request.")
	}
	if a.Status == 0 {
		return domain.Errorf(domain.CodeIdempotencyInProgress, "The first request with this Idempotency-Key is still running")
	}
	return &domain.Replayed{Answer: a.StoredAnswer}
}

// StoreAnswer keeps the answer to a claimed key, in the transaction of its
// effect.
func (t *Tx) StoreAnswer(ctx context.Context, workspaceID int64, c domain.Claim, a domain.StoredAnswer) error {
	headers, err := toJSON(a.Headers)
	if err != nil {
		return err
	}
	n, err := t.db.ExecCount(ctx, `update idempotency set status = $4, headers = $5, body = $6, message_id = $7
		where workspace_id = $1 and scope = $2 and key = $3`, workspaceID, c.Scope, c.Key, a.Status, headers, string(a.Body), a.MessageID)
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
		return fmt.Errorf("sweep idempotency keys: %w", err)
	}
	return nil
}
