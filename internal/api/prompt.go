package api

import (
	"embed"

	"vellocity/internal/ops"
)

//go:embed prompts/*.md
var promptTexts embed.FS

// Prompts returns the tasks that AI clients offer to people. Each text is a file in prompts/.
func Prompts() []ops.Prompt {
	voice := ops.PromptArgument{
		Name: "brand_voice_id", Title: "Brand voice", Description: "The id of a brand voice", From: "list_brand_voices",
	}
	audience := ops.PromptArgument{Name: "audience", Title: "Audience", Description: "Who it is for"}
	all := []ops.Prompt{
		{
			Name: "execute_capability", Title: "Run a capability",
			Description: "Choose a capability, collect what it needs, run it and read the result.",
			Arguments: []ops.PromptArgument{
				{Name: "capability", Title: "Capability", Description: "Its slug", From: "list_capabilities", Value: "slug"},
				{Name: "goal", Title: "Goal", Description: "What you want from it, in your own words"},
				voice,
			},
			Tools: []string{
				"list_capabilities", "get_capability", "list_brand_voices", "execute_capability", "get_execution",
				"get_execution_assets", "get_content_item",
			},
			Needed: []string{"execute_capability"},
		},
		{
			Name: "write_brand_brief", Title: "Write a brand brief",
			Description: "Find out how the brand sounds, and store it as a brand voice.",
			Arguments: []ops.PromptArgument{
				{Name: "company", Title: "Company", Description: "What you make, and for whom"}, audience,
				{Name: "samples", Title: "Sample", Description: "A text of yours that sounds right"}, voice,
			},
			Tools:  []string{"list_brand_voices", "get_brand_voice", "create_brand_voice", "edit_brand_voice", "check_text"},
			Needed: []string{"create_brand_voice"},
		},
		{
			Name: "review_content", Title: "Review content",
			Description: "Read an item as an editor would, agree on changes, and make them.",
			Arguments: []ops.PromptArgument{
				{Name: "content_id", Title: "Content item", Description: "The item's id", From: "list_content"},
				{Name: "focus", Title: "Focus", Description: "What to look at above all"}, voice,
			},
			Tools: []string{
				"list_content", "get_content_item", "get_brand_voice", "check_text", "edit_content_item", "move_content",
			},
			Needed: []string{"get_content_item"},
		},
		{
			Name: "plan_campaign", Title: "Plan a campaign",
			Description: "Agree on a small plan, then prepare its texts.",
			Arguments: []ops.PromptArgument{
				{Name: "topic", Title: "Topic", Description: "What the campaign is about", Required: true},
				{Name: "goal", Title: "Goal", Description: "What it should achieve"}, audience,
				{Name: "launch_date", Title: "Start", Description: "When it starts"}, voice,
			},
			Tools: []string{
				"list_content", "list_capabilities", "get_capability", "list_brand_voices", "execute_capability",
				"get_execution", "get_execution_assets",
			},
			Needed: []string{"execute_capability"},
		},
	}
	for i := range all {
		text, err := promptTexts.ReadFile("prompts/" + all[i].Name + ".md")
		if err != nil {
			panic("api: the prompt " + all[i].Name + " has no text")
		}
		all[i].Text = string(text)
	}
	return all
}
