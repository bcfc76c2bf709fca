package app

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what /metrics shows. No label grows with what callers send.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(a *App) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_server_request_duration_seconds", Help: "How long requests took, streams left out.",
		Buckets: []float64{.005, .025, .1, .5, 2.5, 10},
	}, []string{"door", "route", "method", "status"})}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests,
		prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: "vellocity_queue_alive", Help: "1 while this node may work on executions."},
			func() float64 {
				if a.queue.Alive() != nil {
					return 0
				}
				return 1
			},
		),
		gauge("vellocity_requests_short", "Short requests in progress.",
			func() int64 { return a.load.Now().Short }),
		gauge("vellocity_requests_waiting", "Requests that wait for their turn.",
			func() int64 { return a.load.Now().Waiting }),
		gauge("vellocity_requests_long", "Streams and waits in progress.",
			func() int64 { return a.load.Now().Long }),
		gauge("vellocity_connections", "Open connections of the public address.",
			func() int64 { return int64(a.connections.Len()) }),
		prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "vellocity_requests_refused_total", Help: "Requests there was no room for."},
			func() float64 { return float64(a.load.Now().Refused) },
		),
	)
	return m
}

func gauge(name, help string, value func() int64) prometheus.Collector {
	return prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: name, Help: help},
		func() float64 { return float64(value()) },
	)
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// count measures each request.
func (m *metrics) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		c := &counted{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(c, r)
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
			m.requests.WithLabelValues(door(r.URL.Path), route(r), method(r.Method), strconv.Itoa(c.status)).
				Observe(time.Since(started).Seconds())
		}
	})
}

// doorOperations is the door of the health checks and the metrics.
const doorOperations = "operations"

const metricsPath = "/metrics"

func door(path string) string {
	switch {
	case path == "/api/v1/mcp":
		return "mcp"
	case strings.HasPrefix(path, "/api/"):
		return "api"
	case strings.HasPrefix(path, "/feeds/"):
		return "feed"
	case path == "/healthz" || path == "/readyz" || path == metricsPath:
		return doorOperations
	}
	return "dashboard"
}

// route is the pattern of the address that a request was for, such as
// /api/v1/content-workflow/content/{id}; empty where there is none.
func route(r *http.Request) string {
	_, path, two := strings.Cut(r.Pattern, " ")
	if !two {
		return r.Pattern
	}
	return path
}

func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return m
	}
	return "other"
}

// counted remembers the status. Unwrap keeps flushing and deadlines working.
type counted struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader notes the status.
func (c *counted) WriteHeader(status int) {
	if !c.wrote && status >= 200 {
		c.status, c.wrote = status, true
	}
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Flush is for handlers that ask for [http.Flusher].
func (c *counted) Flush() {
	if f, ok := c.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}
