package content

// Names of this package that its external tests use.
var (
	Marked = marked
	IsMark = isMark
)
