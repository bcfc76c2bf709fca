// Package crash tests the built binary from outside: it kills, pauses and starves it.
// What was promised with a 2xx is there afterwards, recorded steps are not paid for
// twice, credits and counts add up, and interrupted work
// continues. The responses that clients got, and the calls that reached the model, are
// recorded outside the killed process and checked against the database.
//
// VELLOCITY_CRASH_CYCLES sets how often the server is killed under load (3; the
// full measure is 200).
package crash
