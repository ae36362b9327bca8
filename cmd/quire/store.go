package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"quire/migrations"
	"quire/server/audit"
	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/sqlite"
)

// auditStdout is the value of AUDIT_LOG that names no file.
const auditStdout = "stdout"

// migrateTime bounds the migrations, including the wait while another node migrates.
const migrateTime = 10 * time.Minute

// openStore migrates the database and opens it. With AUDIT_LOG what is written to the audit log goes there, too; closing the store
// closes that file.
func (a *app) openStore(ctx context.Context) (storage.Store, error) {
	store, err := a.openDatabase(ctx)
	if err != nil || a.config.auditLog == "" {
		return store, err
	}
	failed := func(err error) { a.log.Error("AUDIT_LOG lacks a line; the database has it", "err", err) }
	if a.config.auditLog == auditStdout {
		a.journal = audit.NewJournal(a.out, failed)
	} else if a.journal, err = audit.OpenJournal(a.config.auditLog, failed); err != nil {
		return nil, errors.Join(fmt.Errorf("AUDIT_LOG: %w", err), store.Close())
	}
	return audit.Journaled(store, a.journal), nil
}

// reopenJournal has AUDIT_LOG's file opened by its name again at each signal, until ctx ends.
func (a *app) reopenJournal(ctx context.Context, signals <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		if err := a.journal.Reopen(); err != nil {
			a.log.Error("AUDIT_LOG is not opened again; the old file goes on", "err", err)
		} else {
			a.log.Info("AUDIT_LOG is opened again")
		}
	}
}

func (a *app) openDatabase(ctx context.Context) (storage.Store, error) {
	servers := &postgres.Primaries{} // new for each try, because a server that did not answer before may answer now
	if err := a.migrateUp(ctx, servers); err != nil {
		return nil, err
	}
	if a.config.postgres() {
		return postgres.Open(ctx, postgres.Config{URL: a.config.database, Log: a.log, AllowUnsafe: a.config.unsafePostgres, Primaries: servers})
	}
	return sqlite.Open(ctx, a.config.sqlitePath(), a.log)
}

// migrateUp runs the migrations that the database lacks.
func (a *app) migrateUp(ctx context.Context, servers *postgres.Primaries) (err error) {
	ctx, stop := context.WithTimeout(ctx, migrateTime)
	defer stop()
	if a.config.postgres() {
		if err := servers.CheckPooler(ctx, a.config.database.Reveal()); err != nil {
			return err
		}
	}
	db, dialect, err := a.openForMigrations(servers)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	taken, err := migrations.Up(ctx, dialect, db)
	if err != nil {
		return err
	}
	if taken > 0 {
		a.log.Info("database migrated", "steps", taken)
	}
	return nil
}

func (a *app) openForMigrations(servers *postgres.Primaries) (*sql.DB, migrations.Dialect, error) {
	if a.config.postgres() {
		db, err := servers.OpenDB(a.config.database.Reveal())
		return db, migrations.Postgres, err
	}
	db, err := sqlite.OpenDB(a.config.sqlitePath())
	return db, migrations.SQLite, err
}

// migrate is the subcommand.
func (a *app) migrate(ctx context.Context) error {
	if err := a.only(0, "migrate"); err != nil {
		return err
	}
	if err := a.migrateUp(ctx, &postgres.Primaries{}); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.out, "The database is up to date.")
	return err
}
