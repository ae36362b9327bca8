package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"quire/storage"
)

// Journal writes entries as JSON, one a line, for systems that collect what happens for security. The database stays what counts: a
// line that can't be written is only told of. It is safe for concurrent use.
type Journal struct {
	failed func(error)

	mu   sync.Mutex
	to   io.Writer
	file *os.File // nil for an open stream
	path string
}

// NewJournal writes to a stream. failed is told of what can't be written.
func NewJournal(to io.Writer, failed func(error)) *Journal { return &Journal{to: to, failed: failed} }

// OpenJournal appends to a file, which it makes, readable by its owner only, if there is none. failed is told of what can't be written.
func OpenJournal(path string, failed func(error)) (*Journal, error) {
	j := &Journal{path: path, failed: failed}
	return j, j.Reopen()
}

// Reopen opens the file by its name again, after it was moved away. Where that fails it goes on with the old one. A stream stays.
func (j *Journal) Reopen() error {
	if j.path == "" {
		return nil
	}
	file, err := os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file != nil {
		err = j.file.Close()
	}
	j.to, j.file = file, file
	return err
}

// Close closes the file; a stream stays open.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// line is an entry as it is written: names and times as in REST, and of what is empty nothing.
type line struct {
	Kind     string          `json:"kind"` // "audit", where other lines go to the same stream
	ID       int64           `json:"id"`
	At       string          `json:"at"`
	Action   string          `json:"action"`
	Actor    string          `json:"actor,omitempty"`
	Document string          `json:"document,omitempty"`
	Subject  string          `json:"subject,omitempty"`
	Detail   json.RawMessage `json:"detail,omitempty"`
	Address  string          `json:"address,omitempty"`
}

// write appends an entry in one call, so that lines of several processes in one file do not mix.
func (j *Journal) write(e storage.AuditEntry) {
	l := line{
		Kind: "audit", ID: e.ID, At: e.At.UTC().Format("2006-01-02T15:04:05.000Z"), Action: e.Action, Actor: string(e.Actor),
		Document: string(e.Document), Subject: e.Subject, Address: e.Address,
	}
	if e.Detail != "" {
		l.Detail = json.RawMessage(e.Detail)
	}
	text, err := json.Marshal(l)
	if err == nil {
		j.mu.Lock()
		_, err = j.to.Write(append(text, '\n'))
		j.mu.Unlock()
	}
	if err != nil {
		j.failed(fmt.Errorf("audit entry %d: %w", e.ID, err))
	}
}

// Journaled returns store with a journal of the entries that are written to it by Do.
func Journaled(store storage.Store, to *Journal) storage.Store { return journaled{store, to} }

// journaled closes the journal with the store.
type journaled struct {
	storage.Store
	journal *Journal
}

// Close closes both.
func (j journaled) Close() error { return errors.Join(j.Store.Close(), j.journal.Close()) }

// stands is told of an entry that is there to stay.
func (j journaled) stands(e storage.AuditEntry) {
	id := e.ID
	if clean, err := storage.CleanEntry(e); err == nil { // as the row is
		e = clean
	}
	e.ID = id
	j.journal.write(e)
}
