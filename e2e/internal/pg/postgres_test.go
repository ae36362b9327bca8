package pg

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/e2e/internal/quire"
)

// Committed rows survive kill -9 of all processes. Otherwise the crash tests would test nothing.
func TestKilledPostgresKeepsWhatItCommitted(t *testing.T) {
	quire.Full(t)
	p, err := Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	url, err := p.NewDatabase()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run(t, ctx, url, "CREATE TABLE kept (n int)")
	for n := 1; n <= 3; n++ {
		run(t, ctx, url, "INSERT INTO kept VALUES (1)")
		p.Kill()
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		if got := run(t, ctx, url, "SELECT FROM kept"); got != int64(n) {
			t.Fatalf("after %d kills there are %d rows", n, got)
		}
	}
}

func run(t *testing.T, ctx context.Context, url, query string) int64 {
	t.Helper()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	tag, err := conn.Exec(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	return tag.RowsAffected()
}
