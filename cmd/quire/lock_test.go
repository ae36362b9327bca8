package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// process is quire in a process of its own.
func process(t *testing.T, database, args string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = []string{"QUIRE_TEST_COMMAND=" + args, "DATABASE_URL=sqlite:" + database}
	return cmd
}

// serving starts a server in a process of its own, and returns when it serves.
func serving(t *testing.T, database string) *exec.Cmd {
	t.Helper()
	cmd := process(t, database, "serve --port 0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "serves") {
		t.Fatalf("quire serve said %q, %v", line, err)
	}
	return cmd
}

// tried runs quire to its end and returns what it said. One that serves instead is ended, and fails the test by itself.
func tried(t *testing.T, database, args string) (string, error) {
	t.Helper()
	cmd := process(t, database, args)
	said := &unserved{cmd: cmd}
	cmd.Stdout, cmd.Stderr = said, said
	err := cmd.Run()
	if said.serves {
		t.Errorf("%s serves beside another", args)
	}
	return said.said.String(), err
}

// unserved is the output of a process that must not serve.
type unserved struct {
	cmd    *exec.Cmd
	said   strings.Builder
	serves bool
}

func (u *unserved) Write(text []byte) (int, error) {
	n, err := u.said.Write(text)
	if strings.Contains(u.said.String(), " serves http") {
		u.serves = true
		u.cmd.Process.Kill()
	}
	return n, err
}

// One process serves a SQLite file; a second says who does, and may when the first was killed. Commands work beside it.
func TestOneServerForASQLiteFile(t *testing.T) {
	database := filepath.Join(t.TempDir(), "data", "quire.db")
	first := serving(t, database)
	for _, args := range []string{"serve --port 0", "restored"} {
		out, err := tried(t, database, args)
		if err == nil || !strings.Contains(out, "another Quire (pid ") || !strings.Contains(out, "several need Postgres") {
			t.Errorf("%s beside a server: %v, %s", args, err, out)
		}
	}
	for _, args := range []string{"user list", "migrate", "setup"} {
		if out, err := tried(t, database, args); err != nil {
			t.Errorf("%s beside a server: %v, %s", args, err, out)
		}
	}
	first.Process.Kill()
	first.Wait()
	second := serving(t, database)
	second.Process.Kill()
	second.Wait()
	if out, err := tried(t, database, "restored"); err != nil {
		t.Errorf("restored without a server: %v, %s", err, out)
	}
}
