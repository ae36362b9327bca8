package main

import (
	"context"
	"errors"
	"time"

	"quire/storage"
	"quire/storage/postgres"
)

// The pause between two tries while the database cannot be reached doubles from firstPause to longPause.
const (
	firstPause = 250 * time.Millisecond
	longPause  = 5 * time.Second
	remindWait = time.Minute // how often the log says so again
)

// openWhenThere opens the store, and waits for a database that cannot be reached yet: if both are started together, the database is
// ready later. An error that waiting does not mend (see postgres.Away) is returned at once.
func (a *app) openWhenThere(ctx context.Context) (storage.Store, error) {
	var said time.Time
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		store, err := a.openStore(ctx)
		if err == nil || ctx.Err() != nil || !a.config.postgres() || !postgres.Away(err) {
			if err == nil && !said.IsZero() {
				a.log.Info("the database is there")
			}
			return store, err
		}
		if time.Since(said) >= remindWait {
			a.log.Warn("waiting for the database, which is not there yet", "err", err)
			said = time.Now()
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		}
	}
}
