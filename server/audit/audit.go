package audit

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"quire/server/problem"
	"quire/storage"
)

// Store stores the entries. storage.Administration implements it.
type Store interface {
	Note(ctx context.Context, e storage.AuditEntry) (int64, error)
	Strike(ctx context.Context, id int64) error
}

// strikeTime bounds the deletion of an entry, which goes on after its request has ended.
const strikeTime = 5 * time.Second

// Do writes e, calls change, and deletes the entry if the change certainly did not happen. If the outcome is unknown the entry
// stays: a change without an entry would be worse than an entry for a change that did not happen. It returns change's error, or
// that of writing e, and then change was not called.
func Do(ctx context.Context, store Store, log *slog.Logger, e storage.AuditEntry, change func() error) error {
	id, err := store.Note(ctx, e)
	if err != nil {
		return err
	}
	stands := true
	defer func() { // also if change panics
		if j, ok := store.(interface{ stands(storage.AuditEntry) }); ok && stands {
			e.ID = id
			j.stands(e)
		}
	}()
	if err = change(); err == nil || !surelyNot(err) {
		return err
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), strikeTime)
	defer stop()
	if err := store.Strike(ctx, id); err != nil {
		log.Warn("audit entry of a change that did not happen is left", "entry", id, "action", e.Action, "err", err)
	} else {
		stands = false
	}
	return err
}

// Happened writes an entry for what has happened already. An entry that can't be written is only logged: what it tells of can't be
// undone. It goes on after its request has ended.
func Happened(ctx context.Context, store Store, log *slog.Logger, e storage.AuditEntry) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), strikeTime)
	defer stop()
	if err := Do(ctx, store, log, e, func() error { return nil }); err != nil {
		log.Warn("audit entry not written", "action", e.Action, "err", err)
	}
}

// surelyNot reports whether err means that nothing was changed: it is a refusal by the store, or a problem that is the caller's
// fault.
func surelyNot(err error) bool {
	return storage.Refused(err) || problem.From(err).Status < http.StatusInternalServerError
}

// Detail returns pairs of a name and a value as JSON, for an entry's detail. Values must never be a secret or content.
func Detail(pairs ...any) string {
	object := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		object[pairs[i].(string)] = pairs[i+1]
	}
	text, err := json.Marshal(object)
	if err != nil {
		return ""
	}
	return string(text)
}

// Read decodes what Detail returned. It returns nil if text is not a JSON object.
func Read(text string) (detail map[string]any) {
	if json.Unmarshal([]byte(text), &detail) != nil {
		return nil
	}
	return detail
}
