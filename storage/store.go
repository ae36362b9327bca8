package storage

import "context"

// Settings keeps the installation's own few values.
type Settings interface {
	// Setting returns a value; ErrNotFound if it was never set.
	Setting(ctx context.Context, key string) ([]byte, error)
	// SetSetting stores value if it still is was (nil: not set), else ErrConflict. A nil value removes it.
	SetSetting(ctx context.Context, key string, value, was []byte) error
}

// Store is all a backend keeps.
type Store interface {
	Log
	Documents
	People
	Grants
	Groups
	Sharing
	Credentials
	Administration
	Settings
	Events
	// Ping asks the database something small and, if the newest write failed, has it write something: ErrNoWrites if it does not.
	Ping(ctx context.Context) error
	// Stats counts since the store was opened.
	Stats() Stats
	// Close ends the store's connections and goroutines. No call may be under way.
	Close() error
}

// Stats counts what a store did.
type Stats struct {
	Commits    int64 // calls of Append that committed something
	Ops        int64 // ops they stored
	Conflicts  int64 // batches refused with ErrConflict
	Retries    int64 // statements repeated after a deadlock
	Singled    int64 // commits that failed as a whole and were repeated one document at a time
	Unknown    int64 // batches whose outcome the database did not tell
	Slow       int64 // commits over SlowCommit
	CommitTime int64 // ns in all, of Commits
}
