package postgres_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"quire/storage"
)

// faults are the pages that the kernel has given a process so far, without reading any.
func faults(t *testing.T, pid uint32) int {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Skipf("the server's process can't be looked at: %v", err)
	}
	if !bytes.Contains(stat, []byte("(postgres)")) {
		t.Skipf("the server is on another machine: process %d here is %.40s", pid, stat)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	n, err := strconv.Atoi(fields[7])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// P8: a commit works with memory that its backend has. Where glibc gave the end of its heap back after each statement, and took it
// again for the next, that was a third of the database's work.
func TestP8ACommitAsksTheKernelForNoMemory(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	op := storage.Op{Client: "c", Author: "ann", At: time.UnixMilli(1), Body: []byte(`"op":[{"insert":"a letter"}]`)}
	op.Seq = 1
	if err := s.CreateDocument(ctx, storage.Document{ID: "d", Owner: "ann", CreatedAt: op.At}, []storage.Op{op}); err != nil {
		t.Fatal(err)
	}
	appendSome := func(n int) {
		for range n {
			op.Seq++
			for _, err := range s.Append(ctx, []storage.Batch{{Document: "d", Base: storage.Revision(op.Seq - 1), Ops: []storage.Op{op}}}) {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	pid, err := s.CommitterPIDForTest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	appendSome(200) // what it keeps from now on
	const commits = 1000
	before := faults(t, pid)
	appendSome(commits)
	if n := faults(t, pid) - before; n > commits/2 {
		t.Errorf("%d commits took %d pages of memory", commits, n)
	}
}
