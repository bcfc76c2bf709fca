package chat

import (
	_ "embed"
	"encoding/json"

	"vellocity/internal/domain"
)

//go:embed templates.json
var builtin []byte

// DefaultTemplate is the id of the template of a conversation that was begun without one.
const DefaultTemplate = 1

// Builtin returns the chat templates that ship with Vellocity. It panics where their file is damaged, which a test
// would find.
func Builtin() []domain.ChatTemplate {
	var list []domain.ChatTemplate
	if err := json.Unmarshal(builtin, &list); err != nil {
		panic(err)
	}
	for i := range list {
		list[i].IsBuiltin, list[i].Version = true, 1
	}
	return list
}

// CheckTemplate notes the faults of a chat template.
func CheckTemplate(p *domain.Problems, t domain.ChatTemplate) {
	domain.LimitChatName.Text(p, "name", t.Name)
	domain.LimitChatLabel.Text(p, "short_name", t.ShortName)
	domain.LimitChatDescription.Text(p, "description", t.Description)
	domain.LimitChatLabel.Text(p, "role", t.Role)
	domain.LimitChatLabel.Text(p, "human_name", t.HumanName)
	domain.LimitChatDescription.Text(p, "helps_with", t.HelpsWith)
	domain.LimitChatInstructions.Text(p, "instructions", t.Instructions)
	domain.LimitChatColor.Text(p, "color", t.Color)
}
