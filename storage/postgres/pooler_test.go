package postgres_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest"
)

// bouncer starts a real PgBouncer before a database, and gives the database's address through it.
func bouncer(t *testing.T, database string, settings ...string) string {
	t.Helper()
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		path = "/usr/sbin/pgbouncer" // not on everybody's PATH
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("no pgbouncer to try: install one (Debian: apt-get install pgbouncer)")
	}
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	folder := t.TempDir()
	lines := append([]string{
		"[databases]", fmt.Sprintf("* = host=%s port=%s user=postgres", u.Hostname(), u.Port()),
		"[pgbouncer]", "listen_addr = 127.0.0.1", fmt.Sprint("listen_port = ", port), "auth_type = any", "unix_socket_dir =",
	}, settings...)
	config := filepath.Join(folder, "pgbouncer.ini")
	if err := os.WriteFile(config, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, config)
	cmd.Dir, cmd.SysProcAttr = "/", &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // which it refuses to run as
		cmd.SysProcAttr.Credential = nobody(t)
		for _, open := range []string{folder, filepath.Dir(folder)} { // both the test's own
			if err := os.Chmod(open, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	said := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	u.Host = fmt.Sprintf("127.0.0.1:%d", port)
	for { // until it listens; the test's own time bounds it
		if c, err := net.Dial("tcp", u.Host); err == nil {
			c.Close()
			return u.String()
		}
		if err := cmd.Process.Signal(syscall.Signal(0)); err != nil {
			t.Fatal("pgbouncer ended")
		}
	}
}

func nobody(t *testing.T) *syscall.Credential {
	t.Helper()
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// A pooler that has connections share the server's is refused by name, at every start, however it hands them out, and however many
// it has.
func TestAPoolerInTransactionModeIsRefused(t *testing.T) {
	database := pgtest.Database(t)
	for name, settings := range map[string][]string{
		"transaction":          {"pool_mode = transaction"},
		"one connection":       {"pool_mode = transaction", "default_pool_size = 2", "min_pool_size = 1"},
		"many":                 {"pool_mode = transaction", "min_pool_size = 10", "default_pool_size = 50"},
		"in turn":              {"pool_mode = transaction", "min_pool_size = 3", "server_round_robin = 1"},
		"takes our settings":   {"pool_mode = transaction", "ignore_startup_parameters = extra_float_digits,options"},
		"statement":            {"pool_mode = statement"},
		"in turn, as one runs": {"pool_mode = transaction", "server_round_robin = 1", "default_pool_size = 30"},
	} {
		t.Run(name, func(t *testing.T) {
			address := bouncer(t, database, settings...)
			for range 10 {
				if err := openError(t, address); !errors.Is(err, postgres.ErrPooler) || !strings.Contains(err.Error(), "session mode") {
					t.Fatalf("Open = %v, want ErrPooler", err)
				}
				if err := new(postgres.Primaries).CheckPooler(t.Context(), address); !errors.Is(err, postgres.ErrPooler) {
					t.Fatalf("CheckPooler = %v, want ErrPooler", err)
				}
			}
		})
	}
}

// A pooler in session mode keeps what a connection sets, and everything works through it.
func TestAPoolerInSessionModeServes(t *testing.T) {
	address := bouncer(t, pgtest.Database(t), "pool_mode = session", "default_pool_size = 20")
	if err := new(postgres.Primaries).CheckPooler(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	s := openURL(t, address)
	create(t, s, "d")
	for base := range storage.Revision(20) {
		if err := appendTo(t, s, "d", base); err != nil {
			t.Fatal(err)
		}
	}
	var scan, plans, commit string
	if err := s.QueryForTest([]any{&scan, &commit}, `SELECT current_setting('enable_seqscan'), current_setting('synchronous_commit')`); err != nil || scan != "off" || commit != "on" {
		t.Errorf("the pool's settings: %q, %q, %v", scan, commit, err)
	}
	if err := s.AskCommitterForTest(t.Context(), &plans, `SELECT current_setting('plan_cache_mode')`); err != nil || plans != "force_generic_plan" {
		t.Errorf("the committer's plans: %q, %v", plans, err)
	}
}
