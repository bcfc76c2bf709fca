package app

import (
	"context"
	"time"

	"vellocity/internal/awssync"
	"vellocity/internal/execution"
	"vellocity/internal/imaging"
	"vellocity/internal/live"
	"vellocity/internal/notify"
	"vellocity/internal/publishing"
	"vellocity/internal/queue"
	"vellocity/internal/search"
	"vellocity/internal/store"
)

// handlers lists the background jobs: their kind, and what does them.
func (a *App) handlers() map[string]queue.Handler {
	return map[string]queue.Handler{
		execution.JobKind:  a.runner.Work,
		notify.JobKind:     a.notifier.Send,
		publishing.JobKind: a.publisher.Work,
		imaging.JobKind:    a.maker.Work,
		awssync.JobKind:    a.syncer.Work,
		awssync.PushKind:   a.syncer.WorkPush,
		awssync.DealsKind:  a.syncer.WorkDeals,
	}
}

// workers says how many jobs of a kind this node does at once; 8 where it says
// nothing.
func (a *App) workers() map[string]int {
	return map[string]int{
		execution.JobKind:  a.cfg.Workers,
		notify.JobKind:     4, // a mail server that is away holds these and nothing else
		publishing.JobKind: 8, // as do channels
		awssync.JobKind:    2,
		awssync.PushKind:   2,
		awssync.DealsKind:  2,
		imaging.JobKind:    8, // they wait for providers, each of which has places of its own
	}
}

// consumers lists the durable consumers of events.
func (a *App) consumers() []live.Consumer {
	return []live.Consumer{
		{
			Name:   "log-executions",
			Events: execution.EndEvents(),
			Pause:  time.Second, // a log need not be quick
			Handle: a.runner.LogEnded,
		},
		{
			Name:   "notify",
			Events: notify.Events(),
			Handle: a.notifier.Handle,
		},
		{
			Name:   "triggers",
			Wants:  a.Engine.Work.TriggerEvents,
			Handle: a.Engine.Work.NoteEvents,
		},
		{
			Name:   "publish",
			Events: publishing.Events(),
			Handle: a.publisher.Handle,
		},
		{
			Name:   "webhooks",
			Wants:  a.webhooks.Events,
			Handle: a.webhooks.Handle,
		},
	}
}

// loops lists what every node repeats.
func (a *App) loops() []loop {
	return []loop{
		{name: "fold counts", every: time.Second, do: a.foldCounts},
		{name: "fire due schedules", every: time.Second, do: a.fireSchedules},
		{name: "do what the calendar has", every: time.Second, do: a.fireEvents},
		{name: "decide firings", every: time.Second, do: a.decideFirings, wake: a.Engine.Work.FiringsNoted()},
		{name: "delete old firings", every: time.Hour, do: a.Engine.Work.DeleteOldFirings},
		{name: "admit waiting executions", every: time.Second, do: a.runner.Sweep},
		{name: "end orphaned texts", every: 2 * time.Second, do: a.Engine.Studio.Orphans},
		{name: "delete texts that were built", every: 10 * time.Minute, do: a.Engine.Studio.ExpireBuilt},
		{name: "read the providers", every: 5 * time.Second, do: a.useProviders},
		{name: "index new texts", every: 500 * time.Millisecond, do: search.New(a.Store).Index},
		{name: "sync with AWS", every: time.Minute, do: a.syncer.Due},
		{name: "send digests", every: time.Minute, do: a.notifier.Digests},
		{name: "delete files that nothing needs", every: time.Hour, do: a.maker.Sweep},
		{name: "delete old notifications", every: time.Hour, do: a.notifier.DeleteOld},
		{name: "delete old webhook deliveries", every: time.Hour, do: a.webhooks.DeleteOld},
		{name: "delete expired answers", every: 10 * time.Minute, do: a.deleteExpiredAnswers},
	}
}

// tasks lists all that runs in the background from start to stop.
func (a *App) tasks() []task {
	list := []task{a.check, a.watchDisk}
	for _, run := range []func(context.Context){
		a.hub.Run, a.Engine.Studio.Run, a.runner.Texts.Run, a.keys.Run, a.limiter.Run, a.sessions.Run,
		a.webhooks.Run,
	} {
		list = append(list, func(ctx context.Context) error { run(ctx); return nil })
	}
	for _, l := range a.loops() {
		list = append(list, func(ctx context.Context) error { l.run(ctx, a.log); return nil })
	}
	for _, c := range a.consumers() {
		list = append(list, func(ctx context.Context) error { return a.hub.Consume(ctx, c) })
	}
	return list
}

func (a *App) foldCounts(ctx context.Context) error {
	_, err := a.Store.FoldCounts(ctx)
	return err
}

func (a *App) fireSchedules(ctx context.Context) error {
	n, err := a.Engine.Work.FireDue(ctx)
	if n > 0 {
		a.log.Debug("fired what was due", "schedules", n)
	}
	return err
}

func (a *App) fireEvents(ctx context.Context) error {
	n, err := a.Engine.Calendar.FireEvents(ctx)
	if n > 0 {
		a.log.Debug("did what the calendar had", "events", n)
	}
	return err
}

func (a *App) decideFirings(ctx context.Context) error {
	_, err := a.Engine.Work.DecideFirings(ctx)
	return err
}

func (a *App) deleteExpiredAnswers(ctx context.Context) error {
	return a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.DeleteExpiredAnswers(ctx, tx.Now()) })
}
