package domain

import (
	"slices"
	"strings"
	"testing"
)

func TestTheStatesOfAnExecution(t *testing.T) {
	allowed := map[ExecutionStatus]string{
		ExecutionPending:   "planning failed cancelled",
		ExecutionPlanning:  "executing failed cancelled",
		ExecutionExecuting: "completed failed cancelled",
		ExecutionCompleted: "archived",
		ExecutionFailed:    "archived",
		ExecutionCancelled: "archived",
		ExecutionArchived:  "",
	}
	for _, from := range ExecutionStatuses() {
		for _, to := range ExecutionStatuses() {
			if want := slices.Contains(strings.Fields(allowed[from]), string(to)); from.MayBecome(to) != want {
				t.Errorf("%s → %s: %t", from, to, !want)
			}
		}
		if ended := from == ExecutionArchived || strings.Contains(allowed[from], "archived"); from.Ended() != ended {
			t.Errorf("%s ended: %t", from, !ended)
		}
	}
}

func TestStepNames(t *testing.T) {
	x := Execution{Plan: []PlanStep{{Key: "outline", Name: "Outline"}}}
	for key, want := range map[string]string{"outline": "Outline", "A person decides": "A person decides", "": ""} {
		if got := x.StepName(key); got != want {
			t.Errorf("%q is named %q", key, got)
		}
	}
}
