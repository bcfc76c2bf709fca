package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a generation's columns.
const (
	generationRead db.Set = 1 << iota
	generationCreate
)

var generationTable = db.NewTable("image_generation", func(g *domain.ImageGeneration) []db.Column {
	const made = generationRead | generationCreate
	return []db.Column{
		{Name: "id", Field: &g.ID, In: generationRead},
		{Name: "workspace_id", Field: &g.WorkspaceID, In: made},
		{Name: "created_by_kind", Field: db.Text(&g.By.Kind), In: made},
		{Name: "created_by_id", Field: &g.By.ID, In: made},
		{Name: "created_by", Field: &g.ByName, In: made},
		{Name: "engine", Field: db.Text(&g.Request.Engine), In: made},
		{Name: "provider", Field: &g.Provider, In: made},
		{Name: "model", Field: &g.Model, In: made},
		{Name: "request", Field: db.JSON(&g.Request), In: made},
		{Name: "source", Field: &g.Source, In: made},
		{Name: "count", Field: &g.Count, In: made},
		{Name: "status", Field: db.Text(&g.Status), In: made},
		{Name: "credits", Field: &g.Credits, In: made},
		{Name: "error", Field: &g.Error, In: generationRead},
		{Name: "epoch", Field: &g.Epoch, In: generationRead},
		{Name: "job_id", Field: &g.JobID, In: generationRead},
		{Name: "created_at", Field: db.Time(&g.CreatedAt), In: made},
		{Name: "execution_id", Field: &g.ExecutionID, In: made},
		{Name: "step", Field: &g.Step, In: made},
		{Name: "ended_at", Field: db.Time(&g.EndedAt), In: generationRead},
	}
})

var (
	generationColumns = generationTable.Columns(generationRead)
	createGeneration  = generationTable.Write(generationCreate,
		`insert into image_generation ({columns}) values ({values})
		on conflict (workspace_id) where status = 'queued' or status = 'running' do nothing returning id`)
)

func scanGeneration() func(db.Row) (domain.ImageGeneration, error) {
	return generationTable.Scan(generationRead)
}

// CreateImageGeneration adds a generation that waits for its job. ok is false where the
// workspace has one under way.
func (t *Tx) CreateImageGeneration(
	ctx context.Context, g domain.ImageGeneration,
) (_ domain.ImageGeneration, ok bool, err error) {
	g.CreatedAt, g.Status = t.now, domain.ImagesQueued
	if err = noRow(createGeneration.One(ctx, t.db, &g, &g.ID)); err != nil {
		return g, false, fmt.Errorf("create a generation of images: %w", err)
	}
	return g, g.ID != 0, nil
}

// AddUploadedImage adds an image that somebody has uploaded. Its row of image_generation says who: it asked no
// engine, and is no generation that callers see.
func (t *Tx) AddUploadedImage(
	ctx context.Context, by domain.ImageGeneration, i domain.Image, altText string,
) (domain.Image, error) {
	by.CreatedAt, by.Status, by.Count = t.now, domain.ImagesCompleted, 1
	err := createGeneration.One(ctx, t.db, &by, &by.ID)
	if err == nil {
		err = t.EndImageGeneration(ctx, by.WorkspaceID, by.ID, domain.ImagesCompleted, "")
	}
	if err != nil {
		return i, fmt.Errorf("add an uploaded image: %w", err)
	}
	i.WorkspaceID, i.GenerationID, i.Number, i.Outcome = by.WorkspaceID, by.ID, 1, domain.ImageOK
	if i.ID, _, err = t.AddImage(ctx, i); err == nil && altText != "" {
		err = t.SaveAltText(ctx, by.WorkspaceID, i.ID, altText)
	}
	if err != nil {
		return i, err
	}
	return t.Image(ctx, by.WorkspaceID, i.ID)
}

// asked is the condition for generations that engines were asked for: others are uploads.
const asked = ` and engine <> ''`

// SaveImageJob stores which job works on a generation.
func (t *Tx) SaveImageJob(ctx context.Context, workspaceID, id, jobID int64) error {
	return t.db.Exec(ctx, `update image_generation set job_id = $3 where workspace_id = $1 and id = $2`,
		workspaceID, id, jobID)
}

