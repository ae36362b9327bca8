package collab

import (
	"context"
	"sync/atomic"
)

// jobs runs the tasks of one document, which ask the store or take long. The message that a task returns is handled in a turn. Used by
// the turn alone.
type jobs struct {
	node    *Node
	post    func(message)
	busy    *atomic.Bool // the document's: a task posts without holding a reference
	running int
}

// run runs work in a task. work may return nil.
func (j *jobs) run(work func() message) {
	j.running++
	j.busy.Store(true)
	j.node.Task(func() {
		m := work()
		j.post(call(func(d *document) {
			j.running--
			if m != nil {
				m.handle(d)
			}
		}))
	})
}

// heavy is run for work of the node itself that takes much processor time or memory: only a few of these run at once, and those of
// persons in turn with them. If the hub is closed first there is no message.
func (j *jobs) heavy(work func() message) {
	j.run(func() (m message) {
		j.node.limited(j.node.ctx, "", func(context.Context) { m = work() })
		return m
	})
}
