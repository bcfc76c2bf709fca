package execution_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/queue"
	"vellocity/internal/verb"
)

// loaded is called when the settings of an execution of [reading] are decoded.
var loaded func()

// settings name an item that the execution reads.
type settings struct{ Item int64 }

// UnmarshalJSON lets a test act between the claim of an execution and its loading.
func (s *settings) UnmarshalJSON(raw []byte) error {
	if loaded != nil {
		loaded()
	}
	type plain settings
	return json.Unmarshal(raw, (*plain)(s))
}

// reading is a capability that reads an item.
func reading() capability.Capability {
	return capability.Define(capability.Spec[settings]{
		Capability: domain.Capability{
			Slug: "reading", Name: "Reading", Description: "Read an item", Category: domain.CategoryWorkflow,
			SettingsSchema: json.RawMessage(`{"type":"object","properties":{"item":{"type":"integer"}}}`),
		},
		Title: func(settings) string { return "Reading" },
		Reads: func(s settings) []int64 { return []int64{s.Item} },
		Plan: func(settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "a", Name: "Step a", Kind: "step"}}, nil
		},
		Steps: map[string]capability.Step[settings]{
			"step": func(context.Context, capability.Input, settings) (capability.Result, error) {
				return capability.Result{Output: "read"}, nil
			},
		},
	})
}

func read(k *enginetest.Kit, item int64) domain.Execution {
	k.T.Helper()
	in := work.Execute{Capability: "reading", Settings: raw(map[string]int64{"item": item})}
	started, err := k.Work.Execute(k.Ctx(), in)
	if err != nil {
		k.T.Fatal(err)
	}
	return started.Execution
}

func raw(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// TestAStopWhileAnExecutionIsLoadedFailsNothing: what the stop of a node ends is run again.
func TestAStopWhileAnExecutionIsLoadedFailsNothing(t *testing.T) {
	cfg := enginetest.Config{Idle: true, Capabilities: []capability.Capability{reading()}}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		x := read(k, k.Item(k.Ctx(), "An item", "Text.").ID)
		ctx, cancel := context.WithCancel(t.Context())
		var log lines
		k.Runner.Log = slog.New(slog.NewTextHandler(&log, nil))
		loaded = cancel
		defer func() { loaded = nil }()
		if err := k.Runner.Work(ctx, queue.Job{Ref: x.ID, Attempt: 99}); !errors.Is(err, context.Canceled) {
			t.Errorf("the queue got %v", err)
		}
		got, err := k.Store.Read().ExecutionForWork(t.Context(), x.ID)
		if err != nil || got.Status != domain.ExecutionPending || got.Epoch != x.Epoch || got.Error != "" {
			t.Errorf("%s, epoch %d after %d: %q, %v", got.Status, got.Epoch, x.Epoch, got.Error, err)
		}
		if log.all() != "" {
			t.Errorf("a stop is no fault of the execution: %s", log.all())
		}
		loaded = nil
		k.Start()
		k.Ended(x.ID, domain.ExecutionCompleted)
	})
}

// TestADatabaseThatFailsWhileAnExecutionIsLoadedFailsNothing: the queue runs it again, until it
// has failed too often; what is not there fails the execution at once.
func TestADatabaseThatFailsWhileAnExecutionIsLoadedFailsNothing(t *testing.T) {
	cfg := enginetest.Config{Idle: true, Capabilities: []capability.Capability{reading()}}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		item, gone := k.Item(k.Ctx(), "An item", "Text."), k.Item(k.Ctx(), "Another", "Text.")
		x, lost := read(k, item.ID), read(k, gone.ID)
		if err := k.Content.DeleteItem(k.Ctx(), verb.ID{ID: gone.ID}); err != nil {
			t.Fatal(err)
		}
		k.Exec("alter table content rename to content_away")
		k.Start()
		enginetest.Eventually(t, func() string {
			failed := k.Count("select count(*) from river_job where kind = 'execution' and errors is not null")
			if failed+k.Count("select count(*) from execution where status = 'failed'") < 2 {
				return fmt.Sprintf("%d jobs have failed", failed)
			}
			return ""
		})
		k.Exec("alter table content_away rename to content")
		k.Ended(x.ID, domain.ExecutionCompleted)
		if got := k.Ended(lost.ID, domain.ExecutionFailed); !strings.Contains(got.Error, "was not found") {
			t.Errorf("%q", got.Error)
		}
	})
}
