// Package product starts the built server for everything that tests or measures
// it from outside: the tests in test/ and the program in bench/.
//
// An [Installation] is what survives the death of a process: the data directory,
// the address, the database, the first key. A [Server] is one process on it, with
// its log; it can be killed, stopped, signalled and started again. [Launch] and
// [Start] tie a server to a test: it is killed when the test ends, and its log is
// printed if the test has failed.
//
// VELLOCITY_BINARY names a program to test instead of one built from this tree.
// VELLOCITY_CRASH_DUMPS names a directory for the server's log and the stacks of
// its goroutines after a failed test.
package product
