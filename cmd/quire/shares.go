package main

import (
	"fmt"
	"math"

	"quire/collab"
)

// shared are the sizes of what all people share in the engine, of which each person has a part.
type shared struct {
	documents int
	heavy     int // 0: by processors
	reading   int64
	longs     int64
	presence  int64
}

// sharedSettings returns their settings. Their minimum is what one person needs for ordinary work.
func sharedSettings() []setting {
	return []setting{
		{name: "LIMIT_OPEN_DOCUMENTS", fallback: "100000", help: "documents in memory at once, of which each person has a fair share",
			set: func(c *config, v string) error { return setCount(&c.shared.documents, v, 100, 10_000_000) }},
		{name: "LIMIT_READING", fallback: "256MiB", help: "bytes of documents and old versions on their way to readers, of which each person has a fair share",
			set: func(c *config, v string) error { return setBytes(&c.shared.reading, v, 16<<20) }},
		{name: "LIMIT_LONG_OPS", fallback: "64MiB", help: "bytes of changes made for a revision long ago that wait for their turn; who has more than a fair share is read more slowly",
			set: func(c *config, v string) error { return setBytes(&c.shared.longs, v, 4<<20) }},
		{name: "LIMIT_HEAVY_TASKS", fallback: "0", help: "old versions, snapshots and such changes that are worked on at once, of one person all but one; 0: one a processor, 2 to 4",
			set: func(c *config, v string) error { return setCount(&c.shared.heavy, v, 0, 256) }},
		{name: "LIMIT_PRESENCE", fallback: "512KiB", help: "bytes of the carets and the like that are kept of one document, of one person an eighth",
			set: func(c *config, v string) error { return setBytes(&c.shared.presence, v, 64<<10) }},
	}
}

// setBytes reads a size.
func setBytes(field *int64, v string, least int64) (err error) {
	if *field, err = bytesOf(v); err == nil && (*field < least || *field > math.MaxInt32*1024) {
		err = fmt.Errorf("there may be %d or more", least)
	}
	return err
}

// bound sets the limits that are of these.
func (s shared) bound(l *collab.Limits) {
	l.Documents, l.HeavyTasks, l.SnapshotReads, l.LongBytes = s.documents, s.heavy, s.reading, s.longs
	l.PresenceBytes, l.PresencePerson = int(s.presence), int(s.presence/8)
}
