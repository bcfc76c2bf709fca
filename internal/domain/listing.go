package domain

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// CatalogType is the kind of product that a listing sells on AWS Marketplace.
type CatalogType string

// The kinds of products.
const (
	CatalogSaaS      CatalogType = "SAAS"
	CatalogAMI       CatalogType = "AMI"       // a machine image
	CatalogContainer CatalogType = "CONTAINER" // a container image
	CatalogServices  CatalogType = "PROF"      // professional services, which AWS does not sync
)

// Values lists the kinds of products.
func (CatalogType) Values() []string {
	return names([]CatalogType{CatalogSaaS, CatalogAMI, CatalogContainer, CatalogServices})
}

var catalogLabels = map[CatalogType]string{
	CatalogSaaS: "SaaS", CatalogAMI: "AMI", CatalogContainer: "Container", CatalogServices: "Professional services",
}

// Label returns the name that people read.
func (c CatalogType) Label() string { return catalogLabels[c] }

// RecordOrigin says where a listing or an opportunity was first created.
type RecordOrigin string

// The origins.
const (
	RecordLocal RecordOrigin = "local"
	RecordAWS   RecordOrigin = "aws"
)

// Values lists the origins.
func (RecordOrigin) Values() []string { return names([]RecordOrigin{RecordLocal, RecordAWS}) }

// Synced is what a listing or an opportunity knows of its copy at AWS.
type Synced struct {
	Origin   RecordOrigin
	RemoteID string    // the id at AWS, such as prod-abc123; empty: it is not there
	SyncedAt time.Time // when both were last the same; zero: never
}

// ListingFields is what buyers read of a listing. Its limits are those of AWS Marketplace (Catalog API,
// UpdateInformation).
type ListingFields struct {
	Title            string   `json:"title"`
	ShortDescription string   `json:"short_description"`
	LongDescription  string   `json:"long_description"`
	Highlights       []string `json:"highlights"`
	Keywords         []string `json:"keywords"` // what buyers search for
	Categories       []string `json:"categories"`
	LogoURL          string   `json:"logo_url"`
	VideoURL         string   `json:"video_url"`
	Support          string   `json:"support_description"` // how buyers get help
}

// Changed returns the names of the fields that differ from those of another state, in the order of a form.
func (f ListingFields) Changed(from ListingFields) []string {
	list := []string{}
	note := func(name string, differs bool) {
		if differs {
			list = append(list, name)
		}
	}
	note("title", f.Title != from.Title)
	note("short_description", f.ShortDescription != from.ShortDescription)
	note("long_description", f.LongDescription != from.LongDescription)
	note("highlights", !slices.Equal(f.Highlights, from.Highlights))
	note("keywords", !slices.Equal(f.Keywords, from.Keywords))
	note("categories", !slices.Equal(f.Categories, from.Categories))
	note("logo_url", f.LogoURL != from.LogoURL)
	note("video_url", f.VideoURL != from.VideoURL)
	note("support_description", f.Support != from.Support)
	return list
}

// Listing is a product on AWS Marketplace, or one that is to be there.
type Listing struct {
	ID          int64
	WorkspaceID int64
	CatalogType CatalogType
	ListingFields
	Synced
	Remote    ListingFields // what AWS had when both were last the same
	Conflict  []string      // the fields that have changed here and at AWS since; empty: none
	Theirs    ListingFields // what AWS has, where there is a conflict
	Score     ListingScore
	Search    string // what a list finds it by, in the form for comparison; only on the way to the store
	Revision  int    // from 1, raised with each change; the number of its newest version
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Grade is a score in one letter.
type Grade string

// Grades lists the grades, best first.
func Grades() []Grade { return []Grade{"A", "B", "C", "D", "F"} }

// Values lists the grades, best first.
func (Grade) Values() []string { return names(Grades()) }

// GradeOf returns the grade of a score from 0 to 100.
func GradeOf(score int) Grade {
	for i, least := range []int{85, 70, 55, 40} {
		if score >= least {
			return Grades()[i]
		}
	}
	return "F"
}

// ListingScore says how well buyers can find and understand a listing.
type ListingScore struct {
	Overall int         `json:"overall_score"` // 0 to 100: the sum of the parts' points
	Grade   Grade       `json:"grade"`
	Parts   []ScorePart `json:"parts"`
}

// ScorePart is the score of one part of a listing.
type ScorePart struct {
	Name   string       `json:"name"`   // title, description, highlights, keywords, images, categories or support
	Points int          `json:"points"` // of Weight
	Weight int          `json:"weight"` // the weights of all parts sum to 100
	Checks []ScoreCheck `json:"checks"`
}

// ScoreCheck is one rule that a listing was held against.
type ScoreCheck struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Points int    `json:"points"` // of Weight
	Weight int    `json:"weight"` // the weights of the checks of a part sum to that of the part
	Why    string `json:"why"`    // what was found, in figures where there are some
	Fix    string `json:"fix"`    // what to do; empty where it passed
}

// ListingVersion is one state of a listing in its history.
type ListingVersion struct {
	ListingID  int64
	N          int
	AuthorKind ActorKind
	Author     string
	Reason     string   // empty: none was given
	Changed    []string // the fields that differ from the version before; all of them in the first
	ContentID  int64    // the item whose text was applied; 0: none
	Overall    int
	Grade      Grade
	CreatedAt  time.Time
	ListingFields
}

