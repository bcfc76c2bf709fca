package domain

// Each type with a fixed set of values lists them in Values; schemas, checks,
// forms and help read that list ([Enum]).

func names[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// Values lists the states, in the order of a life.
func (ExecutionStatus) Values() []string { return names(ExecutionStatuses()) }

// Values lists the priorities, most urgent first.
func (Priority) Values() []string { return names(Priorities()) }

// Values lists what an execution may wait for.
func (WaitingFor) Values() []string { return names([]WaitingFor{WaitingPerson, WaitingRetry}) }

// Values lists the states of a step.
func (StepStatus) Values() []string {
	return names([]StepStatus{StepPending, StepRunning, StepDone, StepFailed, StepSkipped, StepReused, StepCancelled})
}

// Values lists the kinds of origin.
func (OriginKind) Values() []string {
	return names([]OriginKind{OriginModel, OriginComposer, OriginPerson})
}

// Values lists the statuses, from the left column to the right one.
func (ItemStatus) Values() []string { return names(ItemStatuses()) }

// Values lists the orders of a list of items.
func (ItemSort) Values() []string { return names(ItemSorts()) }

// Values lists the content types.
func (ContentType) Values() []string { return names(ContentTypes()) }

// Values lists the states of a publication.
func (PublicationStatus) Values() []string {
	return names([]PublicationStatus{PublicationPending, PublicationPublished, PublicationFailed, PublicationSkipped})
}

// Values lists the kinds of entries.
func (HistoryKind) Values() []string {
	return names([]HistoryKind{
		HistoryMoved, HistoryAccepted, HistoryWithdrawn, HistoryApproved, HistoryRejected, HistoryLeft,
	})
}

// Values lists the decisions.
func (ReviewDecision) Values() []string {
	return names([]ReviewDecision{ReviewApproved, ReviewRejected})
}

// Values lists the changes.
func (CommentChange) Values() []string {
	return names([]CommentChange{CommentEdited, CommentResolved, CommentReopened, CommentDeleted})
}

// Values lists the kinds.
func (SourceKind) Values() []string {
	return names([]SourceKind{SourceCopied, SourceRead, SourceRedone})
}

// Values lists the modes.
func (BulkMode) Values() []string { return names([]BulkMode{BulkAtomic, BulkEach}) }

// Values lists the formats.
func (ExportFormat) Values() []string {
	return names([]ExportFormat{ExportMarkdown, ExportHTML, ExportJSON})
}

// Values lists the states of a generated text.
func (TextStatus) Values() []string {
	return names([]TextStatus{TextBuilt, TextStreaming, TextCompleted, TextFailed})
}

// Values lists the categories, in the order the contract shows them.
func (Category) Values() []string { return names(Categories()) }

// Values lists the types of agent.
func (AgentType) Values() []string {
	return names([]AgentType{AgentInternal, AgentCustom, AgentExternal})
}

// Values lists the reading levels, easiest first.
func (ReadingLevel) Values() []string {
	return names([]ReadingLevel{ReadingSimple, ReadingGeneral, ReadingExpert})
}

// Values lists the kinds of caller.
func (ActorKind) Values() []string {
	return names([]ActorKind{ActorPerson, ActorKey, ActorSystem, ActorOperator, ActorReviewer, ActorRule})
}

// Values lists the severities, mildest first.
func (Severity) Values() []string {
	return names([]Severity{SeverityInfo, SeverityWarning, SeverityBlocking})
}

// Values lists the actions.
func (FindingAction) Values() []string {
	return names([]FindingAction{ActionFlagged, ActionRedacted, ActionRetried, ActionBlocked})
}

// Values lists the kinds of movement.
func (MovementKind) Values() []string {
	return names([]MovementKind{MovementGrant, MovementHold, MovementCapture, MovementRelease})
}

// Values lists the scopes that a key may be given.
func (Scope) Values() []string { return names(Scopes()) }

// Values lists the roles, weakest first.
func (Role) Values() []string { return names(Roles()) }

// Values lists the plans, smallest first.
func (Plan) Values() []string { return names(Plans()) }

// Values lists the categories of templates.
func (TemplateCategory) Values() []string { return names(TemplateCategories()) }
