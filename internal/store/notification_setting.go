package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// settingRow is a person's notification settings in a workspace.
type settingRow struct {
	domain.NotificationSettings
	workspaceID, userID int64
}

// The sets of the settings' columns.
const (
	settingKey db.Set = 1 << iota
	settingSave
)

var settingTable = db.NewTable("notification_setting", func(s *settingRow) []db.Column {
	return []db.Column{
		{Name: "workspace_id", Field: &s.workspaceID, In: settingKey},
		{Name: "user_id", Field: &s.userID, In: settingKey},
		{Name: "email", Field: &s.Email, In: settingSave},
		{Name: "choices", Field: db.JSONOr(&s.Choices, "{}"), In: settingSave},
	}
})

var (
	settingColumns = settingTable.Columns(settingKey | settingSave)
	saveSetting    = settingTable.Write(settingKey|settingSave, `insert into notification_setting ({columns})
		values ({values}) on conflict (workspace_id, user_id) do update set email = excluded.email,
		choices = excluded.choices`)
)

// NotificationSettings returns the settings of the members of a workspace who have
// made any, by the person's id.
func (q Q) NotificationSettings(
	ctx context.Context, workspaceID int64,
) (map[int64]domain.NotificationSettings, error) {
	list, err := db.Many(ctx, q.db, settingTable.Scan(settingKey|settingSave),
		`select `+settingColumns+` from notification_setting where workspace_id = $1`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read notification settings: %w", err)
	}
	byUser := map[int64]domain.NotificationSettings{}
	for _, s := range list {
		byUser[s.userID] = s.NotificationSettings
	}
	return byUser, nil
}

// NotificationSettingsOf returns the settings of one person.
func (q Q) NotificationSettingsOf(
	ctx context.Context, workspaceID, userID int64,
) (domain.NotificationSettings, error) {
	s, _, err := db.First(ctx, q.db, settingTable.Scan(settingKey|settingSave),
		`select `+settingColumns+` from notification_setting where workspace_id = $1 and user_id = $2`,
		workspaceID, userID)
	if err != nil {
		return domain.NotificationSettings{}, fmt.Errorf("read notification settings: %w", err)
	}
	return s.NotificationSettings, nil
}

// SaveNotificationSettings stores the settings of one person.
func (t *Tx) SaveNotificationSettings(
	ctx context.Context, workspaceID, userID int64, s domain.NotificationSettings,
) error {
	_, err := saveSetting.Exec(ctx, t.db, &settingRow{s, workspaceID, userID})
	if err != nil {
		return fmt.Errorf("save notification settings: %w", err)
	}
	return nil
}
