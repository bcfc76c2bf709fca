package ops

// Paging is embedded by the input of every paged list.
type Paging struct {
	Page    int `json:"page,omitempty" in:"query" limit:"page" default:"1" doc:"Page number, from 1"`
	PerPage int `json:"per_page,omitempty" in:"query" limit:"per_page" default:"20" doc:"Items per page"`
}

func (p Paging) paging() Paging { return p }

// paged is implemented by inputs that embed [Paging].
type paged interface{ paging() Paging }

// PageMeta is the meta object of a paged list.
type PageMeta struct {
	Page       int `json:"page" doc:"Page number, from 1"`
	PerPage    int `json:"per_page" doc:"Items per page"`
	Total      int `json:"total" doc:"Number of items"`
	TotalPages int `json:"total_pages" doc:"Number of pages"`
}

// LongPaging is [Paging] for a list whose pages are longer by default.
type LongPaging struct {
	Page    int `json:"page,omitempty" in:"query" limit:"page" default:"1" doc:"Page number, from 1"`
	PerPage int `json:"per_page,omitempty" in:"query" limit:"per_page" default:"50" doc:"Items per page"`
}

func (p LongPaging) paging() Paging { return Paging(p) }
