// Package edge tests the built binary where it meets the world: how it starts and
// stops, what happens to open streams, slow clients and a database that is away.
package edge
