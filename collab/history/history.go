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
	Create             // Delta is the first text
	Delete             // there is no content afterwards
)

// Change is one op of the log.
type Change struct {
	Kind  Kind
	Delta delta.Delta
}

// ErrNoContent: an edit where there is no content.
var ErrNoContent = errors.New("history: an edit without content")

// Apply returns content after c; nil stands for no content. content is changed in place and must not be used again, unless
// there is an error: then it is as it was.
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

// Replay returns content after changes; first is the revision of content, for the error that names a change.
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
