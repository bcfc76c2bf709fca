package domain

// RewriteAction says what is to become of a passage.
type RewriteAction string

// The actions.
const (
	RewriteAgain   RewriteAction = "rewrite" // the same said in other words
	RewriteShorten RewriteAction = "shorten"
	RewriteExpand  RewriteAction = "expand"
	RewriteTone    RewriteAction = "tone"    // in another tone
	RewritePlainer RewriteAction = "plainer" // in plainer words
)

// RewriteActions returns the actions, in the order in which people are shown them.
func RewriteActions() []RewriteAction {
	return []RewriteAction{RewriteAgain, RewriteShorten, RewriteExpand, RewritePlainer, RewriteTone}
}

// Values lists the actions.
func (RewriteAction) Values() []string { return names(RewriteActions()) }

// Label is what people call the action.
func (a RewriteAction) Label() string {
	switch a {
	case RewriteAgain:
		return "Rewrite"
	case RewriteShorten:
		return "Shorten"
	case RewriteExpand:
		return "Expand"
	case RewriteTone:
		return "Change tone"
	case RewritePlainer:
		return "Make plainer"
	}
	return string(a)
}

// MostRewritten is how many characters a passage may have that is rewritten.
const MostRewritten = 10_000

// RewriteTemplate stands for the template of a text that rewrites a passage. It is no slug, so no writer template
// has it; lists of generated texts leave those texts out.
const RewriteTemplate = "passage/rewrite"
