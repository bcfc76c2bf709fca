package wire

import (
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// retryAfter reads how long a response asks to wait, in seconds, milliseconds or as
// a date (RFC 9110, section 10.2.3). An invalid value counts as absent; more than a
// day counts as a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if d := waitIn(h.Get(name), time.Millisecond); d > 0 {
			return d
		}
	}
	value := h.Get("Retry-After")
	if d := waitIn(value, time.Second); d > 0 {
		return d
	}
	if at, err := http.ParseTime(value); err == nil {
		return bounded(float64(at.Sub(now)))
	}
	return 0
}

// resets reads when a rate limit's window ends, from the headers that say so in a
// number of ways. It is less certain than a stated wait.
func resets(h http.Header, now time.Time) (longest time.Duration) {
	for name := range h {
		lower := strings.ToLower(name)
		if !strings.Contains(lower, "ratelimit") || !strings.Contains(lower, "reset") {
			continue
		}
		kind := strings.NewReplacer("-reset", "", "reset-", "").Replace(lower)
		if left := remaining(h, kind); left > 0 {
			continue // this limit has not been reached
		}
		longest = max(longest, resetIn(h.Get(name), now))
	}
	return longest
}

// remaining returns how much is left of the limit that a header is about; -1 where
// that is not said.
func remaining(h http.Header, limit string) int {
	for name := range h {
		lower := strings.ToLower(name)
		if strings.NewReplacer("-remaining", "", "remaining-", "").Replace(lower) == limit && lower != limit {
			if n, err := strconv.Atoi(h.Get(name)); err == nil {
				return n
			}
		}
	}
	return -1
}

// resetIn reads a length of time, a date, or a time in seconds or milliseconds since
// 1970.
func resetIn(value string, now time.Time) time.Duration {
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return bounded(float64(at.Sub(now)))
	}
	const seconds, millis = 1e9, 1e12
	if n, ok := number(value); ok && n >= millis {
		return bounded((n - float64(now.UnixMilli())) * float64(time.Millisecond))
	} else if ok && n >= seconds {
		return bounded((n - float64(now.Unix())) * float64(time.Second))
	}
	return waitIn(value, time.Second)
}

// waitIn reads a length of time: a number of units, or one such as 2.5s or 1m30s.
func waitIn(value string, unit time.Duration) time.Duration {
	value = strings.TrimSpace(value)
	if n, ok := number(value); ok {
		return bounded(n * float64(unit))
	}
	if d, err := time.ParseDuration(strings.ToLower(strings.ReplaceAll(value, " ", ""))); err == nil {
		return bounded(float64(d))
	}
	return 0
}

// told finds "Please try again in 2.5s", "retry after 3 seconds" and the like.
var told = regexp.MustCompile(
	`(?i)\b(?:try again|retry|retrying|wait|available|resets?)\b(?: again)?(?: in| after| for)?:? ` +
		`(?:about |at least |approximately )?` +
		`((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?)\b[ ,]*(?:and )?)+|` +
		`(?:\d+(?:\.\d+)?(?:h|ms|m|s))+\b)`,
)

var amount = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s*(ms|milli|h|m|s)?`)

// waitInText reads how long a message asks to wait; 0 where it does not.
func waitInText(message string) (sum time.Duration) {
	m := told.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	units := map[string]time.Duration{
		"ms":    time.Millisecond,
		"milli": time.Millisecond,
		"h":     time.Hour,
		"m":     time.Minute,
		"s":     time.Second,
	}
	for _, part := range amount.FindAllStringSubmatch(m[1], -1) {
		if n, ok := number(part[1]); ok {
			sum = bounded(float64(sum) + n*float64(units[strings.ToLower(part[2])]))
		}
	}
	return sum
}

// number reads a number; one that is too large to hold is infinite.
func number(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || errors.Is(err, strconv.ErrRange)
}

func bounded(d float64) time.Duration {
	if math.IsNaN(d) || d < 0 {
		return 0
	}
	return time.Duration(min(d, float64(maxWaiting)))
}
