package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"vellocity/internal/await"
)

const workflow = "/api/v1/content-workflow"

// patient is the client for requests that are not measured.
func patient() *http.Client {
	return &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
}

// request creates a request with the server's key; body is JSON or empty.
func (s *server) request(ctx context.Context, method, path, body string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.URL()+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, fmt.Errorf("create a request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+s.Key)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// call sends a request and decodes the response into out, unless nil.
func (s *server) call(ctx context.Context, c *http.Client, method, path, body string, out any) error {
	req, err := s.request(ctx, method, path, body)
	if err != nil {
		return err
	}
	res, err := c.Do(req)
	if err != nil {
		return fmt.Errorf("call: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("read the response: %w", err)
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %.300s", method, path, res.Status, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// execution is one as the API returns it.
type execution struct {
	Data struct {
		ID         int64
		Attributes struct {
			Status    string
			Created   time.Time  `json:"created_at"`
			Completed *time.Time `json:"completed_at"`
			Error     *string    `json:"error_message"`
			Plan      []struct {
				Key       string
				DependsOn []string `json:"depends_on"`
			} `json:"execution_plan"`
			Steps []struct {
				Key       string
				Attempt   int
				Provider  *string
				Started   time.Time `json:"started_at"`
				Completed time.Time `json:"completed_at"`
			} `json:"step_results"`
		}
	}
}

// execute starts an execution of a capability and returns its id.
func (s *server) execute(ctx context.Context, c *http.Client, capability, settings string) (int64, error) {
	var r execution
	err := s.call(ctx, c, http.MethodPost, workflow+"/capabilities/"+capability+"/execute", `{"settings":`+settings+`}`,
		&r)
	return r.Data.ID, err
}

func (s *server) execution(ctx context.Context, c *http.Client, id int64) (r execution, err error) {
	err = s.call(ctx, c, http.MethodGet, fmt.Sprintf("%s/executions/%d", workflow, id), "", &r)
	return r, err
}

// total returns how many executions have a status.
func (s *server) total(ctx context.Context, c *http.Client, status string) (int, error) {
	var l struct{ Meta struct{ Total int } }
	err := s.call(ctx, c, http.MethodGet, workflow+"/executions?per_page=1&status="+status, "", &l)
	return l.Meta.Total, err
}

// completed waits until n executions are completed, and fails when one has failed.
func (s *server) completed(ctx context.Context, c *http.Client, n int, within time.Duration) error {
	done, failed := 0, 0
	var err error
	counted := await.Until(ctx, within, 10*time.Millisecond, "the executions", func() bool {
		if done, err = s.total(ctx, c, "completed"); err != nil || done >= n {
			return true
		}
		failed, err = s.total(ctx, c, "failed")
		return err != nil || failed > 0
	})
	if failed > 0 {
		err = errors.Join(err, fmt.Errorf("%d failed", failed))
	}
	if err = errors.Join(err, counted); err != nil {
		return fmt.Errorf("%d of %d executions completed: %w", done, n, err)
	}
	return nil
}

// grant grants the workspace credits with the command that operators use.
func (b *bench) grant(ctx context.Context, s *server, credits int) error {
	return b.command(ctx, s, "credits", "grant", fmt.Sprint(credits))
}
