package main

import (
	"context"
	"errors"
	"fmt"
)

// restored begins a new epoch of the log, after the database was restored from a backup. From it, browsers that have newer ops learn
// that the log lacks them: they keep these for their authors and read the document anew (L9). The server notices a failover or a
// restored dump by itself (N12), but not a disk that was set back. No server may be running.
func (a *app) restored(ctx context.Context) (err error) {
	if err := a.only(0, "restored"); err != nil {
		return err
	}
	unlock, err := a.lockFile() // a running server would go on with what it has in memory
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
