package load

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const clockTick = 10 * time.Millisecond // USER_HZ is 100 on every architecture Go runs on

// stat holds fields of /proc/PID/stat.
type stat struct {
	parent int
	cpu    time.Duration // user and system
	reaped time.Duration // of children that ended and were waited for
}

// inspect sums a process and its descendants. Postgres handles each connection in a child of the postmaster, whose reaped time
// includes children that have ended, so the sum never decreases.
func inspect(pid int) process {
	if pid <= 0 {
		return process{}
	}
	root, err := readStat(pid)
	if err != nil {
		return process{}
	}
	p := process{cpu: root.cpu + root.reaped, resident: resident(pid), ok: true}
	children := descendants(pid)
	if len(children) > 0 {
		p.resident = proportional(pid)
	}
	for _, child := range children {
		if s, err := readStat(child); err == nil {
			p.cpu += s.cpu + s.reaped
			p.resident += proportional(child)
		}
	}
	return p
}

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	_, rest, ok := bytes.Cut(text[bytes.LastIndexByte(text, ')'):], []byte(") ")) // the name may contain any character
	fields := strings.Fields(string(rest))                                        // from the third field on, the state
	if !ok || len(fields) < 15 {
		return stat{}, fmt.Errorf("/proc/%d/stat: %q", pid, text)
	}
	n := func(field int) time.Duration {
		v, _ := strconv.ParseInt(fields[field-3], 10, 64)
		return time.Duration(v)
	}
	return stat{int(n(4)), (n(14) + n(15)) * clockTick, (n(16) + n(17)) * clockTick}, nil
}

// descendants lists all processes below pid.
func descendants(pid int) []int {
	paths, _ := filepath.Glob("/proc/[0-9]*")
	children := map[int][]int{}
	for _, path := range paths {
		child, err := strconv.Atoi(filepath.Base(path))
		if err != nil {
			continue
		}
		if s, err := readStat(child); err == nil {
			children[s.parent] = append(children[s.parent], child)
		}
	}
	var all []int
	for list := children[pid]; len(list) > 0; list = list[1:] {
		all = append(all, list[0])
		list = append(list, children[list[0]]...)
	}
	return all
}

func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 1 {
		pages, _ := strconv.ParseInt(fields[1], 10, 64)
		return pages * int64(os.Getpagesize())
	}
	return 0
}

// proportional returns a process's memory with its share of what several processes share; the resident size if that is not readable.
func proportional(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return resident(pid)
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "Pss:" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10
		}
	}
	return resident(pid)
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// filesOf returns how many files a process may open.
func filesOf(pid int) (limit uint64, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if pid <= 0 || err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "Max open files"); found {
			if fields := strings.Fields(rest); len(fields) > 0 {
				limit, err = strconv.ParseUint(fields[0], 10, 64) // soft, or "unlimited"
				return limit, err == nil
			}
		}
	}
	return 0, false
}
