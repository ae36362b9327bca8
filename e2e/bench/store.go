package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"quire/e2e/bench/report"
)

// store is where one system keeps its documents: fresh, and gone when it is dropped. A server may be started on it again.
type store struct {
	system  string
	address string // of the database; "" for ShareDB's memory
	drop    func()
}

// onPostgres are the systems that have one.
func onPostgres(system string) bool {
	return system == report.ShareDBPostgres || system == report.QuirePostgres
}

// newStore makes an empty store. settings (name=value) hold for the database alone.
func (b *bench) newStore(ctx context.Context, system string, settings ...string) (*store, error) {
	switch {
	case system == report.ShareDBMemory:
		return &store{system: system, drop: func() {}}, nil
	case !onPostgres(system):
		folder, err := os.MkdirTemp(b.scratch, "sqlite-")
		return &store{system, "sqlite:" + filepath.Join(folder, "quire.db"), func() { os.RemoveAll(folder) }}, err
	}
	address, err := b.postgres.NewDatabase()
	if err != nil {
		return nil, err
	}
	s := &store{system, address, func() { b.dropDatabase(address) }}
	if err := b.prepareDatabase(ctx, s, settings); err != nil {
		s.drop()
		return nil, err
	}
	return s, nil
}

// prepareDatabase applies the settings, makes the peer's tables, and writes out what earlier rounds left in memory, so that
// no round pays for the one before.
func (b *bench) prepareDatabase(ctx context.Context, s *store, settings []string) error {
	conn, err := pgx.Connect(ctx, s.address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var statements []string
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		statements = append(statements, fmt.Sprintf("ALTER DATABASE %s SET %s = %s", conn.Config().Database, name, value))
	}
	if s.system == report.ShareDBPostgres {
		structure, err := os.ReadFile(filepath.Join(b.folder(), "node_modules", "sharedb-postgres", "structure.sql"))
		if err != nil {
			return fmt.Errorf("the peers are not installed (make bench does it): %w", err)
		}
		statements = append(statements, string(structure))
	}
	for _, statement := range append(statements, "CHECKPOINT") {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%.60s: %w", statement, err)
		}
	}
	return nil
}

// dropDatabase ends what is still connected. What stays behind goes with the cluster, so an error changes nothing.
func (b *bench) dropDatabase(address string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	ctx := context.WithoutCancel(b.ctx)
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		return
	}
	defer conn.Close(ctx)
	conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}
