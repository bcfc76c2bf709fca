package ui

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
)

// contentPolicy lets a page use its own files and nothing else: no inline script
// or style, no frame around it, no form that posts elsewhere.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"

// maxForm limits the body of a form: the longest text, with room to spare. maxUpload limits that
// of a form with a file.
const (
	maxForm   = 2 << 20
	maxUpload = 21 << 20
)

// secured sets the headers of every response, refuses posts from other sites, except those
// to a pattern of a [Route] that is Secret, and limits the body: it may be large for the patterns that
// take a file.
func (s *Site) secured(next http.Handler, secrets, uploads []string) http.Handler {
	guarded := http.NewCrossOriginProtection()
	for _, pattern := range secrets {
		guarded.AddInsecureBypassPattern(pattern)
	}
	guarded.SetDenyHandler(s.handled(func(http.ResponseWriter, *http.Request) error { return errCrossOrigin }))
	inner := guarded.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		// With no-referrer, browsers send "Origin: null" on the posts of forms, and over plain HTTP
		// they send nothing else that says where a post comes from: it would be refused.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		if s.trustworthy(r) { // elsewhere, browsers ignore it with a warning
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		limit := int64(maxForm)
		if slices.Contains(uploads, r.Method+" "+r.URL.Path) {
			limit = maxUpload
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		inner.ServeHTTP(w, r)
	})
}

// withoutTrace keeps the address of a page out of other sites and search engines.
func withoutTrace(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		h := w.Header()
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
		h.Set("Cache-Control", "no-store")
		return next(w, r)
	}
}

// loggedPath is the path of a request as logs may show it: without a token.
func loggedPath(r *http.Request) string {
	if r.PathValue("token") != "" {
		return r.Pattern
	}
	return r.URL.Path
}

// trustworthy reports whether the page has a secure context: over TLS, or at an address
// of the browser's own machine.
func (s *Site) trustworthy(r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	addr, err := netip.ParseAddr(host)
	return s.opts.Secure(r) || host == "localhost" || err == nil && addr.IsLoopback()
}

// exposed reports whether the session travels unencrypted over a network.
func (s *Site) exposed(r *http.Request) bool {
	if s.opts.Secure(r) {
		return false
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && !from.Addr().IsLoopback()
}
