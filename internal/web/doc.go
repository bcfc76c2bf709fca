// Package web is the dashboard: pages rendered on the server, forms that work
// without a script, and a few small modules that make them quick.
//
// There is one Go file and one folder under pages/ per page, and one line per
// address in routes.go; [New] fails when the three do not match. A page is a
// struct that its template reads. The same address answers the whole page, or
// only its live part when the request carries HX-Request. Everything that a page
// needs is embedded and served from /assets under a name that changes with its
// content, so that browsers may keep it for ever.
//
// The dashboard does nothing by itself: every action is a verb of the engine,
// called as the person whose session the browser holds.
package web
