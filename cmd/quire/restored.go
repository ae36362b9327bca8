package main

import (
	"context"
	"errors"
	"fmt"
)

// restored says that the database was taken back in time: its log gets a new epoch, by which browsers that know more than it
// does notice, keep that for their authors and read anew (L9). A failover and a dump are noticed without it (N12), a disk that was
// set back is not. No server may be running.
func (a *app) restored(ctx context.Context) (err error) {
	if err := a.only(0, "restored"); err != nil {
		return err
	}
	unlock, err := a.lockFile() // of SQLite: a server that runs would go on with what it has in memory
	if err != nil {
		return fmt.Errorf("stop the server first: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	store, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	epoch, err := store.RenewEpoch(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "The log begins a new epoch, %s. Start Quire now.\n", epoch)
	return err
}
