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

// Store keeps the entries. A storage.Administration is one.
type Store interface {
	Note(ctx context.Context, e storage.AuditEntry) (int64, error)
	Strike(ctx context.Context, id int64) error
}

// strikeTime bounds striking an entry out, whose request may be over.
const strikeTime = 5 * time.Second

// Do notes e, makes the change, and strikes the entry out if the change surely did not happen. Where the outcome is not
// known the entry stays: a change nobody wrote down would be worse than a note of one that may not have happened.
func Do(ctx context.Context, store Store, log *slog.Logger, e storage.AuditEntry, change func() error) error {
	id, err := store.Note(ctx, e)
	if err != nil {
		return err
	}
	if err = change(); err == nil || !surelyNot(err) {
		return err
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), strikeTime)
	defer stop()
	if err := store.Strike(ctx, id); err != nil {
		log.Warn("audit entry of a change that did not happen is left", "entry", id, "action", e.Action, "err", err)
	}
	return err
}

// MayHaveHappened reports whether a change that ended with err was made, or nobody knows. Whoever must learn of it is told then
// too, by what only says where to look: a connection that breaks as a role is taken away leaves it taken away.
func MayHaveHappened(err error) bool { return err == nil || !surelyNot(err) }

// surelyNot reports whether err says for sure that nothing was changed: the store's own refusals, and whatever a caller
// is told to be their fault.
func surelyNot(err error) bool {
	return storage.Refused(err) || problem.From(err).Status < http.StatusInternalServerError
}

// Detail writes pairs of name and value as an entry's detail. Never a secret, never content.
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

// Read reads what Detail wrote; nil if there is none.
func Read(text string) (detail map[string]any) {
	if json.Unmarshal([]byte(text), &detail) != nil {
		return nil
	}
	return detail
}
