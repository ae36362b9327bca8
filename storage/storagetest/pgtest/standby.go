package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"quire/storage/postgres"
)

// Standby makes a streaming standby of s, from which on s commits nothing that the standby does not have (Wait). It goes with the
// test.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	copied := &Server{bin: s.bin, attrs: dieWithUs(), safe: s.safe, tls: s.tls}
	var err error
	if copied.data, err = os.MkdirTemp("", fmt.Sprint(prefix, os.Getpid(), "-")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := copied.Remove(); err != nil {
			t.Error(err)
		}
	})
	if err := copied.leaveRoot(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(s.bin, "pg_basebackup"), "-d", s.primaryConninfo(), "-D", copied.data, "--no-sync", "-c", "fast", "-X", "stream", "-R")
	cmd.Dir, cmd.SysProcAttr = copied.data, copied.attrs
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pg_basebackup: %v: %s", err, out)
	}
	if err := copied.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.waitForNobody)
	s.Wait(t, true)
	return copied
}

// Wait has s commit nothing that its standby, which receives, does not have; or not wait for it.
func (s *Server) Wait(t testing.TB, on bool) {
	t.Helper()
	names, state := "", "async"
	if on {
		names, state = "*", "sync"
	}
	s.Exec(t, `ALTER SYSTEM SET synchronous_standby_names = '`+names+`'`)
	s.Exec(t, `SELECT pg_reload_conf()`)
	s.Until(t, `SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = '`+state+`' AND state = 'streaming'`)
}

// waitForNobody has s, if it still runs, commit without a standby, so that a test that failed can end.
func (s *Server) waitForNobody() {
	db, err := postgres.OpenDB(s.URL("postgres"))
	if err != nil {
		return
	}
	defer db.Close()
	for _, statement := range []string{`ALTER SYSTEM RESET synchronous_standby_names`, `SELECT pg_reload_conf()`} {
		db.ExecContext(context.Background(), statement) // it may have been killed
	}
}

func (s *Server) primaryConninfo() string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=postgres", s.port)
}

// Receive has a standby receive what primary writes, or not.
func (s *Server) Receive(t testing.TB, primary *Server, on bool) {
	t.Helper()
	from := ""
	if on {
		from = primary.primaryConninfo()
	}
	s.Exec(t, `ALTER SYSTEM SET primary_conninfo = '`+from+`'`)
	s.Exec(t, `SELECT pg_reload_conf()`)
	if on {
		primary.Until(t, `SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'`)
	} else {
		primary.Until(t, `SELECT count(*) = 0 FROM pg_stat_replication`)
	}
}

// Promote makes a standby a primary.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	s.Exec(t, `SELECT pg_promote()`)
	s.Until(t, `SELECT NOT pg_is_in_recovery()`)
}

// Exec runs a statement on the server, beside what is tested.
func (s *Server) Exec(t testing.TB, statement string) {
	t.Helper()
	db, err := postgres.OpenDB(s.URL("postgres"))
	if err == nil {
		_, err = db.ExecContext(t.Context(), statement)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Until returns when a query gives true, asking again and again.
func (s *Server) Until(t testing.TB, query string) {
	t.Helper()
	db, err := postgres.OpenDB(s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for holds := false; !holds; {
		if err := db.QueryRowContext(t.Context(), query).Scan(&holds); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

// Either returns the address of a database that names two servers: other, and behind it the one that address names.
func Either(t testing.TB, other *Server, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = fmt.Sprintf("127.0.0.1:%d,%s", other.port, u.Host)
	return u.String()
}
