package collab

import (
	"context"
	"sync/atomic"

	"quire/storage"
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

// heavy is run for work that takes much processor time or memory: a node runs only a few of these at once, of all persons in
// turn. If the hub is closed first there is no message.
func (j *jobs) heavy(person storage.UserID, work func() message) {
	j.run(func() (m message) {
		j.node.limited(j.node.ctx, person, func(context.Context) { m = work() })
		return m
	})
}
