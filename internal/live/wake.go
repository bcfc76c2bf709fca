package live

import (
	"slices"
	"sync"
)

// wakers wakes those who read the event log when it grows. A wake that comes while
// another is pending adds nothing.
type wakers struct {
	mu   sync.Mutex
	list []chan struct{}
}

// add returns a channel that receives a value for one or more wakes.
func (w *wakers) add() chan struct{} {
	ch := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, ch)
	return ch
}

func (w *wakers) remove(ch chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = slices.DeleteFunc(w.list, func(c chan struct{}) bool { return c == ch })
}

func (w *wakers) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ch := range w.list {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
