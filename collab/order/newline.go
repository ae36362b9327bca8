package order

import (
	"strings"
	"time"

	"quire/collab/delta"
	"quire/collab/wire"
)

// ServerClient is the client id of the server's own ops (E6). wire.NewClientID never makes it: its ids are longer.
const ServerClient = "quire"

// ownNewline returns the server's op that appends "\n" to the content at the tip (E6).
func (q *Sequencer) ownNewline(now time.Time) *Op {
	op := make(delta.Delta, 0, 2)
	if q.tip.length > 0 {
		op = append(op, delta.Retain(q.tip.length))
	}
	body := wire.Body{Kind: wire.Edit, Delta: append(op, delta.Insert("\n"))}
	return &Op{
		Request: Request{Client: ServerClient, Seq: int64(q.head) + int64(len(q.pending)) + 1, Body: body},
		Arrived: now, progress: progress{at: q.head}, placing: placing{placed: body, stored: wire.AppendBody(nil, body), tied: true},
	}
}

// losesNewline reports whether the content would not end in "\n" after op. The content at the tip does, unless q.noNewline.
func (q *Sequencer) losesNewline(op wire.Body) bool {
	d := op.Delta
	switch {
	case op.Kind == wire.Del:
		return false
	case op.Kind == wire.Create:
		return len(d) == 0 || !strings.HasSuffix(d[len(d)-1].Text(), "\n")
	case q.noNewline:
		return q.endsOtherwise(d)
	case reach(d) < q.tip.length:
		return false
	}
	// op has an effect at the very end. What may follow are plain retains past the end.
	deleted := false
	for i := len(d) - 1; i >= 0; i-- {
		switch d[i].Kind() {
		case delta.KindText, delta.KindEmbed:
			return !strings.HasSuffix(d[i].Text(), "\n")
		case delta.KindDelete:
			deleted = true
		case delta.KindRetain:
			if deleted {
				return q.endsOtherwise(d)
			}
			if d[i].Attributes() != nil {
				return false // it keeps the last unit
			}
		}
	}
	return deleted // all of the content
}

// reach returns the offset in op's base, in UTF-16 code units, after which op changes nothing.
func reach(op delta.Delta) int {
	at, end := 0, 0
	for i := range op {
		plain := false
		switch op[i].Kind() {
		case delta.KindRetain:
			at += op[i].Len()
			plain = op[i].Attributes() == nil
		case delta.KindDelete:
			at += op[i].Len()
		}
		if !plain {
			end = at
		}
	}
	return end
}

// endsOtherwise applies op to a copy and reports whether the result does not end in "\n". It serves the rare op that deletes the
// end, where the text before that decides.
func (q *Sequencer) endsOtherwise(op delta.Delta) bool {
	var after *delta.Document
	if q.content != nil {
		after = q.content.Fork()
	}
	for _, p := range q.pending {
		switch p.placed.Kind {
		case wire.Create:
			after, _ = delta.NewDocument(p.placed.Delta)
		case wire.Del:
			after = nil
		default:
			if after == nil || after.Apply(p.placed.Delta) != nil {
				return false // Sequencer.apply reports it when this op is committed
			}
		}
	}
	return after != nil && after.Apply(op) == nil && !after.EndsWithNewline()
}
