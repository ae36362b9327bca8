package typist

import (
	"encoding/json"
	"fmt"
	"time"

	"quire/collab/delta"
)

const writeWithin = 5 * time.Second

// Type inserts the next token into the document and sends it as soon as no op is in flight. It never waits.
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

// Waiting returns how many tokens have not been sent.
func (t *Typist) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.behind)
}

// flush sends the waiting op if none is in flight. The caller holds mu, as for the functions below.
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

// send writes a frame. If that fails it closes the connection, which the reader notices.
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
