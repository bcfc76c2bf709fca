package domain

import "time"

// Page asks for one page of a list. Number counts from 1.
type Page struct {
	Number int
	Size   int
}

// Offset returns how many rows come before the page.
func (p Page) Offset() int { return (p.Number - 1) * p.Size }

// List is one page of a list, with the full count.
type List[T any] struct {
	Items []T
	Total int
}

// DateRange is a period, From included and Until excluded. A zero end is open.
type DateRange struct {
	From, Until time.Time
}
