package aws

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"

	"vellocity/internal/domain"
)

const (
	catalogName = "AWSMarketplace"
	// pageSize is the most entities that AWS returns at once.
	pageSize = 50
	// mostEntities bounds what is read of one type.
	mostEntities = 1_000
)

// entityTypes are AWS's names of the products that can be synced. AWS has none for professional services.
var entityTypes = map[domain.CatalogType]string{
	domain.CatalogSaaS: "SaaSProduct", domain.CatalogAMI: "AmiProduct", domain.CatalogContainer: "ContainerProduct",
}

// Product is a product in a list, without its texts.
type Product struct {
	ID         string // prod-abc123
	Visibility string // Draft, Limited, Public, Restricted, or what AWS adds later
	ChangedAt  time.Time
}

// Products returns the account's own products of a type, at most 1,000. A type that AWS does not sync has none.
func (s *Session) Products(ctx context.Context, t domain.CatalogType) ([]Product, error) {
	name, ok := entityTypes[t]
	if !ok {
		return nil, nil
	}
	in := &marketplacecatalog.ListEntitiesInput{
		Catalog: aws.String(catalogName), EntityType: aws.String(name), MaxResults: aws.Int32(pageSize),
		OwnershipType: types.OwnershipTypeSelf,
	}
	var list []Product
	for len(list) < mostEntities {
		out, err := s.catalog.ListEntities(ctx, in)
		if err != nil {
			return nil, faultOf(err)
		}
		for _, e := range out.EntitySummaryList {
			at, _ := time.Parse(time.RFC3339, aws.ToString(e.LastModifiedDate)) // a hint for people, no more
			list = append(list, Product{aws.ToString(e.EntityId), aws.ToString(e.Visibility), at})
		}
		if aws.ToString(out.NextToken) == "" {
			return list, nil
		}
		in.NextToken = out.NextToken
	}
	return list, nil
}

// Entity is a product with its texts.
type Entity struct {
	ID       string // prod-abc123
	Type     string // SaaSProduct@1.0, as a change must name it
	Revision string // what AWS counts its states by
	Fields   domain.ListingFields
}

// details is a product as DescribeEntity has it. Names for reading and writing differ: Videos and VideoUrls.
type details struct {
	Description struct {
		ProductTitle, ShortDescription, LongDescription string
		Highlights, SearchKeywords, Categories          []string
	}
	PromotionalResources struct {
		LogoURL string `json:"LogoUrl"`
		Videos  []struct {
			URL string `json:"Url"`
		}
	}
	SupportInformation struct{ Description string }
}

// Entity returns a product.
func (s *Session) Entity(ctx context.Context, id string) (Entity, error) {
	out, err := s.catalog.DescribeEntity(ctx, &marketplacecatalog.DescribeEntityInput{
		Catalog: aws.String(catalogName), EntityId: aws.String(id),
	})
	if err != nil {
		return Entity{}, faultOf(err)
	}
	var d details
	if err := json.Unmarshal([]byte(aws.ToString(out.Details)), &d); err != nil {
		return Entity{}, faultf(Broken, "AWS describes the product %s in a form that is not known. Try again later.", id)
	}
	e := Entity{ID: id, Type: aws.ToString(out.EntityType), Fields: domain.ListingFields{
		Title: d.Description.ProductTitle, ShortDescription: d.Description.ShortDescription,
		LongDescription: d.Description.LongDescription, Highlights: d.Description.Highlights,
		Keywords: d.Description.SearchKeywords, Categories: d.Description.Categories,
		LogoURL: d.PromotionalResources.LogoURL, Support: d.SupportInformation.Description,
	}}
	if v := d.PromotionalResources.Videos; len(v) > 0 {
		e.Fields.VideoURL = v[0].URL
	}
	_, e.Revision, _ = strings.Cut(aws.ToString(out.EntityIdentifier), "@")
	return e, nil
}

// Change is a change of a product's texts (UpdateInformation).
type Change struct {
	Entity Entity // its ID, Type and Revision: a product that has another revision by now is not changed
	Fields domain.ListingFields
	Only   []string // the names of the fields to send, those of [domain.ListingFields.Changed]
	Apply  bool     // false: AWS only checks it
	Token  string   // names the change: the same on each try, at most 36 letters, digits, _ and -
}

