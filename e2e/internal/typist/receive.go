package typist

import (
	"encoding/json"
	"fmt"

	"quire/collab/delta"
)

// message holds the fields of all server messages that a typist reads.
type message struct {
	Action   string          `json:"a"`
	Document string          `json:"d"`
	ID       string          `json:"id"`
	Revision *int64          `json:"v"`
	Src      string          `json:"src"`
	Seq      int64           `json:"seq"`
	Op       json.RawMessage `json:"op"`
	Create   json.RawMessage `json:"create"`
	Delete   bool            `json:"del"`
	Data     *struct {
		Revision int64           `json:"v"`
		Type     *string         `json:"type"`
		Data     json.RawMessage `json:"data"`
	} `json:"data"`
	Error *struct {
		Code    any    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func (t *Typist) receive(frame []byte) error {
	var m message
	if err := json.Unmarshal(frame, &m); err != nil {
		return fmt.Errorf("frame: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.changed.Broadcast()
	if m.Error != nil {
		t.fail("%q was answered with an error: %.500s", m.Action, frame)
		return t.err
	}
	switch m.Action {
	case "hs":
		t.handshake(m.ID)
	case "s", "f":
		t.fetching = false
		if m.Data != nil {
			t.open(m)
		}
		t.flush()
	case "op":
		t.committed(m)
	}
	return t.err
}

// handshake resends the op in flight, then subscribes from the typist's revision on.
func (t *Typist) handshake(id string) {
	t.id, t.shaken = id, true
	t.counts.Connects++
	if t.inFlight != nil {
		t.counts.Resent++
		t.transmit()
	}
	subscribe := map[string]any{"a": "s", "c": "documents", "d": t.cfg.Document}
	if t.revision >= 0 {
		subscribe["v"] = t.revision
	}
	t.send(subscribe)
}

func (t *Typist) open(m message) {
	if m.Data.Type == nil {
		t.fail("the document does not exist")
		return
	}
	doc, err := delta.Decode(m.Data.Data, delta.Limits{})
	if err != nil || !doc.IsDocument() {
		t.fail("snapshot at revision %d: %v", m.Data.Revision, err)
		return
	}
	t.doc, t.revision = doc, m.Data.Revision
}

// committed handles a committed op: the typist's own, which is thereby acknowledged, or another's.
func (t *Typist) committed(m message) {
	if m.Revision == nil || t.revision < 0 || *m.Revision < t.revision {
		return // known already
	}
	if *m.Revision > t.revision { // a gap: fetch what is missing; the answer has no gaps (P3)
		if !t.fetching {
			t.fetching = true
			t.send(map[string]any{"a": "f", "c": "documents", "d": t.cfg.Document, "v": t.revision})
		}
		return
	}
	if f := t.inFlight; f != nil && m.Src == f.src && m.Seq == f.seq {
		if t.cfg.OnAck != nil {
			t.cfg.OnAck()
		}
		if f.sent > 1 {
			t.counts.Twins++
		}
		t.acked = append(t.acked, f.tokens...)
		t.inFlight = nil
		t.revision++
		t.flush()
		return
	}
	t.remote(m)
}

func (t *Typist) remote(m message) {
	if m.Op == nil {
		t.fail("revision %d is neither an edit nor mine", *m.Revision)
		return
	}
	op, err := delta.Decode(m.Op, delta.Limits{})
	if err != nil {
		t.fail("op at revision %d: %v", *m.Revision, err)
		return
	}
	if f := t.inFlight; f != nil {
		f.op, op = delta.Transform(op, f.op, delta.CommittedFirst), delta.Transform(f.op, op, delta.OpFirst)
	}
	if len(t.waiting) > 0 {
		t.waiting, op = delta.Transform(op, t.waiting, delta.CommittedFirst), delta.Transform(t.waiting, op, delta.OpFirst)
	}
	t.doc = delta.Compose(t.doc, op)
	t.caret = moved(t.caret, op)
	t.revision++
}

// moved returns a caret after op. Text that op inserts at the caret goes after it, so the caret stays after its own text.
func moved(caret int, op delta.Delta) int {
	at := 0
	for _, c := range op {
		if at > caret {
			break
		}
		switch c.Kind() {
		case delta.KindRetain:
			at += c.Len()
		case delta.KindDelete:
			caret -= min(c.Len(), caret-at)
		default:
			if at < caret {
				caret += c.Len()
			}
			at += c.Len()
		}
	}
	return caret
}
