// Package ical tests that three readers of iCalendar that others wrote read the exports and
// feeds of the built program, and find the times that the API shows: ical.js and node-ical
// (npm ci --prefix test/ical), and Debian's python3-icalendar.
//
// Without them the test is skipped; VELLOCITY_REQUIRE_ALL=1 makes that a failure.
package ical
