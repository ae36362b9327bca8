package storage

import "context"

// Settings stores the installation's settings.
type Settings interface {
	// Setting returns a value; ErrNotFound if it is not set.
	Setting(ctx context.Context, key string) ([]byte, error)
	// SetSetting stores value if the current one is was (nil: not set), else it returns ErrConflict. A nil value deletes it.
	SetSetting(ctx context.Context, key string, value, was []byte) error
}

// Store is all that a backend implements.
type Store interface {
	Log
	Documents
	People
	Grants
	Groups
	Sharing
	Transfers
	Credentials
	Administration
	Settings
	Events
	// Ping reads something small and, if the last write failed, writes something; ErrNoWrites if that fails.
	Ping(ctx context.Context) error
	// Stats returns counts since the store was opened.
	Stats() Stats
	// Close closes the store's connections and ends its goroutines. No other call may be under way.
	Close() error
}

// Stats counts a store's commits.
type Stats struct {
	Commits    int64 // calls of Append that committed something
	Ops        int64 // ops they stored
	Conflicts  int64 // batches refused with ErrConflict
	Retries    int64 // statements repeated after a deadlock
	Singled    int64 // commits that failed as a whole and were repeated one document at a time
	Unknown    int64 // batches whose outcome is unknown
	Slow       int64 // commits that took longer than SlowCommit
	CommitTime int64 // total duration of Commits in ns
}
