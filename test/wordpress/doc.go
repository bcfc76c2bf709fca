// Package wordpress tests publishing on WordPress as others run it: Debian's, with its
// database, started by the test itself.
//
// It needs php and mariadbd, and WordPress's files in .tools/wordpress or in
// /usr/share/wordpress: make wordpress, or .ci/run, puts them there. Without them the test
// is skipped; VELLOCITY_REQUIRE_ALL=1 makes that a failure.
package wordpress
