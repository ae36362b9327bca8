package order

import (
	"strings"
	"time"

	"quire/collab/delta"
	"quire/collab/wire"
)

// ServerClient is the client of the server's own ops (E6). No client id that NewClientID makes is it.
const ServerClient = "quire"

// ownNewline is the op by which the server ends the tip's content in "\n" (E6).
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

// losesNewline reports whether the content would not end in "\n" after op. The tip's does, unless q.ragged.
func (q *Sequencer) losesNewline(op wire.Body) bool {
	d := op.Delta
	switch {
	case op.Kind == wire.Del:
		return false
	case op.Kind == wire.Create:
		return len(d) == 0 || !strings.HasSuffix(d[len(d)-1].Text(), "\n")
	case q.ragged:
		return q.endsOtherwise(d)
	case reach(d) < q.tip.length:
		return false
	}
	// op has an effect at the very end, and nothing after that but plain retains past it.
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
	return deleted // everything
}

// reach is up to where in its base op has an effect.
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

// endsOtherwise finds out by applying, for the rare op that deletes the end, so that what comes before it decides.
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
				return false // apply reports it when it comes to this op
			}
		}
	}
	return after != nil && after.Apply(op) == nil && !after.EndsWithNewline()
}
