package load

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"quire/collab"
	"quire/collab/wire"
	"quire/migrations"
	"quire/server"
	"quire/server/auth"
	"quire/storage/sealed"
	"quire/storage/sqlite"
)

const houseSecret = "the secret of a house in a test!"

// house serves a real Quire on SQLite, in this process, and returns its address.
func house(t *testing.T) (address string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "quire.db")
	db, err := sqlite.OpenDB(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.Up(t.Context(), migrations.SQLite, db); err != nil {
		t.Fatal(err)
	}
	db.Close()
	log := slog.New(slog.DiscardHandler)
	store, err := sqlite.Open(t.Context(), path, log)
	if err != nil {
		t.Fatal(err)
	}
	formats, err := wire.Formats()
	if err != nil {
		t.Fatal(err)
	}
	hub, err := collab.NewHub(collab.Config{Store: store, Formats: formats, Secret: sealed.Of(houseSecret), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := server.New(t.Context(), server.Config{
		Store: store, Hub: hub, Log: log, Web: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}},
		Auth: auth.Config{
			Secret: sealed.Of(houseSecret), Loopback: true, Tokens: auth.TokenConfig{Secrets: []sealed.Text{sealed.Of(houseSecret)}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
		defer stop()
		if err := srv.Drain(ctx); err != nil {
			t.Errorf("Drain = %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve = %v", err)
		}
		hub.Close()
		if err := store.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return ln.Addr().String()
}

// small returns a Config for a run that is counted rather than timed.
func small(address string) Config {
	cfg := Default()
	cfg.URL = "ws://" + address + "/api/v1/socket"
	cfg.JWTSecret = houseSecret
	cfg.Documents, cfg.Ops, cfg.Shadow = 3, 300, true
	return cfg
}
