package awstest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const catalogName = "AWSMarketplace"

// Product is a product in the partner's account.
type Product struct {
	ID          string // prod-abc123
	Type        string // SaaSProduct, AmiProduct or ContainerProduct
	Title       string
	Short, Long string
	Highlights  []string
	Keywords    []string
	Categories  []string
	LogoURL     string
	VideoURL    string
	Support     string
	Visibility  string // by default Public
}

type product struct {
	Product
	revision  int
	changedAt time.Time
	lockedBy  string // the change set that is being applied
}

type changeSet struct {
	id, intent, status, token string
	entity                    string
	details                   map[string]any
	errors                    []map[string]string
}

// Put adds a product, or changes it as a person does in AWS's portal: its revision is raised.
func (s *Server) Put(p Product) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if have := s.product(p.ID); have != nil {
		have.Product = p
		have.revision++
		have.changedAt = s.Now()
		return
	}
	s.products = append(s.products, &product{Product: p, revision: 1, changedAt: s.Now()})
}

// Product returns a product as it is now.
func (s *Server) Product(id string) (p Product, revision int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if have := s.product(id); have != nil {
		return have.Product, have.revision
	}
	return Product{}, 0
}

func (s *Server) product(id string) *product {
	id, _, _ = strings.Cut(id, "@")
	for _, p := range s.products {
		if p.ID == id {
			return p
		}
	}
	return nil
}

func (s *Server) catalog(r *http.Request, operation string, body []byte) (any, *problem) {
	in := map[string]any{}
	if r.Method == http.MethodPost {
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, invalid("The body is not JSON")
		}
	}
	name, _ := in["Catalog"].(string)
	if name == "" {
		name = r.URL.Query().Get("catalog")
	}
	if name != catalogName {
		return nil, invalid("Catalog must be %s", catalogName)
	}
	switch r.Method + " " + operation {
	case "POST ListEntities":
		return s.listEntities(in)
	case "GET DescribeEntity":
		return s.describeEntity(r.URL.Query().Get("entityId"))
	case "POST StartChangeSet":
		return s.startChangeSet(in)
	case "GET DescribeChangeSet":
		return s.describeChangeSet(r.URL.Query().Get("changeSetId"))
	}
	return nil, &problem{status: http.StatusNotFound, code: "UnknownOperationException", message: operation}
}

// page cuts a list by a token that names what it was made for; another token is refused.
func (s *Server) page(what string, total int, in map[string]any, most int) (from, to int, next string, p *problem) {
	size := most
	if n, ok := in["MaxResults"].(float64); ok {
		if n < 1 || int(n) > most {
			return 0, 0, "", invalid("MaxResults must be between 1 and %d", most)
		}
		size = int(n)
	}
	if s.PageSize > 0 {
		size = min(size, s.PageSize)
	}
	if token, _ := in["NextToken"].(string); token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		offset, ok := strings.CutPrefix(string(text), what+"/")
		from, _ = strconv.Atoi(offset)
		if err != nil || !ok || from <= 0 {
			return 0, 0, "", invalid("NextToken is invalid")
		}
	}
	from, to = min(from, total), min(from+size, total)
	if to < total {
		next = base64.RawURLEncoding.EncodeToString([]byte(what + "/" + strconv.Itoa(to)))
	}
	return from, to, next, nil
}

func (s *Server) listEntities(in map[string]any) (any, *problem) {
	kind, _ := in["EntityType"].(string)
	if !slices.Contains([]string{"SaaSProduct", "AmiProduct", "ContainerProduct"}, kind) {
		return nil, invalid("EntityType %q is not supported", kind)
	}
	var all []*product
	for _, p := range s.products {
		if p.Type == kind {
			all = append(all, p)
		}
	}
	from, to, next, bad := s.page(kind, len(all), in, 50)
	if bad != nil {
		return nil, bad
	}
	list := []any{}
	for _, p := range all[from:to] {
		visibility := p.Visibility
		if visibility == "" {
			visibility = "Public"
		}
		list = append(list, map[string]any{
			"Name": p.Title, "EntityType": kind, "EntityId": p.ID, "EntityArn": arn(p), "Visibility": visibility,
			"LastModifiedDate": p.changedAt.UTC().Format(time.RFC3339), "AmiProductSummary": nil,
			kind + "Summary": map[string]any{"ProductTitle": p.Title, "Visibility": visibility},
		})
	}
	out := map[string]any{"EntitySummaryList": list}
	if next != "" {
		out["NextToken"] = next
	}
	return out, nil
}

