package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// machine is a /proc of processes as the test wants them.
type machine struct {
	t    *testing.T
	path string
}

// has makes pid a process of parent that began at begun and holds mib: as Pss, or as Rss if its rollup cannot be read.
func (m machine) has(pid, parent, begun, mib int, rollup bool) {
	folder := filepath.Join(m.path, fmt.Sprint(pid))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		m.t.Fatal(err)
	}
	m.write(folder, "stat", fmt.Sprintf("%d (a (b) 7 c) S %d 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 0 0", pid, parent, begun))
	m.write(folder, "statm", fmt.Sprintf("99999999 %d 1 1 0 1 0", mib<<20/os.Getpagesize()))
	if rollup {
		m.write(folder, "smaps_rollup", fmt.Sprintf("00-ff ---p [rollup]\nRss:  %d kB\nPss:  %d kB\nPss_Anon:  1 kB\n", mib<<11, mib<<10))
	}
}

func (m machine) write(folder, name, text string) {
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func (m machine) ends(pid int) {
	if err := os.RemoveAll(filepath.Join(m.path, fmt.Sprint(pid))); err != nil {
		m.t.Fatal(err)
	}
}

func TestThePeakIsOfAllThatTheRunnerStarted(t *testing.T) {
	on := machine{t, t.TempDir()}
	m := &memory{proc: on.path}
	during := func(name string, change func()) {
		for _, p := range m.noting([]part{{name: name, run: func(context.Context) result { change(); m.sample(10); return result{} }}}) {
			p.run(t.Context())
		}
	}
	want := func(mib int, during, of string) {
		t.Helper()
		if got, want := m.String(), fmt.Sprintf("peak of memory: %d MiB during %s (%s", mib, during, of); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	during("small", func() {
		on.has(1, 0, 1, 1000, true) // the machine's first, and nobody's
		on.has(10, 1, 5, 10, true)
		on.has(11, 10, 6, 100, true)
		on.has(12, 11, 7, 200, true)
		on.has(13, 1, 7, 5000, true) // somebody else's
	})
	want(310, "small", "Pss")
	during("orphan", func() { on.ends(11); on.has(12, 1, 7, 350, true) })
	want(360, "orphan", "Pss")
	during("less", func() { on.has(12, 1, 7, 300, true) })
	want(360, "orphan", "Pss")
	during("same number", func() { on.ends(12); on.has(12, 1, 8, 900, true) })
	want(360, "orphan", "Pss")
	during("hidden", func() { on.has(14, 10, 9, 400, false) })
	want(410, "hidden", "partly Rss")
}

func TestPartsThatRunBesideOthersAreNamed(t *testing.T) {
	on := machine{t, t.TempDir()}
	on.has(10, 1, 5, 10, true)
	m := &memory{proc: on.path}
	met := make(chan bool)
	parts := m.noting([]part{{name: "long", run: func(context.Context) result { <-met; m.sample(10); met <- true; return result{} }, meanwhile: []part{
		{name: "short", run: func(context.Context) result { met <- true; <-met; return result{} }},
	}}})
	if _, err := runAll(t.Context(), parts); err != nil {
		t.Fatal(err)
	}
	if got := m.String(); !strings.Contains(got, "long and short") && !strings.Contains(got, "short and long") {
		t.Error(got)
	}
}

func TestWithoutProcThePeakIsNotKnown(t *testing.T) {
	m := &memory{proc: filepath.Join(t.TempDir(), "none")}
	m.sample(os.Getpid())
	if got := m.String(); !strings.Contains(got, "not known") {
		t.Error(got)
	}
}

// What the kernel really tells is read.
func TestThePeakHoldsWhatThisProcessHolds(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	m := &memory{proc: "/proc"}
	m.sample(os.Getpid())
	before := m.most
	held := make([]byte, 64<<20)
	for i := range held {
		held[i] = 1
	}
	m.sample(os.Getpid())
	if grown := m.most - before; grown < 60<<20 || before == 0 {
		t.Errorf("%d bytes more than the %d before, of 64 MiB", grown, before)
	}
	runtime.KeepAlive(held)
}