// ImageGeneration returns a generation of the workspace with its images.
func (q Q) ImageGeneration(ctx context.Context, workspaceID, id int64) (domain.ImageGeneration, error) {
	g, ok, err := db.First(ctx, q.db, scanGeneration(), `select `+generationColumns+` from image_generation
		where workspace_id = $1 and id = $2`+asked, workspaceID, id)
	if err == nil && !ok {
		return g, domain.NotFound("Generation")
	}
	list := []domain.ImageGeneration{g}
	if err == nil {
		err = q.imagesOf(ctx, workspaceID, list)
	}
	if err != nil {
		return g, fmt.Errorf("read a generation of images: %w", err)
	}
	return list[0], nil
}

// ImageGenerations returns a page of the workspace's generations with their images, newest first.
func (q Q) ImageGenerations(
	ctx context.Context, workspaceID int64, p domain.Page,
) (l domain.List[domain.ImageGeneration], err error) {
	l.Items, err = db.Many(ctx, q.db, scanGeneration(), `select `+generationColumns+` from image_generation
		where workspace_id = $1`+asked+` order by id desc limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err == nil {
		err = q.imagesOf(ctx, workspaceID, l.Items)
	}
	if err != nil {
		return l, fmt.Errorf("list generations of images: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total},
		`select count(*) from image_generation where workspace_id = $1`+asked, workspaceID)
	return l, err
}

// OpenImageGeneration returns the id of the workspace's generation under way; 0: there is none.
func (q Q) OpenImageGeneration(ctx context.Context, workspaceID int64) (int64, error) {
	id, _, err := db.First(ctx, q.db, db.ID, `select id from image_generation
		where workspace_id = $1 and status in ('queued', 'running')`, workspaceID)
	if err != nil {
		return 0, fmt.Errorf("look for a generation of images under way: %w", err)
	}
	return id, nil
}

// ImageGenerationOfStep returns the id of the generation that a step of an execution has asked for, and that is
// under way or has images; 0: there is none.
func (q Q) ImageGenerationOfStep(ctx context.Context, workspaceID, executionID int64, step string) (int64, error) {
	id, _, err := db.First(ctx, q.db, db.ID, `select id from image_generation
		where workspace_id = $1 and execution_id = $2 and step = $3 and status in ('queued', 'running', 'completed')
		order by id desc limit 1`, workspaceID, executionID, step)
	if err != nil {
		return 0, fmt.Errorf("look for the images of a step: %w", err)
	}
	return id, nil
}

// ClaimImageGeneration begins a worker's hold on a generation: it raises the epoch, so that
// what a worker before it records is refused. ok is false where it has ended.
func (t *Tx) ClaimImageGeneration(ctx context.Context, id int64) (g domain.ImageGeneration, ok bool, err error) {
	g, ok, err = db.First(ctx, t.db, scanGeneration(), `update image_generation set epoch = epoch + 1, status = 'running'
		where id = $1 and status in ('queued', 'running') returning `+generationColumns, id)
	if err != nil {
		return g, false, fmt.Errorf("claim a generation of images: %w", err)
	}
	if !ok {
		return g, false, nil
	}
	g, err = t.ImageGeneration(ctx, g.WorkspaceID, g.ID)
	return g, true, err
}

// HoldImageGeneration locks a generation to the end of the transaction and returns it as it is
// now. ok is false where it is no longer held under this epoch, or has ended.
func (t *Tx) HoldImageGeneration(
	ctx context.Context, workspaceID, id, epoch int64,
) (g domain.ImageGeneration, ok bool, err error) {
	n, err := t.db.ExecCount(ctx, `update image_generation set status = status
		where workspace_id = $1 and id = $2 and epoch = $3 and status in ('queued', 'running')`, workspaceID, id, epoch)
	if err != nil || n == 0 {
		return g, false, err
	}
	g, err = t.ImageGeneration(ctx, workspaceID, id)
	return g, true, err
}

// LockImageGeneration locks a generation of the workspace to the end of the transaction and
// returns it, also where a worker holds it.
func (t *Tx) LockImageGeneration(ctx context.Context, workspaceID, id int64) (domain.ImageGeneration, error) {
	err := t.db.Exec(ctx,
		`update image_generation set status = status where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return domain.ImageGeneration{}, fmt.Errorf("lock a generation of images: %w", err)
	}
	return t.ImageGeneration(ctx, workspaceID, id)
}

// EndImageGeneration stores how a generation ended. No worker holds it any more.
func (t *Tx) EndImageGeneration(
	ctx context.Context, workspaceID, id int64, as domain.ImageStatus, why string,
) error {
	err := t.db.Exec(ctx, `update image_generation set status = $3, error = $4, ended_at = $5, epoch = epoch + 1
		where workspace_id = $1 and id = $2`, workspaceID, id, string(as), why, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("end a generation of images: %w", err)
	}
	return nil
}
