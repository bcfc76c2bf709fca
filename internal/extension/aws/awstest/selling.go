package awstest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// stages are those of LifeCycle.Stage.
var stages = []string{
	"Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed", "Launched", "Closed Lost",
}

// PutOpportunity adds an opportunity, or replaces one as a person does in Partner Central. Its Id names it.
func (s *Server) PutOpportunity(o map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.save(clone(o))
}

// Opportunity returns an opportunity as it is now; nil where there is none.
func (s *Server) Opportunity(id string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.opportunity(id); o != nil {
		return clone(o)
	}
	return nil
}

func clone(o map[string]any) map[string]any {
	text, err := json.Marshal(o)
	out := map[string]any{}
	if err != nil || json.Unmarshal(text, &out) != nil {
		panic(fmt.Sprintf("an opportunity that is no JSON: %v", o))
	}
	return out
}

// save stores an opportunity with a time that is later than all others.
func (s *Server) save(o map[string]any) {
	at := s.Now().UTC().Truncate(time.Millisecond)
	for _, other := range s.opportunities {
		if t := changedAt(other); !at.After(t) {
			at = t.Add(time.Millisecond)
		}
	}
	o["LastModifiedDate"] = at.Format("2006-01-02T15:04:05.000Z")
	if o["CreatedDate"] == nil {
		o["CreatedDate"] = o["LastModifiedDate"]
	}
	o["Catalog"] = "AWS"
	s.opportunities = slices.DeleteFunc(s.opportunities, func(x map[string]any) bool { return x["Id"] == o["Id"] })
	s.opportunities = append(s.opportunities, o)
}

func changedAt(o map[string]any) time.Time {
	text, _ := o["LastModifiedDate"].(string)
	t, _ := time.Parse(time.RFC3339, text) // it is our own
	return t
}

func (s *Server) opportunity(id string) map[string]any {
	for _, o := range s.opportunities {
		if o["Id"] == id {
			return o
		}
	}
	return nil
}

func (s *Server) selling(operation string, body []byte) (any, *problem) {
	in := map[string]any{}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalid("The body is not JSON")
	}
	if in["Catalog"] != "AWS" {
		return nil, invalid("Catalog must be AWS")
	}
	switch operation {
	case "ListOpportunities":
		return s.listOpportunities(in)
	case "GetOpportunity":
		id, _ := in["Identifier"].(string)
		if o := s.opportunity(id); o != nil {
			return o, nil
		}
		return nil, problemOf("ResourceNotFoundException", "Opportunity "+id+" was not found")
	case "UpdateOpportunity":
		return s.updateOpportunity(in)
	}
	return nil, problemOf("UnknownOperationException", operation)
}

func (s *Server) listOpportunities(in map[string]any) (any, *problem) {
	var after time.Time
	if filter, ok := in["LastModifiedDate"].(map[string]any); ok {
		text, _ := filter["AfterLastModifiedDate"].(string)
		var err error
		if after, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, invalid("AfterLastModifiedDate must be an RFC 3339 time")
		}
	}
	all := []map[string]any{}
	for _, o := range s.opportunities {
		if !changedAt(o).Before(after) { // inclusive, as AWS
			all = append(all, o)
		}
	}
	if bad := sorted(all, in); bad != nil {
		return nil, bad
	}
	from, to, next, bad := s.page("opportunities", len(all), in, 100)
	if bad != nil {
		return nil, bad
	}
	list := []any{}
	for _, o := range all[from:to] {
		list = append(list, map[string]any{
			"Catalog": "AWS", "Id": o["Id"], "LastModifiedDate": o["LastModifiedDate"], "CreatedDate": o["CreatedDate"],
			"LifeCycle": o["LifeCycle"],
		})
	}
	out := map[string]any{"OpportunitySummaries": list}
	if next != "" {
		out["NextToken"] = next
	}
	return out, nil
}

// kept are the parts of an opportunity that an update does not replace.
var kept = []string{"Id", "Arn", "CreatedDate", "RelatedEntityIdentifiers", "OpportunityTeam"}

// updateOpportunity replaces an opportunity: what the call leaves out is gone.
func (s *Server) updateOpportunity(in map[string]any) (any, *problem) {
	id, _ := in["Identifier"].(string)
	was := s.opportunity(id)
	if was == nil {
		return nil, problemOf("ResourceNotFoundException", "Opportunity "+id+" was not found")
	}
	if now := s.Now(); now.Sub(s.wrote) < s.EveryWrite {
		return nil, problemOf("ThrottlingException", "Rate exceeded")
	}
	s.wrote = s.Now()
	sent, _ := in["LastModifiedDate"].(string)
	if at, err := time.Parse(time.RFC3339, sent); err != nil || !at.Equal(changedAt(was)) {
		return nil, problemOf("ConflictException", "LastModifiedDate is not that of the latest version")
	}
	if bad := check(in, was, day(s.Now())); bad != nil {
		return nil, bad
	}
	next := clone(in)
	delete(next, "Identifier")
	for _, name := range kept {
		delete(next, name)
		if was[name] != nil {
			next[name] = was[name]
		}
	}
	cycle, _ := next["LifeCycle"].(map[string]any)
	if before, _ := was["LifeCycle"].(map[string]any); before["NextStepsHistory"] != nil {
		cycle["NextStepsHistory"] = before["NextStepsHistory"]
	}
	s.save(next)
	return map[string]any{"Id": id, "LastModifiedDate": next["LastModifiedDate"]}, nil
}

// sorted sorts a list as the call asks, by default those changed last first.
func sorted(all []map[string]any, in map[string]any) *problem {
	by, order := "LastModifiedDate", "DESCENDING"
	if sort, ok := in["Sort"].(map[string]any); ok {
		by, _ = sort["SortBy"].(string)
		order, _ = sort["SortOrder"].(string)
	}
	if by != "LastModifiedDate" && by != "Identifier" || order != "ASCENDING" && order != "DESCENDING" {
		return invalid("Sort is not one of those that the service knows")
	}
	slices.SortStableFunc(all, func(a, b map[string]any) int {
		c := changedAt(a).Compare(changedAt(b))
		if by == "Identifier" {
			c = strings.Compare(fmt.Sprint(a["Id"]), fmt.Sprint(b["Id"]))
		}
		if order == "DESCENDING" {
			return -c
		}
		return c
	})
	return nil
}
