package verb

import (
	"fmt"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Precondition is a caller's condition on the state that it has seen: the value of
// an If-Match header. Empty means no condition.
type Precondition struct{ IfMatch string }

// CheckRevision returns PRECONDITION_FAILED unless the caller has seen the present
// revision.
func (c Precondition) CheckRevision(revision int64) error {
	if c.IfMatch == "" {
		return nil
	}
	want := strconv.Quote(strconv.FormatInt(revision, 10))
	for tag := range strings.SplitSeq(c.IfMatch, ",") {
		if strings.TrimSpace(tag) == want {
			return nil
		}
	}
	return domain.Errorf(domain.CodePreconditionFailed,
		"The resource has changed since you read it. Fetch it again and retry.")
}

// ID names one thing to act on.
type ID struct {
	ID int64
	Precondition
}

// CheckLanguage notes a fault unless the text is nil, empty or the tag of a language that
// exists (BCP 47: RFC 5646 and the IANA registry of subtags).
func CheckLanguage(p *domain.Problems, path string, tag *string) {
	if tag == nil || *tag == "" {
		return
	}
	if !prose.ValidLanguage(*tag) {
		p.Format(path, "a language tag such as en or de-AT")
	}
}

// Set stores a changed value; nil leaves the old one.
func Set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// Optional reads what an id refers to; nil for id 0 and for what no longer exists.
func Optional[T any](id int64, read func() (T, error)) (*T, error) {
	if id == 0 {
		return nil, nil
	}
	v, err := read()
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, nil
	}
	return &v, err
}

// CheckText notes a fault unless the text is nil or within the limit.
func CheckText(p *domain.Problems, path string, s *string, l domain.Limit) {
	if s != nil {
		l.Text(p, path, *s)
	}
}

// CheckSlug notes a fault unless the slug is nil or one that [prose.Slug] could
// have made. Its length is another fault, of its limit.
func CheckSlug(p *domain.Problems, path string, s *string) {
	if s != nil && *s != "" && !prose.IsSlug(*s) {
		p.Format(path, "lower-case letters and digits with single hyphens between them, such as summer-sale")
	}
}

// MissingReference turns NOT_FOUND into a fault of the field that names noun id:
// the caller's input is wrong, not its address. Other errors stay as they are.
func MissingReference(err error, path, noun string, id int64) error {
	if domain.CodeOf(err) != domain.CodeNotFound {
		return err
	}
	var p domain.Problems
	p.Missing(path, noun, id)
	return p.Err()
}

// Path is the path of one entry of a list: scopes.2.
func Path(list string, i int) string { return fmt.Sprintf("%s.%d", list, i) }
