package ai

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Endpoint is where a model server might listen.
type Endpoint struct {
	Name string // of the program that listens there by default: "ollama"
	Root string // "http://127.0.0.1:11434"
	Path string // asked for the list of models
	// Base is what an OpenAI-compatible client uses, appended to Root.
	Base string
}

// LocalEndpoints lists the addresses on loopback where model servers listen by
// default.
func LocalEndpoints() []Endpoint {
	return []Endpoint{
		{"ollama", "http://127.0.0.1:11434", "/api/tags", "/v1"},
		{"lm-studio", "http://127.0.0.1:1234", "/v1/models", "/v1"},
		{"llama.cpp", "http://127.0.0.1:8080", "/v1/models", "/v1"},
		{"vllm", "http://127.0.0.1:8000", "/v1/models", "/v1"},
		{"kronk", "http://127.0.0.1:11435", "/v1/models", "/v1"},
		{"litellm", "http://127.0.0.1:4000", "/v1/models", "/v1"},
	}
}

// Found is a model server that answered. It is a local endpoint, which need not
// mean that the model runs on this machine: some servers forward calls.
type Found struct {
	Name    string
	BaseURL string // for wire.Config
	Models  []string
}

// probeTime is how long a server may take to list its models.
const probeTime = 300 * time.Millisecond

// Detect asks every endpoint at once for its models and returns those that
// respond in the expected format, in the order given. It sends no content and no
// key, follows no redirect, and takes 300 ms at most. A server that is found is
// offered to people, never used without their consent.
func Detect(ctx context.Context, endpoints []Endpoint) []Found {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	models := make([][]string, len(endpoints))
	var wg sync.WaitGroup
	for i, e := range endpoints {
		wg.Go(func() { models[i] = probe(ctx, client, e.Root+e.Path) })
	}
	wg.Wait()
	var found []Found
	for i, e := range endpoints {
		if models[i] != nil {
			found = append(found, Found{Name: e.Name, BaseURL: e.Root + e.Base, Models: models[i]})
		}
	}
	return found
}

// probe returns the models that a server lists: an empty list where it has none,
// nil where it is not a model server.
func probe(ctx context.Context, client *http.Client, url string) []string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		return nil
	}
	var list struct {
		Data   *[]struct{ ID string }
		Models *[]struct{ Name string }
	}
	if json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&list) != nil {
		return nil
	}
	if list.Data == nil && list.Models == nil {
		return nil
	}
	names := []string{}
	if list.Data != nil {
		for _, m := range *list.Data {
			names = append(names, m.ID)
		}
	} else {
		for _, m := range *list.Models {
			names = append(names, m.Name)
		}
	}
	return slices.DeleteFunc(names, func(n string) bool { return n == "" })
}
