package ops

// Message is a request that the server sends, for documents.
type Message struct {
	Name        string // unique: content.published
	Chapter     Chapter
	Summary     string
	Description string
	Headers     []HeaderDoc
	Schema      *Schema           // of the body
	Example     any               // a body
	Answers     map[string]string // what the server does, by the status of the answer
}
