package app

// maxConnections returns how many connections the public address may have.
func maxConnections() int { return mostConnections }
