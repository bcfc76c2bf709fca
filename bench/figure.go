package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// figure is one line of the table.
type figure struct {
	row, what, target, value, verdict string
}

// says adds a figure without a target.
func (b *bench) says(what, format string, args ...any) {
	b.add(what, "", fmt.Sprintf(format, args...), "")
}

// atLeast adds a figure that is good when it is high.
func (b *bench) atLeast(what string, target, value float64, unit, more string) {
	b.add(what, "≥ "+quantity(target, unit), quantity(value, unit)+more, verdict(value >= target))
}

// atMost adds a figure that is good when it is low.
func (b *bench) atMost(what string, target, value float64, unit, more string) {
	b.add(what, "≤ "+quantity(target, unit), quantity(value, unit)+more, verdict(value <= target))
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}

func (b *bench) add(what, target, value, verdict string) {
	f := figure{b.row, what, target, value, verdict}
	b.found = append(b.found, f)
	fmt.Fprintf(os.Stderr, "         %s: %s %s %s\n", what, value, target, verdict)
}

// quantity formats a figure with its significant digits.
func quantity(v float64, unit string) string {
	switch {
	case v >= 100:
		s := fmt.Sprintf("%.0f", v)
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + "," + s[i:]
		}
		return s + unit
	case v >= 10:
		return fmt.Sprintf("%.1f", v) + unit
	}
	return fmt.Sprintf("%.3g", v) + unit
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// spread describes how far apart the runs were.
func spread(values []float64, unit string) string {
	if len(values) < 2 {
		return ""
	}
	return fmt.Sprintf(" (%s to %s, %d runs)", quantity(slices.Min(values), ""), quantity(slices.Max(values), unit),
		len(values))
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// durations are times that were measured.
type durations []time.Duration

// at returns the time that a share of them do not exceed.
func (d durations) at(share float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func (d durations) p50() float64 { return ms(d.at(0.5)) }
func (d durations) p99() float64 { return ms(d.at(0.99)) }

// machine describes where this runs.
func machine() string {
	model, kernel := "", ""
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
			}
		}
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		kernel = strings.TrimSpace(string(text))
	}
	return fmt.Sprintf("%s; %d cores (%s), %s %s, %s; load before: %s", time.Now().Format("2006-01-02 15:04"),
		runtime.NumCPU(), model, runtime.GOOS, kernel, runtime.Version(), loadAverage())
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:1], " ")
}

// markdown prints the table as docs/performance.md has it.
func markdown(w io.Writer, found []figure) {
	fmt.Fprintln(w, "| row | what | target | figure | |\n|---|---|---|---|---|")
	for _, f := range found {
		fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s |\n", f.row, f.what, f.target, f.value, f.verdict)
	}
}

func table(w io.Writer, found []figure) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "row\twhat\ttarget\tfigure\tverdict")
	for _, f := range found {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", f.row, f.what, f.target, f.value, f.verdict)
	}
	if err := t.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "bench: print the table:", err)
	}
}
