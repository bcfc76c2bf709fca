package engine

import (
	"context"
	"errors"
	"iter"
	"time"

	"vellocity/internal/domain"
)

// This file only lets other rooms compile while the verbs are being written.
var errUnbuilt = errors.New("not built yet")

func (e *Engine) Profile(ctx context.Context) (w domain.Workspace, err error) { return w, errUnbuilt }
func (e *Engine) UpdateProfile(ctx context.Context, in UpdateProfile) (w domain.Workspace, err error) {
	return w, errUnbuilt
}
func (e *Engine) SetWorkspace(ctx context.Context, in SetWorkspace) (w domain.Workspace, err error) {
	return w, errUnbuilt
}
func (e *Engine) Credits(ctx context.Context) (b domain.Balance, err error) { return b, errUnbuilt }
func (e *Engine) Ledger(ctx context.Context, p domain.Page) (l domain.List[domain.Movement], err error) {
	return l, errUnbuilt
}
func (e *Engine) GrantCredits(ctx context.Context, in GrantCredits) (b domain.Balance, err error) {
	return b, errUnbuilt
}
func (e *Engine) Keys(ctx context.Context, in ListKeys) (l domain.List[domain.Key], err error) {
	return l, errUnbuilt
}
func (e *Engine) Key(ctx context.Context, id int64) (k domain.Key, err error) { return k, errUnbuilt }
func (e *Engine) CreateKey(ctx context.Context, in CreateKey) (k NewKey, err error) {
	return k, errUnbuilt
}
func (e *Engine) RotateKey(ctx context.Context, in RotateKey) (k NewKey, err error) {
	return k, errUnbuilt
}
func (e *Engine) RevokeKey(ctx context.Context, in ID) error { return errUnbuilt }
func (e *Engine) Capabilities(ctx context.Context, in ListCapabilities) (l []domain.Capability, err error) {
	return l, errUnbuilt
}
func (e *Engine) Capability(ctx context.Context, slug string) (c CapabilityDetails, err error) {
	return c, errUnbuilt
}
func (e *Engine) AllCapabilities() []domain.Capability { return nil }
func (e *Engine) Execute(ctx context.Context, in Execute) (s Started, err error) {
	return s, errUnbuilt
}
func (e *Engine) Executions(ctx context.Context, in ListExecutions) (l domain.List[ExecutionRow], err error) {
	return l, errUnbuilt
}
func (e *Engine) ExecutionCounts(ctx context.Context) (m map[domain.Status]int, err error) {
	return m, errUnbuilt
}
func (e *Engine) Execution(ctx context.Context, id int64) (d ExecutionDetails, err error) {
	return d, errUnbuilt
}
func (e *Engine) WaitExecution(ctx context.Context, id int64, d time.Duration) (x ExecutionDetails, err error) {
	return x, errUnbuilt
}
func (e *Engine) Assets(ctx context.Context, id int64) (a Assets, err error) { return a, errUnbuilt }
func (e *Engine) Cancel(ctx context.Context, in ID) (d ExecutionDetails, err error) {
	return d, errUnbuilt
}
func (e *Engine) Retry(ctx context.Context, in ID) (s Started, err error) { return s, errUnbuilt }
func (e *Engine) Archive(ctx context.Context, in ID) (d ExecutionDetails, err error) {
	return d, errUnbuilt
}
func (e *Engine) Attempts(ctx context.Context, id int64) (l []domain.Attempt, err error) {
	return l, errUnbuilt
}
func (e *Engine) WatchExecution(ctx context.Context, id int64, after string) (s iter.Seq2[Update, error], err error) {
	return s, errUnbuilt
}
func (e *Engine) WatchWorkspace(ctx context.Context, after string) (s iter.Seq2[domain.Event, error], err error) {
	return s, errUnbuilt
}
func (e *Engine) Board(ctx context.Context, in BoardFilter) (c []Column, err error) {
	return c, errUnbuilt
}
func (e *Engine) Move(ctx context.Context, in Move) (i domain.ContentItem, err error) {
	return i, errUnbuilt
}
func (e *Engine) BulkMove(ctx context.Context, in BulkMove) (r []MoveResult, err error) {
	return r, errUnbuilt
}
func (e *Engine) Item(ctx context.Context, id int64) (d ItemDetails, err error) { return d, errUnbuilt }
func (e *Engine) EditItem(ctx context.Context, in EditItem) (d ItemDetails, err error) {
	return d, errUnbuilt
}
func (e *Engine) ApproveItem(ctx context.Context, in ID) (d ItemDetails, err error) {
	return d, errUnbuilt
}
func (e *Engine) DeleteItem(ctx context.Context, in ID) error { return errUnbuilt }
func (e *Engine) Versions(ctx context.Context, in ListVersions) (l domain.List[domain.ContentVersion], err error) {
	return l, errUnbuilt
}
func (e *Engine) RestoreVersion(ctx context.Context, in RestoreVersion) (d ItemDetails, err error) {
	return d, errUnbuilt
}
func (e *Engine) ExportItem(ctx context.Context, in ExportItem) (x Export, err error) {
	return x, errUnbuilt
}
func (e *Engine) RenderMarkdown(md string) string { return "" }
func (e *Engine) Feed(ctx context.Context, workspaceSlug string) (f Feed, err error) {
	return f, errUnbuilt
}
func (e *Engine) FeedItem(ctx context.Context, workspaceSlug, itemSlug string) (f FeedItem, err error) {
	return f, errUnbuilt
}
func (e *Engine) Voices(ctx context.Context, p domain.Page) (l domain.List[domain.Voice], err error) {
	return l, errUnbuilt
}
func (e *Engine) Voice(ctx context.Context, id int64) (v domain.Voice, err error) {
	return v, errUnbuilt
}
func (e *Engine) Agents(ctx context.Context, in ListAgents) (l domain.List[domain.Agent], err error) {
	return l, errUnbuilt
}
func (e *Engine) Agent(ctx context.Context, id int64) (a domain.Agent, err error) {
	return a, errUnbuilt
}
func (e *Engine) GenerateOutput(ctx context.Context, in GenerateOutput) (id int64, err error) {
	return 0, errUnbuilt
}
func (e *Engine) ReadMessage(ctx context.Context, id int64, afterSeq int) (s iter.Seq2[Piece, error], err error) {
	return s, errUnbuilt
}
func (e *Engine) Message(ctx context.Context, id int64) (m Message, err error) { return m, errUnbuilt }
func (e *Engine) TextStatus() TextStatus                                       { return TextStatus{} }
