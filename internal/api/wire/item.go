package wire

import (
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// ContentAttributes is a content item without its text.
type ContentAttributes struct {
	Title            string             `json:"title"`
	ContentType      domain.ContentType `json:"content_type"`
	Status           domain.ItemStatus  `json:"kanban_status"`
	Preview          string             `json:"preview" doc:"The text's first words"`
	WordCount        int                `json:"word_count"`
	Language         string             `json:"language" doc:"BCP 47"`
	Channel          *string            `json:"channel" doc:"The network of a social post"`
	MetaTitle        *string            `json:"meta_title"`
	MetaDescription  *string            `json:"meta_description"`
	Keywords         []string           `json:"keywords"`
	Slug             string             `json:"slug"`
	ListingID        *string            `json:"listing_id" doc:"The listing that it was written for"`
	Scores           map[string]float64 `json:"scores" doc:"0 to 100 by name"`
	Engine           Origin             `json:"engine"`
	NeedsInput       []Need             `json:"needs_input"`
	Version          int                `json:"version" doc:"Number of the current version"`
	ApprovedVersion  *int               `json:"approved_version"`
	PublishedVersion *int               `json:"published_version"`
	PlannedAt        *time.Time         `json:"planned_at"`
	ScheduledAt      *time.Time         `json:"scheduled_at"`
	PublishedAt      *time.Time         `json:"published_at"`
	Assignee         *string            `json:"assignee"`
	CreatedAt        time.Time          `json:"created_at"`
	UpdatedAt        time.Time          `json:"updated_at"`
}

// Item is a content item as a resource.
type Item = Resource[ContentAttributes]

// ItemOf returns the resource of a content item, without its text.
func ItemOf(i domain.ContentItem) Item {
	return Item{
		Type:          "content_item",
		ID:            i.ID,
		Attributes:    contentAttributes(i),
		Relationships: itemRelations(i),
		Links:         &Links{Self: Path("/content-workflow/content", i.ID)},
	}
}

func itemRelations(i domain.ContentItem) *Relationships {
	rel := Relationships{}
	if i.ExecutionID != 0 {
		rel.Execution = &ExecutionRef{ID: i.ExecutionID}
	}
	if i.BrandVoiceID != 0 {
		rel.BrandVoice = &BrandVoiceRef{ID: i.BrandVoiceID, Version: i.BrandVoiceN}
	}
	if rel == (Relationships{}) {
		return nil
	}
	return &rel
}

func contentAttributes(i domain.ContentItem) ContentAttributes {
	scores := i.Scores
	if scores == nil {
		scores = map[string]float64{}
	}
	return ContentAttributes{
		Title:            i.Title,
		ContentType:      i.Type,
		Status:           i.Status,
		Preview:          i.Preview,
		WordCount:        i.WordCount,
		Language:         i.Language,
		Channel:          Optional(i.Channel),
		MetaTitle:        Optional(i.MetaTitle),
		MetaDescription:  Optional(i.MetaDescription),
		Keywords:         List(i.Keywords),
		Slug:             i.Slug,
		ListingID:        Optional(domain.ListingRef(i.ListingID)),
		Scores:           scores,
		Engine:           Origin(i.Origin),
		NeedsInput:       Needs(i.NeedsInput),
		Version:          i.Version,
		ApprovedVersion:  Optional(i.ApprovedVersion),
		PublishedVersion: Optional(i.PublishedVersion),
		PlannedAt:        Time(i.PlannedAt),
		ScheduledAt:      Time(i.ScheduledAt),
		PublishedAt:      Time(i.PublishedAt),
		Assignee:         Optional(i.Assignee),
		CreatedAt:        i.CreatedAt.UTC(),
		UpdatedAt:        i.UpdatedAt.UTC(),
	}
}

// Object returns recorded JSON as a value that may be null. What is no object is put
// into one.
func Object(raw []byte) ops.Maybe[ops.Object] {
	if len(raw) == 0 || string(raw) == "null" {
		return ops.Maybe[ops.Object]{}
	}
	o := ops.Object(raw)
	if raw[0] != '{' {
		o = append(append(ops.Object(`{"value":`), raw...), '}')
	}
	return ops.Maybe[ops.Object]{Value: &o}
}
