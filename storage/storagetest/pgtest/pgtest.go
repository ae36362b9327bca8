package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"quire/migrations"
	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest/pgbin"
)

// Need skips the test, saying why, unless tests with a Postgres are asked for.
func Need(t testing.TB) {
	t.Helper()
	if os.Getenv("QUIRE_FULL") == "" && os.Getenv("TEST_DATABASE_URL") == "" {
		t.Skip("needs a Postgres: runs with QUIRE_FULL=1, or with TEST_DATABASE_URL")
	}
}

// missing ends a test that needs a Postgres where there is none.
func missing(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, pgbin.ErrNone) && os.Getenv("REQUIRE_POSTGRES") == "" {
		t.Skip(err)
	}
	t.Fatal("pgtest: ", err)
}

// Start starts a server for the test alone, removed at its end.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	Need(t)
	s, err := newServer(options...)
	if err != nil {
		missing(t, err)
	}
	t.Cleanup(func() {
		if err := s.Remove(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// shared is the server of this process, given or ours: the one variable of the package, since the process is its owner.
var shared sharedServer

type sharedServer struct {
	once sync.Once
	all  *templates
	err  error
}

// get starts the server if nobody has.
func (p *sharedServer) get() (*templates, error) {
	p.once.Do(func() { p.all, p.err = startShared() })
	return p.all, p.err
}

func startShared() (*templates, error) {
	if given := os.Getenv("TEST_DATABASE_URL"); given != "" {
		given := &templates{given: given}
		given.remove = given.dropAll
		return given, nil
	}
	s, err := newServer()
	if err != nil {
		return nil, err
	}
	if err := s.Start(); err != nil {
		return nil, errors.Join(err, s.Remove())
	}
	s.shared.given, s.shared.remove = s.URL("postgres"), s.Remove
	return &s.shared, nil
}

// Database returns the address of a migrated, empty database on the shared server, dropped at the test's end.
func Database(t testing.TB) string {
	t.Helper()
	return sharedTemplates(t).database(t)
}

// Cleared is Database for tests that change nothing but rows: the database may have served another test and been
// cleared since, which takes a small part of the time that making one does.
func Cleared(t testing.TB) string {
	t.Helper()
	return sharedTemplates(t).cleared(t)
}

// Unmigrated returns the address of a database on the shared server without any table, dropped at the test's end.
func Unmigrated(t testing.TB) string {
	t.Helper()
	return sharedTemplates(t).unmigrated(t)
}

func sharedTemplates(t testing.TB) *templates {
	t.Helper()
	Need(t)
	all, err := shared.get()
	if err != nil {
		missing(t, err)
	}
	return all
}

// Database returns the address of a migrated, empty database on s. It goes with the server.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	if s.shared.given == "" {
		s.shared.given = s.URL("postgres")
	}
	return s.shared.database(t)
}

// Main is for TestMain: it runs the tests and removes the shared server, if they started one. Without it the server ends
// with the process, and its data goes when the next one starts.
func Main(m *testing.M) {
	code := m.Run()
	if all := shared.all; all != nil && all.remove != nil {
		if err := all.remove(); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
		}
	}
	os.Exit(code)
}

// templates makes databases on a server, from a template migrated once.
type templates struct {
	given  string // address of a database that stands already
	remove func() error

	mu       sync.Mutex
	template string
	made     int
	free     []string // addresses of databases to be cleared and used again
	kept     []string // names of databases that no test drops
}

// dropAll removes from a given server what no test has.
func (c *templates) dropAll() (err error) {
	for _, name := range c.kept {
		err = errors.Join(err, c.exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"))
	}
	return err
}

// cleared returns a database used before, or a new one, which is used again after the test. Those go with the server.
func (c *templates) cleared(t testing.TB) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	var address string
	if n := len(c.free); n > 0 {
		address, c.free = c.free[n-1], c.free[:n-1]
		if err := clearRows(t.Context(), address); err != nil {
			t.Fatal("pgtest: clear: ", err)
		}
	} else {
		name := c.make(t, true)
		c.kept = append(c.kept, name)
		address = c.url(name)
	}
	t.Cleanup(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.free = append(c.free, address)
	})
	return address
}

// clearRows removes every row but the notes on migrations and the head of events, other tables' rows after those that refer to them.
func clearRows(ctx context.Context, address string) error {
	db, err := postgres.OpenDB(address)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, table := range []string{"audit", "groups", "links", "grants", "sign_ins", "users", "snapshots", "ops", "heads", "documents", "settings", "events"} {
		if _, err := db.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, `UPDATE events_head SET n = 0`); err != nil {
		return err
	}
	return wantNoRows(ctx, db)
}

// wantNoRows names a table that clearRows does not know of: what it holds would be found by another test.
func wantNoRows(ctx context.Context, db *sql.DB) error {
	var left sql.NullString
	err := db.QueryRowContext(ctx, `SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('migrations', 'events_head')
		AND (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', tablename), false, true, '')))[1]::text <> '0'`).Scan(&left)
	if err == nil && left.Valid {
		err = fmt.Errorf("rows are left in %s", left.String)
	}
	return err
}

// database returns a copy of the template, dropped after the test.
func (c *templates) database(t testing.TB) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropped(t, c.make(t, true))
}

// unmigrated returns a database without any table, dropped after the test.
func (c *templates) unmigrated(t testing.TB) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropped(t, c.make(t, false))
}

// dropped returns the address of a database that goes after the test.
func (c *templates) dropped(t testing.TB, name string) string {
	t.Helper()
	t.Cleanup(func() {
		if err := c.exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Log("pgtest: ", err) // a server that the test has stopped goes as a whole
		}
	})
	return c.url(name)
}

// make makes a database, migrated or not, and returns its name; c.mu is held.
func (c *templates) make(t testing.TB, migrated bool) string {
	t.Helper()
	from := ""
	if migrated {
		c.makeTemplate(t)
		from = " TEMPLATE " + c.template
	}
	c.made++
	name := fmt.Sprintf("quire_%d_%d", os.Getpid(), c.made)
	if err := c.create(t.Context(), name, from); err != nil {
		t.Fatal("pgtest: ", err)
	}
	return name
}

func (c *templates) makeTemplate(t testing.TB) {
	t.Helper()
	if c.template != "" {
		return
	}
	name := fmt.Sprintf("quire_%d_template", os.Getpid())
	c.kept = append(c.kept, name)
	if err := c.create(t.Context(), name, ""); err != nil {
		t.Fatal("pgtest: template: ", err)
	}
	if err := migrate(t.Context(), c.url(name)); err != nil {
		t.Fatal("pgtest: template: ", err)
	}
	c.template = name
}

func (c *templates) create(ctx context.Context, name, from string) error {
	if err := c.exec(ctx, "DROP DATABASE IF EXISTS "+name); err != nil { // of a process that had our id
		return err
	}
	return c.exec(ctx, "CREATE DATABASE "+name+from)
}

func (c *templates) exec(ctx context.Context, statement string) error {
	db, err := postgres.OpenDB(c.given)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func (c *templates) url(name string) string {
	u, err := url.Parse(c.given)
	if err != nil {
		return c.given // it would not have connected
	}
	u.Path = "/" + name
	return u.String()
}

func migrate(ctx context.Context, address string) error {
	db, err := postgres.OpenDB(address)
	if err != nil {
		return err
	}
	_, err = migrations.Up(ctx, migrations.Postgres, db)
	return errors.Join(err, db.Close())
}
