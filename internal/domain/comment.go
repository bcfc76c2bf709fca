package domain

import "time"

// Comment is what somebody said about an item: about the whole text of a version, or
// about a passage of it.
type Comment struct {
	ID          int64
	WorkspaceID int64
	ContentID   int64
	AuthorKind  ActorKind
	AuthorID    int64 // of the person, key or reviewer link; 0 for the operator
	Author      string
	Body        string // plain text
	Version     int    // of the item, that it is about
	Passage     Passage
	Quote       string    // the words of the passage, shortened; empty without one
	ResolvedAt  time.Time // zero while it is open
	ResolvedBy  string
	CreatedAt   time.Time
	UpdatedAt   time.Time // when its body was last changed
	Revision    int64
}

// Passage is a part of a version's text, in Unicode code points of its Markdown; End is
// the first one after it. The zero value is the whole text.
type Passage struct{ Start, End int }

// MostQuoted is how many characters of a passage a comment keeps.
const MostQuoted = 500

// CheckPassage notes a fault unless the passage is the zero one, or some of a text that has
// size code points.
func CheckPassage(p *Problems, path string, at Passage, size int) {
	switch {
	case at == Passage{}:
	case at.Start < 0:
		p.Small(path+".start", 0)
	case at.End <= at.Start:
		p.Add(path+".end", "The end field must be greater than start, which is %d", at.Start)
	case at.End > size:
		p.Add(path+".end", "The end field must be at most %d, the number of characters of that version", size)
	}
}

// Of returns the words of the passage in a text, with an ellipsis in place of what goes
// beyond [MostQuoted].
func (at Passage) Of(text string) string {
	points := []rune(text)
	if at.Start < 0 || at.End > len(points) || at.Start >= at.End {
		return ""
	}
	points = points[at.Start:at.End]
	if len(points) > MostQuoted {
		return string(points[:MostQuoted-1]) + "…"
	}
	return string(points)
}

// Own reports whether the actor wrote the comment.
func (c Comment) Own(a Actor) bool { return c.AuthorKind == a.Kind && c.AuthorID == a.ID }
