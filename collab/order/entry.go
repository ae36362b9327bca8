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

// ErrDamaged: the log holds an op that cannot be read or applied.
var ErrDamaged = errors.New("collab: damaged document")

// LogLimits bounds what is decoded from the log: whatever was accepted once is read, also when limits were lowered since.
var LogLimits = delta.Limits{
	Components: math.MaxInt, Depth: 1 << 10, Attributes: math.MaxInt, AttributeBytes: math.MaxInt, EmbedBytes: math.MaxInt,
}

// Entry is one op of the log, decoded. It does not change.
type Entry struct {
	Client string
	Seq    int64
	Author storage.UserID
	Body   wire.Body
	Size   int // bytes as stored
}

// Decode decodes ops of the log. The error is ErrDamaged.
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

// Same reports whether op is e as the log stores it.
func (e *Entry) Same(op storage.Op) bool {
	return e.Client == op.Client && e.Seq == op.Seq && e.Author == op.Author && bytes.Equal(wire.AppendBody(nil, e.Body), op.Body)
}

// Apply returns content after e; nil stands for no content. content is changed in place and must not be used again, unless there
// is an error: then it is as it was.
func (e *Entry) Apply(content *delta.Document) (*delta.Document, error) {
	return history.Apply(content, change(e.Body))
}

// change is a body as package history knows it.
func change(b wire.Body) history.Change {
	switch b.Kind {
	case wire.Create:
		return history.Change{Kind: history.Create, Delta: b.Delta}
	case wire.Del:
		return history.Change{Kind: history.Delete}
	}
	return history.Change{Kind: history.Edit, Delta: b.Delta}
}
