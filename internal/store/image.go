package store

import (
	"context"
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of an image's columns.
const (
	imageRead db.Set = 1 << iota
	imageCreate
)

var imageTable = db.NewTable("image", func(i *domain.Image) []db.Column {
	const made = imageRead | imageCreate
	return []db.Column{
		{Name: "id", Field: &i.ID, In: imageRead},
		{Name: "workspace_id", Field: &i.WorkspaceID, In: made},
		{Name: "generation_id", Field: &i.GenerationID, In: made},
		{Name: "number", Field: &i.Number, In: made},
		{Name: "outcome", Field: db.Text(&i.Outcome), In: made},
		{Name: "stage", Field: db.Text(&i.Stage), In: made},
		{Name: "categories", Field: db.JSONOr(&i.Categories, "[]"), In: made},
		{Name: "failure", Field: &i.Failure, In: made},
		{Name: "sum", Field: &i.Sum, In: made},
		{Name: "format", Field: db.Text(&i.Format), In: made},
		{Name: "width", Field: &i.Width, In: made},
		{Name: "height", Field: &i.Height, In: made},
		{Name: "bytes", Field: &i.Bytes, In: made},
		{Name: "seed", Field: db.JSON(&i.Seed), In: made},
		{Name: "prompt", Field: &i.Prompt, In: made},
		{Name: "model", Field: &i.Model, In: made},
		{Name: "placeholder", Field: &i.Placeholder, In: made},
		{Name: "credits", Field: &i.Credits, In: made},
		{Name: "alt_text", Field: &i.AltText, In: imageRead},
		{Name: "version", Field: &i.Version, In: imageRead},
		{Name: "created_at", Field: db.Time(&i.CreatedAt), In: made},
		{Name: "deleted_at", Field: db.Time(&i.DeletedAt), In: imageRead},
	}
})

var (
	imageColumns = imageTable.QualifiedColumns(imageRead)
	createImage  = imageTable.Write(imageCreate, `insert into image ({columns}) values ({values})
		on conflict (generation_id, number) do nothing returning id`)
)

// scanImage reads an image with what was asked for, from imageFrom.
func scanImage() func(db.Row) (domain.Image, error) {
	return func(row db.Row) (domain.Image, error) {
		var i domain.Image
		err := row.Scan(append(imageTable.Dest(&i, imageRead), db.JSON(&i.Request))...)
		return i, err
	}
}

var imageFrom = `select ` + imageColumns + `, g.request from image join image_generation g on g.id = image.generation_id
	where image.workspace_id = $1 and `

// shown is the condition for the images that callers see.
const shown = `image.outcome = 'ok' and image.deleted_at = 0`

// Image returns an image of the workspace that was made and is still there.
func (q Q) Image(ctx context.Context, workspaceID, id int64) (domain.Image, error) {
	i, ok, err := db.First(ctx, q.db, scanImage(), imageFrom+shown+` and image.id = $2`, workspaceID, id)
	if err != nil {
		return i, fmt.Errorf("read image: %w", err)
	}
	if !ok {
		return i, domain.NotFound("Image")
	}
	return i, nil
}

// RecentImages returns a page of the workspace's images, newest first.
func (q Q) RecentImages(
	ctx context.Context, workspaceID int64, p domain.Page,
) (l domain.List[domain.Image], err error) {
	l.Items, err = db.Many(ctx, q.db, scanImage(),
		imageFrom+shown+` order by image.id desc limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("list images: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from image where workspace_id = $1 and `+shown, workspaceID)
	return l, err
}

// imagesOf fills in the images of generations of the workspace.
func (q Q) imagesOf(ctx context.Context, workspaceID int64, list []domain.ImageGeneration) error {
	if len(list) == 0 {
		return nil
	}
	args, marks := []any{workspaceID}, make([]string, len(list))
	at := map[int64]int{}
	for n, g := range list {
		args, at[g.ID] = append(args, g.ID), n
		marks[n] = fmt.Sprintf("$%d", n+2)
	}
	images, err := db.Many(ctx, q.db, scanImage(),
		imageFrom+`image.generation_id in (`+strings.Join(marks, ", ")+`) order by image.number`, args...)
	if err != nil {
		return fmt.Errorf("read the images of generations: %w", err)
	}
	for _, i := range images {
		g := &list[at[i.GenerationID]]
		g.Images = append(g.Images, i)
	}
	return nil
}

// AddImage stores what became of a picture. ok is false where that is known already.
func (t *Tx) AddImage(ctx context.Context, i domain.Image) (id int64, ok bool, err error) {
	i.CreatedAt = t.now
	err = noRow(createImage.One(ctx, t.db, &i, &id))
	if err != nil {
		return 0, false, fmt.Errorf("add image: %w", err)
	}
	return id, id != 0, nil
}

// LockImage locks an image of the workspace to the end of the transaction and returns it.
func (t *Tx) LockImage(ctx context.Context, workspaceID, id int64) (domain.Image, error) {
	err := t.db.Exec(ctx, `update image set version = version where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return domain.Image{}, fmt.Errorf("lock image: %w", err)
	}
	return t.Image(ctx, workspaceID, id)
}

// SaveAltText stores the alt text of an image, as its next version.
func (t *Tx) SaveAltText(ctx context.Context, workspaceID, id int64, text string) error {
	err := t.db.Exec(ctx, `update image set alt_text = $3, version = version + 1 where workspace_id = $1 and id = $2`,
		workspaceID, id, text)
	if err != nil {
		return fmt.Errorf("save alt text: %w", err)
	}
	return nil
}

// DeleteImage removes an image from what callers see, and the name of its file. What it has
// cost stays known, and its number taken: nobody makes it again.
func (t *Tx) DeleteImage(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `update image set deleted_at = $3, sum = '', prompt = '', alt_text = '', version = version + 1
		where workspace_id = $1 and id = $2`, workspaceID, id, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("delete image: %w", err)
	}
	return nil
}

// ImageFileUsed reports whether a row needs the workspace's file with a checksum: an image, or a
// generation under way that begins with it.
func (q Q) ImageFileUsed(ctx context.Context, workspaceID int64, sum string) (used bool, err error) {
	var n int
	err = q.db.One(ctx, []any{&n}, `select
		(select count(*) from image where workspace_id = $1 and sum = $2 and sum <> '') +
		(select count(*) from image_generation where workspace_id = $1 and source = $2
			and status in ('queued', 'running'))`, workspaceID, sum)
	if err != nil {
		return true, fmt.Errorf("look for who needs a file: %w", err)
	}
	return n > 0, nil
}
