package storage

import (
	"slices"
	"sync"
)

// Listeners are those who hear what the changes made through one store tell: the part of Events that every backend has in
// common. Its zero value has none. It may be used from any goroutine.
type Listeners struct {
	mu  sync.Mutex
	all []*func([]Event) // never changed, only replaced
}

// Hear adds f until stop is called, as Events.Hear says.
func (l *Listeners) Hear(f func([]Event)) (stop func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(slices.Clip(l.all), &f)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all = slices.DeleteFunc(slices.Clone(l.all), func(other *func([]Event)) bool { return other == &f })
	}
}

// Settle calls each with what a change told, unless err, the change's outcome, says that it surely did not happen; with N 0
// if nobody knows. No lock may be held that a caller of the store waits for.
func (l *Listeners) Settle(told []Event, err error) {
	if len(told) == 0 || Refused(err) {
		return
	}
	l.mu.Lock()
	all := l.all
	l.mu.Unlock()
	for _, f := range all {
		heard := slices.Clone(told)
		for i := range heard {
			heard[i].Users = slices.Clone(heard[i].Users)
			if err != nil {
				heard[i].N = 0
			}
		}
		(*f)(heard)
	}
}
