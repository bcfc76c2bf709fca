package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// SubmissionStatus says what is known about a request to a provider of pictures.
type SubmissionStatus string

// The states of a submission.
const (
	// SubmissionSent: it is about to be sent, or was; no answer is recorded.
	SubmissionSent SubmissionStatus = "sent"
	// SubmissionWaiting: the provider works on it, and the ticket says where to ask.
	SubmissionWaiting SubmissionStatus = "waiting"
	SubmissionEnded   SubmissionStatus = "ended"
)

// ImageSubmission is a request to a provider of pictures.
type ImageSubmission struct {
	ID           int64
	WorkspaceID  int64
	GenerationID int64
	Numbers      []int           // of the pictures that it is for
	Ticket       json.RawMessage // empty: none is known
	Status       SubmissionStatus
	Unclear      bool // the provider may have charged for it although no picture came
	Failure      string
	RequestID    string
	Cost         domain.Cost
	CreatedAt    time.Time
	EndedAt      time.Time
}

// The sets of a submission's columns.
const (
	submissionRead db.Set = 1 << iota
	submissionCreate
	submissionEnd
)

var submissionTable = db.NewTable("image_submission", func(s *ImageSubmission) []db.Column {
	const made, ended = submissionRead | submissionCreate, submissionRead | submissionEnd
	return []db.Column{
		{Name: "id", Field: &s.ID, In: submissionRead},
		{Name: "workspace_id", Field: &s.WorkspaceID, In: made},
		{Name: "generation_id", Field: &s.GenerationID, In: made},
		{Name: "numbers", Field: db.JSON(&s.Numbers), In: made},
		{Name: "ticket", Field: db.Raw(&s.Ticket, ""), In: submissionRead},
		{Name: "status", Field: db.Text(&s.Status), In: made | submissionEnd},
		{Name: "unclear", Field: &s.Unclear, In: ended},
		{Name: "failure", Field: &s.Failure, In: ended},
		{Name: "request_id", Field: &s.RequestID, In: ended},
		{Name: "micro_usd", Field: &s.Cost.MicroUSD, In: ended},
		{Name: "cost_known", Field: &s.Cost.Known, In: ended},
		{Name: "price_version", Field: &s.Cost.PriceVersion, In: ended},
		{Name: "created_at", Field: db.Time(&s.CreatedAt), In: made},
		{Name: "ended_at", Field: db.Time(&s.EndedAt), In: ended},
	}
})

var (
	submissionColumns = submissionTable.Columns(submissionRead)
	createSubmission  = submissionTable.Write(submissionCreate,
		`insert into image_submission ({columns}) values ({values}) returning id`)
	endSubmission = submissionTable.Write(submissionEnd,
		`update image_submission set {set} where workspace_id = {workspace_id} and id = {id}`)
)

// ImageSubmissions returns the submissions of a generation, in their order.
func (q Q) ImageSubmissions(ctx context.Context, workspaceID, generationID int64) ([]ImageSubmission, error) {
	list, err := db.Many(ctx, q.db, submissionTable.Scan(submissionRead), `select `+submissionColumns+`
		from image_submission where workspace_id = $1 and generation_id = $2 order by id`, workspaceID, generationID)
	if err != nil {
		return nil, fmt.Errorf("read submissions of images: %w", err)
	}
	return list, nil
}

// AddImageSubmission notes that a request is about to be sent.
func (t *Tx) AddImageSubmission(ctx context.Context, s ImageSubmission) (ImageSubmission, error) {
	s.Status, s.CreatedAt = SubmissionSent, t.now
	if err := createSubmission.One(ctx, t.db, &s, &s.ID); err != nil {
		return s, fmt.Errorf("add a submission of images: %w", err)
	}
	return s, nil
}

// SaveImageTicket stores where to ask for what a submission has paid for, whether or not the caller still holds the
// generation now. held is false where that is another worker, or nobody: then it must not be asked.
func (t *Tx) SaveImageTicket(ctx context.Context, s ImageSubmission, epoch int64) (held bool, err error) {
	err = t.db.Exec(ctx, `update image_submission set ticket = $3, status = case when status = 'sent' then 'waiting'
		else status end where workspace_id = $1 and id = $2`, s.WorkspaceID, s.ID, string(s.Ticket))
	if err != nil {
		return false, fmt.Errorf("save the ticket of a submission: %w", err)
	}
	var n int
	err = t.db.One(ctx, []any{&n}, `select count(*) from image_generation
		where workspace_id = $1 and id = $2 and epoch = $3`, s.WorkspaceID, s.GenerationID, epoch)
	return n == 1, err
}

// EndImageSubmission stores what came of a submission.
func (t *Tx) EndImageSubmission(ctx context.Context, s ImageSubmission) error {
	s.Status, s.EndedAt = SubmissionEnded, t.now
	if _, err := endSubmission.Exec(ctx, t.db, &s); err != nil {
		return fmt.Errorf("end a submission of images: %w", err)
	}
	return nil
}

// SaveSubmissionFailure notes why a submission has not been answered yet; it can be asked for again.
func (t *Tx) SaveSubmissionFailure(ctx context.Context, workspaceID, id int64, why string) error {
	return t.db.Exec(ctx, `update image_submission set failure = $3 where workspace_id = $1 and id = $2`,
		workspaceID, id, why)
}
