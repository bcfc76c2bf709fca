// Package crash holds tests that drive the built binary from outside and kill,
// pause and starve it: what was promised with a 2xx is there afterwards, recorded
// steps are not paid for twice, credits and counts add up, and interrupted work
// goes on. What the clients were told, and what came over the wire to the model,
// is kept outside the killed process and held against the database.
//
// VELLOCITY_CRASH_CYCLES sets how often the server is killed under load (6; the
// full measure is 200).
package crash
