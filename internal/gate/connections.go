package gate

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// Connections bounds how many connections are open at once. When there is no room for
// another, the one that has waited longest for its client is closed: an idle one, one
// that has not sent its header, or one that is sending a body. So clients that hold
// connections cannot shut out the others.
type Connections struct {
	max int

	mu   sync.Mutex
	open map[net.Conn]*connection
}

// connection is an open connection. The lock of its Connections guards it.
type connection struct {
	net.Conn
	all   *Connections
	waits bool      // for its client
	since time.Time // when it began to wait
}

// NewConnections returns a bound of at most limit connections.
func NewConnections(limit int) *Connections {
	return &Connections{max: max(1, limit), open: map[net.Conn]*connection{}}
}

// Bound makes the server keep to the bound on the connections that the returned
// listener accepts.
func (c *Connections) Bound(s *http.Server, l net.Listener) net.Listener {
	s.ConnState = func(conn net.Conn, state http.ConnState) {
		c.note(conn, state == http.StateNew || state == http.StateIdle)
	}
	s.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connectionKey{}, conn)
	}
	return &boundListener{Listener: l, all: c}
}

type connectionKey struct{}

// Uploading notes that the request's connection waits for its client to send a body,
// or no longer does. It is for [Uploads].Waiting.
func (c *Connections) Uploading(r *http.Request, waits bool) {
	if conn, ok := r.Context().Value(connectionKey{}).(net.Conn); ok {
		c.note(conn, waits)
	}
}

// Len returns how many connections are open.
func (c *Connections) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}

func (c *Connections) note(conn net.Conn, waits bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.open[conn]; known != nil {
		known.waits, known.since = waits, time.Now()
	}
}

// add takes in a connection. It reports false where none can be closed for it.
func (c *Connections) add(conn *connection) bool {
	c.mu.Lock()
	if len(c.open) < c.max {
		c.open[conn] = conn
		c.mu.Unlock()
		return true
	}
	var oldest *connection
	for _, o := range c.open {
		if o.waits && (oldest == nil || o.since.Before(oldest.since)) {
			oldest = o
		}
	}
	if oldest != nil {
		delete(c.open, oldest)
		c.open[conn] = conn
	}
	c.mu.Unlock()
	if oldest == nil {
		return false
	}
	_ = oldest.Conn.Close() // its client is not worth an error
	return true
}

// Close forgets the connection.
func (c *connection) Close() error {
	c.all.mu.Lock()
	delete(c.all.open, c)
	c.all.mu.Unlock()
	return c.Conn.Close()
}

// CloseWrite ends one direction, so that net/http lets a client read the answer to a
// request that it has not sent to its end.
func (c *connection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// boundListener accepts connections that there is room for.
type boundListener struct {
	net.Listener
	all *Connections
}

// Accept waits for the next connection that there is room for. One that there is no
// room for gets a short answer.
func (l *boundListener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		conn := &connection{Conn: raw, all: l.all, waits: true, since: time.Now()}
		if l.all.add(conn) {
			return conn, nil
		}
		_ = raw.SetWriteDeadline(time.Now().Add(drainTime))
		_, _ = raw.Write([]byte(noRoom)) // the client is not worth an error, nor is its connection
		_ = raw.Close()
	}
}

const noRoom = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