func arn(p *product) string {
	return "arn:aws:aws-marketplace:us-east-1:" + Partner + ":AWSMarketplace/" + p.Type + "/" + p.ID
}

func (s *Server) describeEntity(id string) (any, *problem) {
	p := s.product(id)
	if p == nil {
		return nil, problemOf("ResourceNotFoundException", "Entity "+id+" was not found")
	}
	videos := []any{}
	if p.VideoURL != "" {
		videos = append(videos, map[string]string{"Type": "Link", "Title": "Video", "Url": p.VideoURL})
	}
	doc := map[string]any{
		"Description": map[string]any{
			"ProductTitle": p.Title, "ShortDescription": p.Short, "LongDescription": p.Long, "Highlights": p.Highlights,
			"SearchKeywords": p.Keywords, "Categories": p.Categories, "Manufacturer": nil, "ProductCode": "code-" + p.ID,
			"Visibility": "Public", "ProductState": "Active",
		},
		"PromotionalResources": map[string]any{"LogoUrl": p.LogoURL, "Videos": videos, "AdditionalResources": []any{}},
		"SupportInformation":   map[string]any{"Description": p.Support},
		"Versions":             []any{}, "Dimensions": []any{},
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, problemOf("InternalServiceException", err.Error())
	}
	return map[string]any{
		"EntityType": p.Type + "@1.0", "EntityIdentifier": fmt.Sprintf("%s@%d", p.ID, p.revision), "EntityArn": arn(p),
		"LastModifiedDate": p.changedAt.UTC().Format(time.RFC3339), "Details": string(text), "DetailsDocument": doc,
	}, nil
}

// startChangeSet begins a change. APPLY needs that the same change was let through by VALIDATE before: that is
// Vellocity's rule, and stricter than AWS's.
func (s *Server) startChangeSet(in map[string]any) (any, *problem) {
	list, _ := in["ChangeSet"].([]any)
	if len(list) != 1 {
		return nil, invalid("ChangeSet must have one change")
	}
	change, _ := list[0].(map[string]any)
	entity, _ := change["Entity"].(map[string]any)
	identifier, _ := entity["Identifier"].(string)
	kind, _ := entity["Type"].(string)
	text, _ := change["Details"].(string)
	details, _ := change["DetailsDocument"].(map[string]any)
	if text != "" && json.Unmarshal([]byte(text), &details) != nil || details == nil || len(text) > 16_384 {
		return nil, invalid("Details must be JSON of up to 16384 characters")
	}
	intent, _ := in["Intent"].(string)
	if intent == "" {
		intent = "APPLY"
	}
	token, _ := in["ClientRequestToken"].(string)
	p := s.product(identifier)
	switch {
	case p == nil:
		return nil, problemOf("ResourceNotFoundException", "Entity "+identifier+" was not found")
	case change["ChangeType"] != "UpdateInformation" || kind != p.Type+"@1.0":
		return nil, invalid("ChangeType or entity type is not supported")
	}
	fingerprint := fmt.Sprint(identifier, details)
	for _, id := range s.changeOrder {
		if c := s.changes[id]; token != "" && c.token == token {
			if fmt.Sprint(c.entity, c.details) != fingerprint || c.intent != intent {
				return nil, invalid("ClientRequestToken was used with another request")
			}
			return started(c, arn(p)), nil
		}
	}
	if p.lockedBy != "" {
		return nil, problemOf("ResourceInUseException", "Entity "+p.ID+" is locked by change set "+p.lockedBy)
	}
	if _, revision, ok := strings.Cut(identifier, "@"); ok && revision != strconv.Itoa(p.revision) {
		return nil, invalid("Entity revision %s is not the latest", revision)
	}
	if intent == "APPLY" && !s.checked[fingerprint] {
		return nil, invalid("APPLY without a VALIDATE that succeeded")
	}
	c := &changeSet{
		id: fmt.Sprintf("cs-%d", s.number()), intent: intent, status: "PREPARING", token: token, entity: identifier,
		details: details, errors: faults(details),
	}
	s.changes[c.id] = c
	s.changeOrder = append(s.changeOrder, c.id)
	if intent == "APPLY" {
		p.lockedBy = c.id
	}
	return started(c, arn(p)), nil
}

