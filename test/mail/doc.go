// Package mail tests that the built program sends its e-mails through a mail server that
// others wrote, and that a reader of e-mails that others wrote understands them.
//
// Both need Node and the packages in package.json: npm ci --prefix test/mail. Without
// them the test is skipped; VELLOCITY_REQUIRE_ALL=1 makes that a failure.
package mail
