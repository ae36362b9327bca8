package order

import (
	"bytes"
	"errors"
	"math"

	"quire/collab/delta"
	"quire/collab/history"
	"quire/collab/wire"
	"quire/storage"
)

// ErrDamaged reports that the log holds an op that cannot be decoded or applied.
var ErrDamaged = errors.New("collab: damaged document")

// LogLimits are the limits for decoding the log. They are wide: an op that was accepted once must stay readable after the
// limits for new ops were lowered.
var LogLimits = delta.Limits{
	Components: math.MaxInt, Depth: 1 << 10, Attributes: math.MaxInt, AttributeBytes: math.MaxInt, EmbedBytes: math.MaxInt,
}

// Entry is one op of the log, decoded. It is immutable.
type Entry struct {
	Client string
	Seq    int64
	Author storage.UserID
	Body   wire.Body
	Size   int // bytes as stored
}

// Decode decodes ops of the log. Its error wraps ErrDamaged.
func Decode(ops []storage.Op) ([]Entry, error) {
	entries := make([]Entry, len(ops))
	for i, op := range ops {
		body, err := wire.DecodeBody(op.Body, LogLimits)
		if err != nil {
			return nil, errors.Join(ErrDamaged, err)
		}
		entries[i] = Entry{op.Client, op.Seq, op.Author, body, op.Size()}
	}
	return entries, nil
}

// Same reports whether op is the stored form of e. Times are not compared.
func (e *Entry) Same(op storage.Op) bool {
	return e.Client == op.Client && e.Seq == op.Seq && e.Author == op.Author && bytes.Equal(wire.AppendBody(nil, e.Body), op.Body)
}

// Apply returns content after e; nil stands for no content. It changes content in place, so the caller must use only the result.
// After an error, content is unchanged.
func (e *Entry) Apply(content *delta.Document) (*delta.Document, error) {
	return history.Apply(content, change(e.Body))
}

// change converts a body to the type that package history uses.
func change(b wire.Body) history.Change {
	switch b.Kind {
	case wire.Create:
		return history.Change{Kind: history.Create, Delta: b.Delta}
	case wire.Del:
		return history.Change{Kind: history.Delete}
	}
	return history.Change{Kind: history.Edit, Delta: b.Delta}
}