// writeNames are AWS's names of a listing's fields in UpdateInformation.
var writeNames = map[string]string{
	"title": "ProductTitle", "short_description": "ShortDescription", "long_description": "LongDescription",
	"highlights": "Highlights", "keywords": "SearchKeywords", "categories": "Categories", "logo_url": "LogoUrl",
	"video_url": "VideoUrls", "support_description": "SupportDescription",
}

func (c Change) document() map[string]any {
	f := c.Fields
	videos := []string{}
	if f.VideoURL != "" {
		videos = append(videos, f.VideoURL)
	}
	values := map[string]any{
		"title": f.Title, "short_description": f.ShortDescription, "long_description": f.LongDescription,
		"highlights": f.Highlights, "keywords": f.Keywords, "categories": f.Categories, "logo_url": f.LogoURL,
		"video_url": videos, "support_description": f.Support,
	}
	doc := map[string]any{}
	for _, name := range c.Only {
		doc[writeNames[name]] = values[name]
	}
	return doc
}

// StartChange begins a change and returns the id of its change set, which [Session.ChangeSet] asks for.
func (s *Session) StartChange(ctx context.Context, c Change) (id string, err error) {
	text, err := json.Marshal(c.document())
	if err != nil {
		return "", faultf(Invalid, "The listing cannot be written as JSON: %s.", err)
	}
	intent := types.IntentValidate
	if c.Apply {
		intent = types.IntentApply
	}
	identifier := c.Entity.ID
	if c.Entity.Revision != "" {
		identifier += "@" + c.Entity.Revision
	}
	out, err := s.catalog.StartChangeSet(ctx, &marketplacecatalog.StartChangeSetInput{
		Catalog: aws.String(catalogName), Intent: intent, ClientRequestToken: aws.String(c.Token),
		ChangeSet: []types.Change{{
			ChangeType: aws.String("UpdateInformation"), Details: aws.String(string(text)),
			Entity: &types.Entity{Type: aws.String(c.Entity.Type), Identifier: aws.String(identifier)},
		}},
	})
	if err != nil {
		return "", pointed(faultOf(err))
	}
	return aws.ToString(out.ChangeSetId), nil
}

// pointed adds to a fault about a change which fields AWS names in it.
func pointed(err error) error {
	if f := FaultOf(err); f.Kind == Invalid && f.Code != "" {
		f.Fields = namedIn([]string{f.Message})
	}
	return err
}

// namedIn returns the sentences in which AWS names a field of UpdateInformation, by our names of the fields.
func namedIn(sentences []string) map[string]string {
	said := map[string]string{}
	for ours, theirs := range writeNames {
		for _, s := range sentences {
			if strings.Contains(s, theirs) {
				said[ours] = strings.TrimSpace(said[ours] + " " + s)
			}
		}
	}
	return said
}

// ChangeSet returns whether a change has ended: done is false while AWS works on it, and the product is locked. A
// change that failed is a [*Fault]: Invalid with AWS's reasons, or Broken where AWS itself failed.
func (s *Session) ChangeSet(ctx context.Context, id string) (done bool, err error) {
	out, err := s.catalog.DescribeChangeSet(ctx, &marketplacecatalog.DescribeChangeSetInput{
		Catalog: aws.String(catalogName), ChangeSetId: aws.String(id),
	})
	if err != nil {
		return false, faultOf(err)
	}
	switch out.Status {
	case types.ChangeStatusSucceeded:
		return true, nil
	case types.ChangeStatusCancelled:
		return true, faultf(Invalid, "Somebody cancelled the change at AWS. Try again.")
	case types.ChangeStatusFailed:
		return true, failure(out)
	}
	return false, nil
}

// failure makes the fault of a change set that failed.
func failure(out *marketplacecatalog.DescribeChangeSetOutput) *Fault {
	if out.FailureCode == types.FailureCodeServerFault {
		return faultf(Broken, "AWS failed while it worked on the change. Try again later.")
	}
	said := []string{}
	for _, c := range out.ChangeSet {
		for _, e := range c.ErrorDetailList {
			said = append(said, strings.TrimSuffix(aws.ToString(e.ErrorMessage), ".")+" ("+aws.ToString(e.ErrorCode)+").")
		}
	}
	if len(said) == 0 {
		said = append(said, aws.ToString(out.FailureDescription))
	}
	f := faultf(Invalid, "AWS refused the change: %s Change the listing, then try again.",
		clip(strings.Join(said, " "), 900))
	f.Fields = namedIn(said)
	return f
}
