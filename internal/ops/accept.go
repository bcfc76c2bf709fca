package ops

import (
	"strconv"
	"strings"
)

// Weight is how welcome something is to a caller: its quality, from 0 (not at all) to
// 1000, and how exactly the caller named it, from 0 (not at all) to 3.
type Weight struct{ Quality, Exact int }

// less reports whether w is less welcome than other. Of two of one quality the one that
// was named more exactly is meant.
func (w Weight) less(other Weight) bool {
	if w.Quality != other.Quality {
		return w.Quality < other.Quality
	}
	return w.Exact < other.Exact
}

// AcceptsMedia returns how welcome a media type is, by the values of the Accept header
// (RFC 9110, section 12.5.1). Of ranges that fit, the most exact one decides. Without the
// header everything is welcome.
func AcceptsMedia(accept []string, media string) Weight {
	kind, _, _ := strings.Cut(media, "/")
	return weigh(accept, func(name string) int {
		switch name {
		case media:
			return 3
		case kind + "/*":
			return 2
		case "*/*", "*": // "*" alone comes from old clients
			return 1
		}
		return 0
	})
}

// AcceptsCoding returns how welcome a content coding is, by the values of the
// Accept-Encoding header (RFC 9110, section 12.5.3). One that is not named is not welcome.
func AcceptsCoding(accept []string, coding string) Weight {
	if strings.Join(accept, "") == "" {
		return Weight{}
	}
	return weigh(accept, func(name string) int {
		switch name {
		case coding, "x-" + coding:
			return 3
		case "*":
			return 1
		}
		return 0
	})
}

// weigh finds the most exact entry of a list that fits.
func weigh(header []string, fits func(name string) int) Weight {
	all := strings.ToLower(strings.Join(header, ","))
	if strings.Trim(all, ", \t") == "" {
		return Weight{Quality: 1000}
	}
	var best Weight
	for entry := range strings.SplitSeq(all, ",") {
		name, params, _ := strings.Cut(entry, ";")
		if exact := fits(strings.TrimSpace(name)); exact > best.Exact {
			best = Weight{Quality: quality(params), Exact: exact}
		}
	}
	return best
}

// quality reads q among the parameters of an entry, in thousandths. One that cannot be
// read counts as 1, as if it were not there.
func quality(params string) int {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.TrimSpace(name) != "q" {
			continue
		}
		if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && q >= 0 && q <= 1 {
			return int(q*1000 + 0.5)
		}
	}
	return 1000
}

// PreferredMedia returns which of the media types is most welcome; of equally welcome
// ones the first. A caller that accepts none of them gets the first too.
func PreferredMedia(accept []string, offers ...string) string {
	best := offers[0]
	for _, o := range offers[1:] {
		if AcceptsMedia(accept, best).less(AcceptsMedia(accept, o)) {
			best = o
		}
	}
	return best
}
