package storagetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quire/storage"
)

var eventRules = []rule{
	{"N7", "every change tells what changed, and what changed nothing tells nothing", changesTell},
	{"N7", "an event names who did it, and their name only where it was done", actorTold},
	{"N7", "numbers have no holes and follow the commits, whoever writes and reads", eventsRace},
	{"N7", "a page of events goes on where the one before ended", eventPages},
	{"N7", "old events go, lowest numbers first, and the numbers go on", oldEventsGo},
	{"N7", "events beyond a number of them go however new they are, and leave no hole", manyEventsGo},
	{"N7", "whoever stopped hears no more", hearStops},
}

// ear collects the events that a listener gets.
type ear struct {
	mu    sync.Mutex
	heard []storage.Event
}

func (e *ear) hear(events []storage.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, events...)
}

// take returns the events since the last call.
func (e *ear) take() []storage.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := e.heard
	e.heard = nil
	return heard
}

// events returns all events after a number, and the number of the newest.
func events(t *testing.T, s storage.Store, after int64) ([]storage.Event, int64) {
	t.Helper()
	list, newest, err := s.Events(t.Context(), after, 1000)
	noErr(t, "Events", err)
	for i, e := range list {
		if e.N != after+1+int64(i) {
			t.Fatalf("the %dth event after %d has the number %d", i+1, after, e.N)
		}
	}
	if newest != after+int64(len(list)) {
		t.Fatalf("the newest event is %d, and %d after %d are listed", newest, len(list), after)
	}
	return list, newest
}

// told formats events, without their numbers and who caused them.
func told(list []storage.Event) string {
	var all []string
	for _, e := range list {
		words := []string{string(e.Kind)}
		for _, word := range []string{string(e.Document), e.Group, e.ID} {
			if word != "" {
				words = append(words, word)
			}
		}
		for _, u := range e.Users {
			words = append(words, string(u))
		}
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, "; ")
}

func changesTell(t *testing.T, s storage.Store) {
	var e ear
	defer s.Hear(e.hear)()
	ctx := storage.As(t.Context(), storage.Actor{ID: "ann", Name: "Ann"})
	after := int64(0)
	for _, step := range slices.Concat(accessSteps, waitingSteps, groupSteps, documentSteps, personSteps, leavingSteps) {
		err := step.call(ctx, s)
		if class(err) != step.err {
			t.Fatalf("%s = %v, want %v", step.says, err, step.err)
		}
		list, newest := events(t, s, after)
		after = newest
		if got := told(list); got != step.told {
			t.Errorf("%s told %q, want %q", step.says, got, step.told)
		}
		heard := e.take()
		for i := range heard {
			heard[i].ByName = ""
		}
		wantSame(t, "heard of "+step.says, heard, list)
	}
}

func actorTold(t *testing.T, s storage.Store) {
	var e ear
	defer s.Hear(e.hear)()
	create(t, s, "d", 0)
	noErr(t, "SetTitle", s.SetTitle(storage.As(t.Context(), storage.Actor{ID: "ann", Name: "Ann"}), "d", "a"))
	noErr(t, "SetTitle of nobody known", s.SetTitle(t.Context(), "d", "b"))
	list, _ := events(t, s, 0)
	want := []storage.Event{{N: 1, Kind: storage.EventTitle, Document: "d", By: "ann"}, {N: 2, Kind: storage.EventTitle, Document: "d"}}
	wantSame(t, "listed", list, want)
	want[0].ByName = "Ann"
	wantSame(t, "heard", e.take(), want)
}

// retitle renames a document n times.
func retitle(t *testing.T, s storage.Store, doc storage.DocumentID, n int) {
	t.Helper()
	for i := range n {
		noErr(t, "SetTitle", s.SetTitle(t.Context(), doc, fmt.Sprint("title ", i)))
	}
}

func eventPages(t *testing.T, s storage.Store) {
	list, newest, err := s.Events(t.Context(), 0, 10)
	if err != nil || len(list) != 0 || newest != 0 {
		t.Errorf("Events before anything = %v, %d, %v", list, newest, err)
	}
	create(t, s, "d", 0)
	retitle(t, s, "d", 5)
	for _, c := range []struct {
		after int64
		limit int
		want  []int64
	}{{0, 2, []int64{1, 2}}, {2, 2, []int64{3, 4}}, {4, 2, []int64{5}}, {5, 2, nil}, {9, 2, nil}, {-3, 1, []int64{1}}, {0, 0, nil}} {
		list, newest, err := s.Events(t.Context(), c.after, c.limit)
		var got []int64
		for _, e := range list {
			got = append(got, e.N)
		}
		if err != nil || newest != 5 || !slices.Equal(got, c.want) {
			t.Errorf("Events(%d, %d) = %v, %d, %v, want %v, 5", c.after, c.limit, got, newest, err, c.want)
		}
	}
}

func oldEventsGo(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	retitle(t, s, "d", 5)
	earlier, later := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	deletes(t, s, earlier, 0, 9, 0)
	deletes(t, s, later, 0, 0, 0)
	deletes(t, s, later, 0, 2, 2)
	list, newest, err := s.Events(t.Context(), 0, 9)
	if err != nil || len(list) != 3 || list[0].N != 3 || newest != 5 {
		t.Errorf("Events after two went = %v, %d, %v, want 3 to 5", list, newest, err)
	}
	deletes(t, s, later, 0, 9, 3)
	list, newest, err = s.Events(t.Context(), 0, 9)
	if err != nil || len(list) != 0 || newest != 5 {
		t.Errorf("Events after all went = %v, %d, %v, want none, and 5 as the newest", list, newest, err)
	}
	noErr(t, "SetTitle", s.SetTitle(t.Context(), "d", "another"))
	if list, _ := events(t, s, 5); len(list) != 1 {
		t.Errorf("then %v was told, want number 6", list)
	}
}

// deletes calls DeleteEvents.
func deletes(t *testing.T, s storage.Store, before time.Time, through int64, limit, want int) {
	t.Helper()
	n, err := s.DeleteEvents(t.Context(), before, through, limit)
	if err != nil || n != want {
		t.Errorf("DeleteEvents(%v, %d, %d) = %d, %v, want %d", before, through, limit, n, err, want)
	}
}

func manyEventsGo(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	retitle(t, s, "d", 5)
	earlier, later := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	deletes(t, s, earlier, -1, 9, 0)
	deletes(t, s, earlier, 3, 0, 0)
	deletes(t, s, earlier, 3, 2, 2)
	deletes(t, s, earlier, 3, 9, 1)
	list, newest, err := s.Events(t.Context(), 0, 9)
	if err != nil || len(list) != 2 || list[0].N != 4 || newest != 5 {
		t.Errorf("Events after three went = %v, %d, %v, want 4 and 5", list, newest, err)
	}
	deletes(t, s, earlier, 3, 9, 0)
	deletes(t, s, later, 4, 9, 2)
	retitle(t, s, "d", 1)
	if list, _ := events(t, s, 5); len(list) != 1 {
		t.Errorf("then %v was told, want number 6", list)
	}
	deletes(t, s, earlier, 99, 9, 1)
}

func hearStops(t *testing.T, s storage.Store) {
	var a, b ear
	stop := s.Hear(a.hear)
	defer s.Hear(b.hear)()
	create(t, s, "d", 0)
	retitle(t, s, "d", 1)
	stop()
	stop() // a second call does nothing
	noErr(t, "SetTitle", s.SetTitle(t.Context(), "d", "another"))
	wantSame(t, "heard by one who stopped", told(a.take()), "title d")
	wantSame(t, "heard by the other", told(b.take()), "title d; title d")
}
