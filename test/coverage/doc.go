// Package coverage walks every operation of the API on the built binary, with good and
// with bad input, over REST and as MCP tools, on SQLite and on PostgreSQL, and writes
// what it has seen to docs/api-coverage.md.
//
// Operations, statuses, schemas and examples come from the document that the running
// server serves, so that an operation which is added, or a status which nothing gives,
// fails the test and is named. An operation is added by a line in the story.
package coverage
