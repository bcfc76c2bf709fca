package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// capabilityPage is the form that starts a run.
type capabilityPage struct {
	Shell
	Capability engine.CapabilityDetails
	Price      string
	Writes     bool // it makes text
	Credits    domain.Balance
	Fields     []field
	Agents     []choice
	Priorities []choice
	Errors     []fieldError
	Call       sameCall
	Past       []runRow
	From       int64 // the run whose inputs are shown again
}

// fieldError is one line of the summary above the form.
type fieldError struct {
	ID, Label, Message string
}

func (s *Site) capability(w http.ResponseWriter, r *http.Request) error {
	page, err := s.capabilityPage(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	for i := range page.Fields {
		if v := q.Get(page.Fields[i].Name); v != "" {
			page.Fields[i].choose(v)
		}
	}
	if err := s.fillFromRun(r, &page); err != nil {
		return err
	}
	settings, _ := settingsOf(page.Fields)
	page.Call = s.callOf(r, page, settings)
	return s.render(w, r, http.StatusOK, "capability", page)
}

// fillFromRun shows the inputs of a past run again.
func (s *Site) fillFromRun(r *http.Request, page *capabilityPage) error {
	id, err := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	if err != nil {
		return nil //nolint:nilerr // no number: nothing to start from
	}
	d, err := s.engine.Execution(r.Context(), id)
	if err != nil {
		return err
	}
	page.From = id
	fill(page.Fields, d.Settings)
	return nil
}

func (s *Site) capabilityPage(w http.ResponseWriter, r *http.Request) (capabilityPage, error) {
	ctx := r.Context()
	c, err := s.engine.Capability(ctx, r.PathValue("slug"))
	if err != nil {
		return capabilityPage{}, err
	}
	page := capabilityPage{Capability: c, Writes: c.Category == domain.CategoryGeneration}
	if page.Shell, err = s.shell(w, r, "/capabilities", c.Name); err != nil {
		return page, err
	}
	if page.Fields, err = s.capabilityFields(r, c); err != nil {
		return page, err
	}
	if page.Credits, err = s.engine.Credits(ctx); err != nil {
		return page, err
	}
	agents, err := s.engine.Agents(ctx, engine.ListAgents{ActiveOnly: true, Page: domain.Page{Number: 1, Size: 100}})
	if err != nil {
		return page, err
	}
	page.Agents = agentChoices(agents.Items, c.Slug, r.PostForm.Get("agent_id"))
	page.Priorities = priorityChoices(r.PostForm.Get("priority"))[1:]
	past, err := s.engine.Executions(ctx, engine.ListExecutions{Capability: c.Slug, Page: domain.Page{Number: 1, Size: 5}})
	if err != nil {
		return page, err
	}
	for _, x := range past.Items {
		page.Past = append(page.Past, rowOf(x, s.now()))
	}
	page.Price = priceOf(c.Capability, page.Composer)
	return page, nil
}

// capabilityFields builds the fields, with brand voices and items to choose from
// where a setting names one by its number.
func (s *Site) capabilityFields(r *http.Request, c engine.CapabilityDetails) ([]field, error) {
	fields, err := fieldsOf(c.SettingsSchema)
	if err != nil {
		return nil, fmt.Errorf("read the settings schema of %s: %w", c.Slug, err)
	}
	for i := range fields {
		f := &fields[i]
		var options []choice
		switch {
		case f.Type == "integer" && f.Name == "brand_voice_id":
			options, err = s.voiceChoices(r)
		case f.Type == "integer" && strings.HasSuffix(f.Name, "content_id"):
			options, err = s.itemChoices(r)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		f.Kind, f.Options, f.Hint = "select", options, ""
		f.Label = strings.TrimSuffix(f.Label, " ID")
		f.choose(f.Value)
	}
	return fields, nil
}

func (s *Site) voiceChoices(r *http.Request) ([]choice, error) {
	list, err := s.engine.Voices(r.Context(), domain.Page{Number: 1, Size: 100})
	options := []choice{{Value: "", Label: "The workspace's default voice"}}
	for _, v := range list.Items {
		options = append(options, choice{Value: strconv.FormatInt(v.ID, 10), Label: v.Name})
	}
	return options, err
}

func (s *Site) itemChoices(r *http.Request) ([]choice, error) {
	cols, err := s.engine.Board(r.Context(), engine.BoardFilter{PerColumn: 100})
	options := []choice{{Value: "", Label: "Choose an item…"}}
	for _, col := range cols {
		for _, i := range col.Items {
			options = append(options, choice{Value: strconv.FormatInt(i.ID, 10), Label: titleOf(i.Title, i.ID) + " (" + col.Stage.Label() + ")"})
		}
	}
	return options, err
}

func agentChoices(agents []domain.Agent, slug, on string) []choice {
	list := []choice{{Value: "", Label: "Choose the best one for me", On: on == ""}}
	for _, a := range agents {
		if id := strconv.FormatInt(a.ID, 10); a.Can(slug) {
			list = append(list, choice{id, a.Name, id == on})
		}
	}
	return list
}

// capabilityRun starts a run, or shows the form again with what is wrong.
func (s *Site) capabilityRun(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	page, err := s.capabilityPage(w, r)
	if err != nil {
		return err
	}
	post(page.Fields, r.PostForm)
	settings, good := settingsOf(page.Fields)
	page.Call = s.callOf(r, page, settings)
	if !good {
		return s.formAgain(w, r, http.StatusUnprocessableEntity, page, nil)
	}
	started, err := s.start(r, page.Capability.Slug, settings)
	if err != nil {
		e := domain.AsError(err)
		if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
			return err
		}
		return s.formAgain(w, r, e.Code.Status(), page, blame(page.Fields, e))
	}
	return s.back(w, r, "/executions/"+strconv.FormatInt(started.Execution.ID, 10), "Started. "+started.AgentReason)
}

func (s *Site) start(r *http.Request, slug string, settings map[string]any) (engine.Started, error) {
	raw, err := json.Marshal(settings)
	if err != nil {
		return engine.Started{}, fmt.Errorf("write settings: %w", err)
	}
	agent, _ := strconv.ParseInt(r.PostForm.Get("agent_id"), 10, 64) // none: chosen by the engine
	return s.engine.Execute(r.Context(), engine.Execute{Capability: slug, AgentID: agent, Settings: raw,
		Priority: domain.Priority(r.PostForm.Get("priority"))})
}

// formAgain shows the form with a summary of what is wrong, each line a link to
// its field.
func (s *Site) formAgain(w http.ResponseWriter, r *http.Request, status int, page capabilityPage, general []string) error {
	for _, f := range page.Fields {
		for _, m := range f.Errors {
			page.Errors = append(page.Errors, fieldError{f.ID(), f.Label, m})
		}
	}
	for _, m := range general {
		page.Errors = append(page.Errors, fieldError{Message: m})
	}
	return s.render(w, r, status, "capability", page)
}

// capabilityCall answers with the API call that the form would make as it stands.
func (s *Site) capabilityCall(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	c, err := s.engine.Capability(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	fields, err := s.capabilityFields(r, c)
	if err != nil {
		return err
	}
	post(fields, r.PostForm)
	settings, _ := settingsOf(fields)
	return s.renderPart(w, http.StatusOK, "capability", "call", s.callOf(r, capabilityPage{Capability: c}, settings))
}

// executeBody is what the form posts to the API.
type executeBody struct {
	Settings map[string]any `json:"settings"`
	AgentID  int64          `json:"agent_id,omitempty"`
	Priority string         `json:"priority,omitempty"`
}

func (s *Site) callOf(r *http.Request, page capabilityPage, settings map[string]any) sameCall {
	body := executeBody{Settings: settings}
	body.AgentID, _ = strconv.ParseInt(r.PostForm.Get("agent_id"), 10, 64) // none: left out
	if p := r.PostForm.Get("priority"); p != string(domain.PriorityNormal) {
		body.Priority = p
	}
	return callsOf(s.origin(r)+"/api/v1/content-workflow/capabilities/"+page.Capability.Slug+"/execute", body)
}
