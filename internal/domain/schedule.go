package domain

import (
	"encoding/json"
	"time"
)

// Schedule starts an execution at times on a calendar. It fires at most once per instant
// and, after a downtime, once for all that was missed.
type Schedule struct {
	ID          int64
	WorkspaceID int64
	Cron        string // five fields
	Timezone    string // IANA name
	Target      ScheduleTarget
	Owner       Starter // whose rights its executions have
	Enabled     bool
	NextAt      time.Time
	LastAt      time.Time
	LastError   string // for people; empty while all is well
}

// ScheduleTarget is what a schedule runs.
type ScheduleTarget struct {
	Capability string          `json:"capability"`
	AgentID    int64           `json:"agent_id,omitempty"`
	Settings   json.RawMessage `json:"settings"`
	Priority   Priority        `json:"priority,omitempty"`
}
