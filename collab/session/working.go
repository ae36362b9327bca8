package session

import "context"

// work is the context of what a session's requests have the server do.
type work struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// working returns a context that ends when nobody waits for answers any more. It is made with the first request that needs it, because
// most sessions send none. mu is held.
func (s *Session) working() context.Context {
	if s.work == nil {
		s.work = &work{}
		s.work.ctx, s.work.cancel = context.WithCancel(s.node.Context())
	}
	if s.left || s.closed {
		s.work.cancel()
	}
	return s.work.ctx
}

// endWork ends what is done for the session's requests. mu is held.
func (s *Session) endWork() {
	if s.work != nil {
		s.work.cancel()
	}
}
