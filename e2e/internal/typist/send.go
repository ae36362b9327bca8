package typist

import (
	"encoding/json"
	"fmt"
	"time"

	"quire/collab/delta"
)

const writeWithin = 5 * time.Second

// Type puts the next token into the document and sends it when its turn comes. It never waits.
func (t *Typist) Type() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil || t.revision < 0 {
		return
	}
	t.count++
	token := fmt.Sprintf("⟦%s:%d⟧", t.cfg.Name, t.count)
	at := t.caret
	if end := t.doc.Len() - 1; t.cfg.AtEnd || at > end {
		at = end // before the final newline
	}
	op := delta.FromText(token)
	if at > 0 {
		op = append(delta.Delta{delta.Retain(at)}, op...)
	}
	t.caret = at + op[len(op)-1].Len()
	t.doc = delta.Compose(t.doc, op)
	t.waiting = delta.Compose(t.waiting, op)
	t.behind = append(t.behind, token)
	t.flush()
	t.changed.Broadcast()
}

// Waiting is how many tokens are neither acknowledged nor on their way.
func (t *Typist) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.behind)
}

// flush puts what waits into flight if nothing is. mu is held, as below.
func (t *Typist) flush() {
	if t.inFlight != nil || len(t.waiting) == 0 || !t.shaken {
		return
	}
	t.seq++
	t.inFlight = &flight{op: t.waiting, src: t.id, seq: t.seq, tokens: t.behind}
	t.waiting, t.behind = nil, nil
	t.transmit()
}

func (t *Typist) transmit() {
	f := t.inFlight
	m := map[string]any{
		"a": "op", "c": "documents", "d": t.cfg.Document, "v": t.revision, "seq": f.seq, "x": struct{}{},
		"op": json.RawMessage(f.op.AppendJSON(nil)),
	}
	if f.sent > 0 {
		m["src"] = f.src
	}
	f.sent++
	t.send(m)
}

// send writes a frame. A write that fails ends the connection, which the reader notices.
func (t *Typist) send(m map[string]any) {
	frame, err := json.Marshal(m)
	if err != nil {
		t.fail("encode: %v", err)
		return
	}
	t.conn.SetWriteDeadline(time.Now().Add(writeWithin))
	if t.conn.WriteMessage(1, frame) != nil {
		t.conn.Close()
	}
}
