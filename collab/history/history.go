package history

import (
	"errors"
	"fmt"

	"quire/collab/delta"
)

// Kind says what a change does.
type Kind uint8

const (
	Edit   Kind = iota // Delta is the change
	Create             // Delta is the initial content
	Delete             // there is no content afterwards
)

// Change is one op of the log.
type Change struct {
	Kind  Kind
	Delta delta.Delta
}

// ErrNoContent reports an edit of a document without content.
var ErrNoContent = errors.New("history: an edit without content")

// Apply returns content after c; nil stands for no content. It may change content in place, so the caller must use only the
// result. After an error, content is unchanged and the result must not be used.
func Apply(content *delta.Document, c Change) (*delta.Document, error) {
	switch c.Kind {
	case Create:
		return delta.NewDocument(c.Delta)
	case Delete:
		return nil, nil
	}
	if content == nil {
		return nil, ErrNoContent
	}
	return content, content.Apply(c.Delta)
}

// Replay returns content after changes. first is the revision of content, so that an error can name the revision of the change
// that failed; content is then returned as it was before that change.
func Replay(content *delta.Document, first int64, changes []Change) (*delta.Document, error) {
	for i, c := range changes {
		next, err := Apply(content, c)
		if err != nil {
			return content, fmt.Errorf("history: revision %d: %w", first+int64(i), err)
		}
		content = next
	}
	return content, nil
}
