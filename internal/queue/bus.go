package queue

import (
	"context"
	"fmt"

	"github.com/riverqueue/river/riverdriver"
)

// worker is a River client at work, of either driver.
type worker interface {
	Start(context.Context) error
	Stop(context.Context) error
	StopAndCancel(context.Context) error
}

// bus is a listener within the process.
type bus chan *riverdriver.Notification

func (b bus) inserted(kind string) { b.send("river_insert", fmt.Sprintf(`{"queue":%q}`, kind)) }

func (b bus) send(topic, payload string) {
	select {
	case b <- &riverdriver.Notification{Topic: topic, Payload: payload}:
	default: // full: the next message makes River fetch, and polling finds the rest
	}
}

// WaitForNotification waits for the next message.
func (b bus) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case n := <-b:
		return n, nil
	}
}

// Close does nothing, like the rest: there is no connection.
func (bus) Close(context.Context) error { return nil }

func (bus) Connect(context.Context) error { return nil }

func (bus) Listen(context.Context, string) error { return nil }

func (bus) Unlisten(context.Context, string) error { return nil }

func (bus) Ping(context.Context) error { return nil }

func (bus) Schema() string { return "" }

func (bus) SetAfterConnectExec(string) {}
