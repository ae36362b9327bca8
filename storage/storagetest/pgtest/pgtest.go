package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"quire/migrations"
	"quire/storage/postgres"
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
	if errors.Is(err, errNone) && os.Getenv("REQUIRE_POSTGRES") == "" {
		t.Skip(err)
	}
	t.Fatal("pgtest: ", err)
}

// Start gives the test a server of its own, removed at its end.
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
		return &templates{given: given}, nil
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

// Database gives the address of a migrated, empty database on the shared server, dropped at the test's end.
func Database(t testing.TB) string {
	t.Helper()
	return sharedTemplates(t).database(t)
}

// Unmigrated gives the address of a database on the shared server without any table, dropped at the test's end.
func Unmigrated(t testing.TB) string {
	t.Helper()
	all := sharedTemplates(t)
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.copyOf(t, "")
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

// Database gives the address of a migrated, empty database on s. It goes with the server.
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
}

func (c *templates) database(t testing.TB) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.template == "" {
		name := fmt.Sprintf("quire_%d_template", os.Getpid())
		if err := c.create(t.Context(), name, ""); err != nil {
			t.Fatal("pgtest: template: ", err)
		}
		if err := migrate(t.Context(), c.url(name)); err != nil {
			t.Fatal("pgtest: template: ", err)
		}
		c.template = name
	}
	return c.copyOf(t, " TEMPLATE "+c.template)
}

// copyOf makes a database; c.mu is held.
func (c *templates) copyOf(t testing.TB, from string) string {
	t.Helper()
	c.made++
	name := fmt.Sprintf("quire_%d_%d", os.Getpid(), c.made)
	if err := c.create(t.Context(), name, from); err != nil {
		t.Fatal("pgtest: ", err)
	}
	t.Cleanup(func() {
		if c.remove != nil || os.Getenv("TEST_DATABASE_URL") != "" { // a server of one test goes as a whole
			c.exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") // the next run has other names
		}
	})
	return c.url(name)
}

func (c *templates) create(ctx context.Context, name, from string) error {
	if from == "" {
		if err := c.exec(ctx, "DROP DATABASE IF EXISTS "+name); err != nil { // of a process that had our id
			return err
		}
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
