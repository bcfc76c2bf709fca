package ops

// Prompt is a task that people choose in an AI client: a text that has the model call tools
// in an order, and ask the person what it cannot know (MCP 2025-11-25, prompts).
type Prompt struct {
	Name, Title, Description string
	Arguments                []PromptArgument
	// Text is a text/template over the arguments, which are empty where they were left out.
	Text string
	// Tools are the tools that the text names, in their order. Callers who may use none of
	// the Needed ones are not offered the prompt.
	Tools  []string
	Needed []string
}

// PromptArgument is what a person may say beforehand.
type PromptArgument struct {
	Name, Title, Description string
	Required                 bool
	// From is the tool that lists the values to suggest; empty: none are suggested. Value is
	// the attribute that holds the value; empty: the id.
	From, Value string
}
