package app

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// traces sends spans where the standard environment variables of OpenTelemetry
// say (OTEL_EXPORTER_OTLP_ENDPOINT or its variant for traces). Without them it
// does nothing and costs nothing.
func (a *App) traces(ctx context.Context) error {
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" ||
		os.Getenv("OTEL_SDK_DISABLED") == "true" {
		return nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return fmt.Errorf("set up traces: %w", err)
	}
	about, err := tracedAs(ctx)
	if err != nil {
		return fmt.Errorf("set up traces: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	a.endTraces = provider.Shutdown
	return nil
}

// tracedAs says whose spans they are: service.name is vellocity, unless OTEL_SERVICE_NAME or
// OTEL_RESOURCE_ATTRIBUTES say something else.
func tracedAs(ctx context.Context) (*resource.Resource, error) {
	name := resource.WithAttributes(attribute.String("service.name", "vellocity"))
	about, err := resource.New(ctx, name, resource.WithFromEnv(), resource.WithTelemetrySDK()) // the environment wins
	if err != nil {
		return nil, err
	}
	return resource.Merge(resource.Default(), about)
}

// traced puts a span around each request, where traces are sent.
func (a *App) traced(h http.Handler) http.Handler {
	if a.endTraces == nil {
		return h
	}
	return otelhttp.NewHandler(routed(h), "vellocity", otelhttp.WithSpanNameFormatter(spanName))
}

// spanName names a span by its route, as OpenTelemetry asks for: it must not grow with
// what callers send. Before the route is known it is the door.
func spanName(_ string, r *http.Request) string {
	if path := route(r); path != "" {
		return method(r.Method) + " " + path
	}
	return method(r.Method) + " " + door(r.URL.Path)
}

// routed notes the route of a request in its span, once the request has found it.
func routed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if path := route(r); path != "" {
			trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("http.route", path))
		}
	})
}
