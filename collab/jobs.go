package collab

import "sync/atomic"

// jobs are the tasks of one document that are under way: whatever asks the store or takes long. What a task returns is handled in a
// turn. They belong to the turn.
type jobs struct {
	node    *Node
	post    func(message)
	busy    *atomic.Bool // of the document: set from here, since a task posts without holding a reference
	running int
}

// run starts work in a task. It may return nil.
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

// heavy is run for work that takes much processor time or memory: only a few run at once on a node.
func (j *jobs) heavy(work func() message) {
	j.run(func() (m message) {
		j.node.limited(func() { m = work() })
		return m
	})
}
