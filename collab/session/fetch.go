package session

import (
	"context"

	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
)

// fetch is the request f or s, or a part of bf or bs.
type fetch struct {
	collab.Fetch
	view      *view
	raw       string
	action    wire.Action // f or s
	bulk      *bulk
	bulkIndex int
}

func newFetch(v *view, raw string, action wire.Action, version wire.Version) *fetch {
	r := &fetch{view: v, raw: raw, action: action}
	r.Fetch = collab.Fetch{
		From: collab.Revision(version), Subscribe: action == wire.ActionSubscribe, Asker: r,
		Timeline: v.session.Timeline(),
	}
	return r
}

func (s *Session) receiveFetch(ctx context.Context, raw string, action wire.Action, doc string, version wire.Version) {
	v := s.view(doc)
	if handle := v.admit(ctx, raw); handle != nil {
		handle.Fetch(&newFetch(v, raw, action, version).Fetch)
	}
}

// Fetched queues the answer.
func (r *fetch) Fetched(head storage.Revision, content *collab.Content, begins bool) {
	it := item{bulk: r.bulk, part: r.bulkIndex, from: r.From, to: head, begins: begins}
	switch {
	case content != nil:
		it.from = head
		if r.bulk != nil {
			r.bulk.parts[r.bulkIndex].content = content
		} else {
			it.content, it.action = content, r.action
		}
	case r.bulk == nil:
		it.frame = wire.Seal(wire.AppendReply(wire.Begin(len(r.view.id)+48), r.action, string(r.view.id)))
	}
	r.view.answer(it, true)
}

// Refused answers with an error.
func (r *fetch) Refused(err *wire.Error) {
	s := r.view.session
	s.mu.Lock()
	placed := r.bulk == nil && r.view.readable
	s.mu.Unlock()
	if placed { // clients match answers to f with requests by order
		r.view.answer(item{frame: wire.SealError(r.raw, err)}, true)
		return
	}
	r.view.Done()
	if r.bulk != nil {
		r.bulk.refused(r.bulkIndex, err)
	} else {
		s.replyError(r.raw, err)
	}
}

func (s *Session) receiveUnsubscribe(m *wire.Unsubscribe) {
	v := s.view(m.Doc)
	frame := wire.Seal(wire.AppendReply(wire.Begin(len(m.Doc)+48), wire.ActionUnsubscribe, m.Doc))
	if handle := v.enter(); handle != nil {
		handle.Unsubscribe(frame)
	} else {
		s.reply(frame)
	}
}