// ListingEdit is what a person may change about a listing. A nil field stays as it is. Name, limit and help are those
// of the operations that create and edit a listing.
type ListingEdit struct {
	ShortDescription *string   `json:"short_description,omitempty"   limit:"listing_short"      null:"clears" doc:"What search results show. AWS allows 1,000 characters; buyers see about the first 200"`
	LongDescription  *string   `json:"long_description,omitempty"    limit:"listing_long"       null:"clears" doc:"What the product does and for whom. AWS allows 5,000 characters; 800 to 3,000 read best"`
	Highlights       *[]string `json:"highlights,omitempty"          limit:"listing_highlights"               doc:"The strongest benefits. AWS allows 3 of 500 characters; about 100 each read best"`
	Keywords         *[]string `json:"keywords,omitempty"            limit:"listing_keywords"                 doc:"What buyers search for. AWS allows 15 of 50 characters"`
	Categories       *[]string `json:"categories,omitempty"          limit:"listing_categories"               doc:"Categories of AWS Marketplace, at most 3"`
	LogoURL          *string   `json:"logo_url,omitempty"            limit:"url"                null:"clears" doc:"An https address of a PNG or JPEG file"`
	VideoURL         *string   `json:"video_url,omitempty"           limit:"url"                null:"clears" doc:"An https address of one video"`
	Support          *string   `json:"support_description,omitempty" limit:"listing_support"    null:"clears" doc:"How buyers get help. AWS allows 2,000 characters"`
}

// Apply changes the fields of a listing.
func (e ListingEdit) Apply(f *ListingFields) {
	set(&f.ShortDescription, e.ShortDescription)
	set(&f.LongDescription, e.LongDescription)
	set(&f.Highlights, e.Highlights)
	set(&f.Keywords, e.Keywords)
	set(&f.Categories, e.Categories)
	set(&f.LogoURL, e.LogoURL)
	set(&f.VideoURL, e.VideoURL)
	set(&f.Support, e.Support)
}

// ListingSort is the order of a list of listings.
type ListingSort string

// The orders; the minus sign turns the order around.
const (
	ListingsChanged     ListingSort = "-updated_at" // changed last, the default
	ListingsChangedUp   ListingSort = "updated_at"
	ListingsCreated     ListingSort = "-created_at"
	ListingsCreatedUp   ListingSort = "created_at"
	ListingsByTitle     ListingSort = "title" // without their case
	ListingsByTitleDown ListingSort = "-title"
	ListingsWorst       ListingSort = "overall_score"
	ListingsBest        ListingSort = "-overall_score"
)

// Values lists the orders.
func (ListingSort) Values() []string {
	return names([]ListingSort{
		ListingsChanged, ListingsChangedUp, ListingsCreated, ListingsCreatedUp, ListingsByTitle, ListingsByTitleDown,
		ListingsWorst, ListingsBest,
	})
}

// ListingText is a text of a listing that the text of a content item can replace.
type ListingText string

// The texts.
const (
	ListingLong  ListingText = "long_description"
	ListingShort ListingText = "short_description"
)

// Values lists the texts.
func (ListingText) Values() []string { return names([]ListingText{ListingLong, ListingShort}) }

// MaxListings is how many listings a workspace may have.
const MaxListings = 1_000

// The prefixes of ids that callers see.
const (
	listingPrefix     = "lst_"
	opportunityPrefix = "opp_"
)

// ListingRef is the id of a listing as callers see it: lst_7. It is empty for 0.
func ListingRef(id int64) string { return ref(listingPrefix, id) }

// ListingID reads a [ListingRef]; ok is false where it is none.
func ListingID(ref string) (id int64, ok bool) { return idOf(listingPrefix, ref) }

func ref(prefix string, id int64) string {
	if id == 0 {
		return ""
	}
	return prefix + strconv.FormatInt(id, 10)
}

func idOf(prefix, ref string) (id int64, ok bool) {
	digits, ok := strings.CutPrefix(ref, prefix)
	if !ok || digits == "" || digits[0] < '1' || digits[0] > '9' {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil
}

// ListingFacts is what every event about a listing says.
type ListingFacts struct {
	ListingID   string      `json:"listing_id"`
	Title       string      `json:"title"`
	CatalogType CatalogType `json:"catalog_type"`
	Score       int         `json:"overall_score"`
	Grade       Grade       `json:"grade"`
	Revision    int         `json:"revision"`
}

// Facts returns the listing's facts for an event.
func (l Listing) Facts() ListingFacts {
	return ListingFacts{ListingRef(l.ID), l.Title, l.CatalogType, l.Score.Overall, l.Score.Grade, l.Revision}
}

// ListingCreated says that a listing was created.
type ListingCreated struct{ ListingFacts }

// EventName returns listing.created.
func (ListingCreated) EventName() EventName { return EventListingCreated }

// ListingUpdated says that a listing was changed, and which of its fields.
type ListingUpdated struct {
	ListingFacts
	Changed   []string `json:"changed"`
	ContentID int64    `json:"content_id,omitempty"` // the item whose text was applied
}

// EventName returns listing.updated.
func (ListingUpdated) EventName() EventName { return EventListingUpdated }

// ListingDeleted says that a listing was deleted.
type ListingDeleted struct{ ListingFacts }

// EventName returns listing.deleted.
func (ListingDeleted) EventName() EventName { return EventListingDeleted }

// listingEventTypes is the part of the catalogue that is about listings, and where they come from.
func listingEventTypes() []EventType {
	facts := ListingFacts{"lst_7", "Acme Shared Inbox", CatalogSaaS, 82, "B", 2}
	return slices.Concat([]EventType{
		{"", "A listing was created.", ListingCreated{facts}},
		{"", "A listing was changed.", ListingUpdated{facts, []string{"short_description"}, 101}},
		{"", "A listing was deleted.", ListingDeleted{facts}},
	}, listingPushEventTypes(facts), awsEventTypes())
}
