package domain

// BuiltText says that a text was built from a writer template and can be written.
type BuiltText struct {
	MessageID int64  `json:"message_id"`
	Template  string `json:"template"` // slug
}

// EventName returns text.built.
func (BuiltText) EventName() EventName { return EventTextBuilt }

// TextStopped says that a caller asked for a text that is being written to end.
type TextStopped struct {
	MessageID int64 `json:"message_id"`
}

// EventName returns text.stopped.
func (TextStopped) EventName() EventName { return EventTextStopped }

// TextDeleted says that a generated text was deleted.
type TextDeleted struct {
	MessageID int64 `json:"message_id"`
}

// EventName returns text.deleted.
func (TextDeleted) EventName() EventName { return EventTextDeleted }

// WriterFacts is what every event about a writer template says.
type WriterFacts struct {
	ID      int64  `json:"id"`
	Slug    string `json:"slug"`
	Title   string `json:"title"`
	Version int    `json:"version"`
}

// Facts returns the template's facts for an event.
func (t WriterTemplate) Facts() WriterFacts { return WriterFacts{t.ID, t.Slug, t.Title, t.Version} }

// WriterCreated says that a writer template was created.
type WriterCreated struct{ WriterFacts }

// EventName returns writer_template.created.
func (WriterCreated) EventName() EventName { return EventWriterCreated }

// WriterChanged says that a writer template has a new version.
type WriterChanged struct{ WriterFacts }

// EventName returns writer_template.changed.
func (WriterChanged) EventName() EventName { return EventWriterChanged }

// WriterDeleted says that a writer template was deleted.
type WriterDeleted struct{ WriterFacts }

// EventName returns writer_template.deleted.
func (WriterDeleted) EventName() EventName { return EventWriterDeleted }

// WriterMarked says that a caller added a writer template to its favorites, or removed it.
type WriterMarked struct {
	ID       int64 `json:"id"`
	Favorite bool  `json:"favorite"`
}

// EventName returns writer_template.marked.
func (WriterMarked) EventName() EventName { return EventWriterFavorite }

// writerEventTypes is the part of the catalogue that is about the writer.
func writerEventTypes() []EventType {
	template := WriterFacts{ID: 1001, Slug: "launch_note", Title: "Launch note", Version: 1}
	return []EventType{
		{"", "A text was built from a template. It is written when it is streamed.", BuiltText{42, "post_generator"}},
		{"", "A person or a program stopped a text that is being written.", TextStopped{42}},
		{"", "A generated text was deleted.", TextDeleted{42}},
		{"", "A writer template was created.", WriterCreated{template}},
		{"", "A writer template has a new version.", WriterChanged{template}},
		{"", "A writer template was deleted.", WriterDeleted{template}},
		{"", "A person or a key added a writer template to its favorites, or removed it.", WriterMarked{1, true}},
	}
}
