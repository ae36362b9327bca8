package collab

import (
	"context"
	"strings"

	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// ServerClient is the client of the server's own ops (E6). NewClientID never returns it.
const ServerClient = order.ServerClient

// Create stores a new document with its first text, in one transaction (L7). It sets the owner (Identity.Owner) and d.CreatedAt if
// they are not set. initial holds inserts only; the last newline is added if it is missing (E6). Errors: storage.ErrExists if the id
// was ever used, a *wire.Error if the text is refused, ErrDraining, the store's.
func (h *Hub) Create(ctx context.Context, who Identity, d storage.Document, initial delta.Delta) (storage.Document, error) {
	return h.CreateAs(ctx, ServerClient, who, d, initial)
}

// CreateAs is Create with a client id for the first op, so that the request's op can be found in the log.
func (h *Hub) CreateAs(ctx context.Context, client string, who Identity, d storage.Document, initial delta.Delta) (storage.Document, error) {
	if h.draining.Load() {
		return d, ErrDraining
	}
	if d.Owner == "" && d.Application == "" {
		d.Owner, d.Application = who.Owner()
	}
	if d.CreatedAt.IsZero() {
		d.CreatedAt = storage.Milli(h.node.rt.Now())
	}
	if n := len(initial); h.cfg.Formats != nil && (n == 0 || !strings.HasSuffix(initial[n-1].Text(), "\n")) {
		initial = append(initial[:n:n], delta.Insert("\n"))
	}
	body := wire.Body{Kind: wire.Create, Delta: initial}
	switch {
	case !initial.IsDocument():
		return d, wire.Errorf(wire.CodeOpNotApplied, "a document has only inserts")
	case initial.Len() > h.node.limits.DocumentUnits:
		return d, wire.Errorf(wire.CodeTooLarge, "the document would have %d units, more than %d", initial.Len(), h.node.limits.DocumentUnits)
	}
	if err := h.protocol.Objection(body); err != nil {
		return d, err
	}
	tree, err := delta.NewDocument(initial)
	if err != nil {
		return d, wire.Errorf(wire.CodeOpNotApplied, "%v", err)
	}
	d.Preview = tree.Freeze().Preview(previewLength)
	op := storage.Op{Client: client, Seq: 1, Author: who.User, At: d.CreatedAt, Body: wire.AppendBody(nil, body)}
	if err := h.node.store.CreateDocument(ctx, d, []storage.Op{op}); err != nil {
		return d, err
	}
	h.registry.tell(d.ID, call(func(d *document) {
		if d.life.state == docAbsent {
			d.reload()
		}
	}))
	return d, nil
}

// createRow stores the document that an application's token creates by its first op. Whatever the store says, the document is then
// loaded and the op judged again: it finds itself in the log, or another creation (L2, L3).
func (s *submission) createRow(d *document) {
	if s.Body.Kind != wire.Create {
		s.refuse(wire.Errorf(wire.CodeDoesNotExist, "the document does not exist"))
		return
	}
	v := d.order.Submit(&s.Op)
	if v.Ruling != order.Accepted {
		d.rule(s, v)
		return
	}
	ops := make([]storage.Op, 0, 2)
	for _, o := range d.order.Pending() {
		ops = append(ops, o.Stored())
	}
	d.order.Load(0, nil, 0, nil)
	s.Restart()
	info := storage.Document{ID: d.id, CreatedAt: s.Arrived}
	info.Owner, info.Application = s.sender.Identity().Owner()
	d.life.state = docLoading
	d.waits.first(forLoading, s)
	d.jobs.run(func() message {
		if err := d.node.store.CreateDocument(d.node.ctx, info, ops); err != nil {
			d.node.log.Warn("create failed", "doc", d.id, "err", err)
		}
		return call(func(d *document) {
			s.standing.known = s.standing.ended // the role is another once the document exists
			d.startLoading()
		})
	})
}