func started(c *changeSet, of string) any {
	return map[string]any{"ChangeSetId": c.id, "ChangeSetArn": of + "/ChangeSet/" + c.id}
}

func (s *Server) describeChangeSet(id string) (any, *problem) {
	c := s.changes[id]
	if c == nil {
		return nil, problemOf("ResourceNotFoundException", "Change set "+id+" was not found")
	}
	s.advance(c)
	out := map[string]any{
		"ChangeSetId": c.id, "Status": c.status, "Intent": c.intent, "StartTime": s.Now().UTC().Format(time.RFC3339),
		"ChangeSet": []any{map[string]any{
			"ChangeType": "UpdateInformation", "Entity": map[string]any{"Identifier": c.entity},
			"ErrorDetailList": append([]map[string]string{}, c.errors...),
		}},
	}
	if c.status == "FAILED" {
		out["FailureCode"], out["FailureDescription"] = "CLIENT_ERROR", "The change set has errors"
	}
	return out, nil
}

// advance moves a change set a step on each time that it is asked for.
func (s *Server) advance(c *changeSet) {
	p := s.product(c.entity)
	switch {
	case s.held:
		return
	case c.status == "PREPARING" && c.intent == "APPLY":
		c.status = "APPLYING"
		return
	case c.status != "PREPARING" && c.status != "APPLYING":
		return
	case len(c.errors) > 0:
		c.status = "FAILED"
	default:
		c.status = "SUCCEEDED"
	}
	if c.intent == "VALIDATE" {
		s.checked[fmt.Sprint(c.entity, c.details)] = c.status == "SUCCEEDED"
		return
	}
	p.lockedBy = ""
	if c.status == "SUCCEEDED" {
		apply(&p.Product, c.details)
		p.revision++
		p.changedAt = s.Now()
	}
}

var most = map[string]int{
	"ProductTitle": 72, "ShortDescription": 1000, "LongDescription": 5000, "SupportDescription": 2000, "Sku": 5000,
	"LogoUrl": 2048,
}

var lists = map[string][3]int{ // least, most, most characters of each
	"Highlights": {1, 3, 500}, "SearchKeywords": {1, 15, 50}, "Categories": {1, 3, 200}, "VideoUrls": {0, 1, 2048},
}

// faults returns what AWS says against the details of UpdateInformation.
func faults(details map[string]any) (list []map[string]string) {
	note := func(format string, args ...any) {
		list = append(list, map[string]string{"ErrorCode": "INVALID_INPUT", "ErrorMessage": fmt.Sprintf(format, args...)})
	}
	for _, name := range slices.Sorted(maps.Keys(details)) {
		text, isText := details[name].(string)
		entries, isList := details[name].([]any)
		limit, known := lists[name]
		switch n := utf8.RuneCountInString(text); {
		case isText && most[name] > 0:
			first, _ := utf8.DecodeRuneInString(text)
			if n == 0 || n > most[name] {
				note("%s must have 1 to %d characters, it has %d", name, most[name], n)
			} else if unicode.IsSpace(first) {
				note("%s must not start with white space", name)
			}
		case isList && known:
			if len(entries) < limit[0] || len(entries) > limit[1] {
				note("%s must have %d to %d entries, it has %d", name, limit[0], limit[1], len(entries))
			}
			for _, e := range entries {
				if s, _ := e.(string); s == "" || utf8.RuneCountInString(s) > limit[2] {
					note("%s: each entry must have 1 to %d characters", name, limit[2])
				}
			}
		default:
			note("%s is not a field of UpdateInformation, or has the wrong type", name)
		}
	}
	return list
}

func apply(p *Product, details map[string]any) {
	texts := map[string]*string{
		"ProductTitle": &p.Title, "ShortDescription": &p.Short, "LongDescription": &p.Long, "SupportDescription": &p.Support,
		"LogoUrl": &p.LogoURL,
	}
	several := map[string]*[]string{
		"Highlights": &p.Highlights, "SearchKeywords": &p.Keywords, "Categories": &p.Categories,
	}
	for name, value := range details {
		if text, ok := value.(string); ok && texts[name] != nil {
			*texts[name] = text
		}
		entries, _ := value.([]any)
		list := make([]string, len(entries))
		for i, e := range entries {
			list[i], _ = e.(string)
		}
		if several[name] != nil {
			*several[name] = list
		}
		if name == "VideoUrls" {
			p.VideoURL = strings.Join(list, "")
		}
	}
}
