package storage

import (
	"slices"
	"sync"
)

// Listeners implements Events.Hear for every backend: the functions that are called with the events of changes through one store.
// The zero value has none. It is safe for concurrent use.
type Listeners struct {
	mu  sync.Mutex
	all []*func([]Event) // immutable; replaced as a whole
}

// Hear implements Events.Hear.
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

// Settle calls all listeners with the events of a change. err is the change's outcome: if it is a refusal Settle does nothing, and
// if it is unknown the events have N 0. The caller must hold no lock that other calls of the store need.
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
