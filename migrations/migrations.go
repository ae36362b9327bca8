package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// Dialect is a kind of database, and the name of its folder.
type Dialect string

const (
	Postgres Dialect = "postgres"
	SQLite   Dialect = "sqlite"
)

// ErrNewer reports that a newer version of Quire has changed the database.
var ErrNewer = errors.New("migrations: the database is newer than this Quire")

// table is the table in which goose records the steps taken.
const table = "migrations"

// A node checks every lockPeriod seconds, at most lockTries times, whether another node has finished.
const (
	lockPeriod = 1
	lockTries  = 60
)

// Up takes the steps that db lacks and returns how many. It does not close db. The error wraps ErrNewer if db is newer.
func Up(ctx context.Context, dialect Dialect, db *sql.DB) (int, error) {
	folder, err := fs.Sub(files, string(dialect))
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	return up(ctx, dialect, db, folder)
}

func up(ctx context.Context, dialect Dialect, db *sql.DB, steps fs.FS) (int, error) {
	kind := goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithTableName(table), goose.WithDisableGlobalRegistry(true)}
	if dialect == Postgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockPeriod, lockTries))
		if err != nil {
			return 0, fmt.Errorf("migrations: lock: %w", err)
		}
		kind, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(kind, db, steps, options...)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	if dialect == SQLite {
		if err := refuseTwice(ctx, provider, db); err != nil {
			return 0, fmt.Errorf("migrations: %w", err)
		}
	}
	taken, err := takeSteps(ctx, provider) // does nothing to a newer database, which has all of these steps
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	now, known, err := provider.GetVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	if now > known {
		return 0, fmt.Errorf("%w: it stands at step %d, this Quire knows %d; run the newer one, or restore a backup", ErrNewer, now, known)
	}
	return taken, nil
}

// refuseTwice makes the database refuse to record a step twice, for SQLite, where no lock spans several steps. goose records a step
// in the step's own transaction, so a step that another process has taken meanwhile is rolled back.
func refuseTwice(ctx context.Context, provider *goose.Provider, db *sql.DB) error {
	if _, err := provider.GetDBVersion(ctx); err != nil { // creates the table
		return err
	}
	const once = "CREATE UNIQUE INDEX IF NOT EXISTS " + table + "_once ON " + table + " (version_id)"
	if _, err := db.ExecContext(ctx, once); err == nil {
		return nil
	}
	_, err := db.ExecContext(ctx, "DELETE FROM "+table+" WHERE id NOT IN (SELECT min(id) FROM "+table+" GROUP BY version_id); "+once)
	return err // there were rows twice, from before the index
}

// takeSteps takes the missing steps and returns how many. If a step fails because another process has taken it, it goes on after it.
func takeSteps(ctx context.Context, provider *goose.Provider) (n int, err error) {
	for {
		taken, err := provider.Up(ctx)
		var failed *goose.PartialError
		if !errors.As(err, &failed) {
			return n + len(taken), err
		}
		n += len(failed.Applied)
		if now, lost := provider.GetDBVersion(ctx); lost != nil || now < failed.Failed.Source.Version {
			return n, err
		}
	}
}
