package guard_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// dense is a post of 6 kB with something for every guardrail to look at.
func dense() string {
	const part = "## What %s costs in 2026\n\nIn Q3 we moved 1,250 tickets (37 %) to the new queue, as " +
		"[the report](https://reports.acme.io/2026/q3?x=1) says; “nobody here misses the old way of working”, she said. " +
		"Version 2.4.1 needs 512 MB, €49 a month, and runs on 10.0.0.1:8080.\n\n" +
		"| plan | seats | price |\n|---|--:|--:|\n| Team | 10 | $99 |\n| Business | 250 | $1,499 |\n\n" +
		"- Mail [sales](mailto:sales@acme.io), or call +49 30 1234567.\n- Set `API_KEY` and run:\n\n" +
		"```sh\ncurl -H \"Authorization: Bearer $API_KEY\" https://api.acme.io/v1/items?limit=500\n```\n\n" +
		"> Note: results are never guaranteed. Please let me know if the build fails.\n\n"
	var b strings.Builder
	for b.Len() < 6000 {
		b.WriteString(part)
	}
	return b.String()[:6000]
}

// BenchmarkEdit measures what the guardrails cost an edit of 6 kB. The aim is 1 ms of processor time.
func BenchmarkEdit(b *testing.B) {
	in := guard.Input{
		Text: dense(), Title: "What it costs", MetaDescription: "What it costs, in one page, with figures.",
		Type: domain.ContentBlog, Language: "en", BrandVoice: voice(), Edited: true,
	}
	before := guard.Earlier{Text: in.Text + "One more.", Findings: guard.Recheck(in, nil)}
	start := processorTime(b)
	for b.Loop() {
		guard.Recheck(in, nil, before)
	}
	b.ReportMetric(float64(processorTime(b)-start)/float64(b.N)/1e6, "cpu-ms/op")
}

// processorTime returns what the process has used, the garbage collector included. Other work on the machine moves it
// less than the clock.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
