package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// memory finds the peak of what the runner and all that it starts hold of the machine's memory at one time. Its zero value
// with proc set is ready; its methods may be called by several goroutines.
type memory struct {
	proc string // where the kernel tells of processes: /proc

	mu      sync.Mutex
	running []string       // parts
	seen    map[int]string // when each process that was ever ours began; a daemon's parent ends before it
	most    int64          // bytes
	during  string         // the parts that ran when most was seen
	rss     bool           // some processes told only their Rss
}

// noting returns parts that tell m when they run.
func (m *memory) noting(parts []part) []part {
	noted := slices.Clone(parts)
	for i, p := range parts {
		noted[i].meanwhile = m.noting(p.meanwhile)
		noted[i].run = func(ctx context.Context) result {
			m.note(func() { m.running = append(m.running, p.name) })
			defer m.note(func() { m.running = slices.DeleteFunc(m.running, func(name string) bool { return name == p.name }) })
			return p.run(ctx)
		}
	}
	return noted
}

func (m *memory) note(what func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	what()
}

// watch samples once a second until ctx ends.
func (m *memory) watch(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		m.sample(os.Getpid())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// String says what the peak was, and of what.
func (m *memory) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.most == 0 {
		return "peak of memory: not known, this system has no /proc"
	}
	of := "Pss: shared memory is counted once"
	if m.rss {
		of = "partly Rss: memory that processes share is counted for each of them"
	}
	return fmt.Sprintf("peak of memory: %d MiB during %s (%s)", m.most>>20, m.during, of)
}

// sample adds up what self and all that came from it hold now.
func (m *memory) sample(self int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	total := int64(0)
	for _, pid := range m.ours(self) {
		total += m.held(pid)
	}
	if total > m.most {
		m.most, m.during = total, strings.Join(m.running, " and ")
	}
}

// ours lists self, what it started, what that started, and what was once among them though its parent has ended.
func (m *memory) ours(self int) []int {
	children := map[int][]int{}
	now := map[int]string{}
	folders, _ := filepath.Glob(filepath.Join(m.proc, "[0-9]*"))
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		if parent, begun, ok := parentOf(folder); ok {
			children[parent] = append(children[parent], pid)
			now[pid] = begun
		}
	}
	pids := []int{self}
	for pid, begun := range m.seen {
		if pid != self && now[pid] == begun {
			pids = append(pids, pid)
		}
	}
	m.seen = map[int]string{}
	var all []int
	for len(pids) > 0 {
		pid := pids[0]
		pids = pids[1:]
		if begun, there := now[pid]; there && m.seen[pid] == "" {
			m.seen[pid] = begun
			all = append(all, pid)
			pids = append(pids, children[pid]...)
		}
	}
	return all
}

// parentOf reads which process started the one in folder, and when, in ticks since the machine's start: see proc_pid_stat(5).
func parentOf(folder string) (parent int, begun string, ok bool) {
	stat, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return 0, "", false // it has just ended
	}
	// The name, in parentheses, may hold anything; the state follows it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 {
		return 0, "", false
	}
	parent, err = strconv.Atoi(fields[1])
	return parent, fields[19], err == nil
}

// held returns the bytes of memory that pid holds, of what it shares with others its share; 0 if it has just ended.
func (m *memory) held(pid int) int64 {
	folder := filepath.Join(m.proc, strconv.Itoa(pid))
	if rollup, err := os.ReadFile(filepath.Join(folder, "smaps_rollup")); err == nil {
		for line := range strings.Lines(string(rollup)) {
			if kib, ok := strings.CutPrefix(line, "Pss:"); ok {
				n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kib), "kB")), 10, 64)
				return n << 10
			}
		}
	}
	statm, err := os.ReadFile(filepath.Join(folder, "statm"))
	fields := strings.Fields(string(statm))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	m.rss = m.rss || pages > 0
	return pages * int64(os.Getpagesize())
}
