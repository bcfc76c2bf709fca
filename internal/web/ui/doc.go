// Package ui is the kernel of the dashboard: the frame around every page,
// rendering, sessions, errors, assets, live updates, and the parts that pages
// share (cards, findings, forms, comparisons, formats). It knows no page.
//
// A page is a folder with page.go, page.html and, where it needs them,
// page.css and page.js. Its Mount function returns a [Page]: routes, files and a
// place in the menu. [New] builds the site from a list of such functions and
// fails when the parts of a page do not match.
//
// Pages are rendered on the server, and their forms work without a script. The
// same address returns the whole page, or only its live part to a request with
// HX-Request. The style sheets and scripts of all pages are served as one bundle
// under a name that changes with its content, so that browsers can cache it for
// ever.
package ui
