package main

import (
	"context"
	"errors"
	"time"

	"quire/storage"
	"quire/storage/postgres"
)

// How long between two tries while the database is away, at first and at most, and how often the log says so again.
const (
	firstPause = 250 * time.Millisecond
	longPause  = 5 * time.Second
	remindWait = time.Minute
)

// openWhenThere opens the store, and waits for a database that is not there yet: where both are started together it comes
// later. What waiting does not mend ends the start at once.
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
