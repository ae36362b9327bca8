package collab

import (
	"context"
	"time"

	"quire/storage"
)

// quota is what a document knows of the bytes that its owner may still write (QUOTA_USER). Asking is expensive: it adds up all of the
// owner's documents. So it is asked soon after loading, or at the first write, and then each time the log has grown by step, which is
// smaller the less is left. So at most the least step and a batch are written beyond the bound, for each open document of an owner.
type quota struct {
	left    func(context.Context, storage.DocumentID) (int64, error) // asks for it; nil: there is no bound
	asking  bool
	askedAt int64 // bytes of the log when it was last asked
	step    int64
}

const (
	leastStep     = 64 << 10
	mostStep      = 4 << 20
	stepShare     = 16 // of what is left
	askQuotaAgain = 5 * time.Second
)

// QuotaShare returns how many bytes a document may write before it asks again, when its owner has left bytes of quota. It may ask
// sooner. Whoever answers takes as much off what it tells the next document (server/quota).
func QuotaShare(left int64) int64 { return max(leastStep, left/stepShare) }

// reached reports whether the log has grown enough to ask again.
func (q *quota) reached(logBytes int64) bool { return q.left != nil && logBytes-q.askedAt >= q.step }

// answered notes an answer, at that size of the log.
func (q *quota) answered(left, logBytes int64, err error) {
	q.asking, q.askedAt, q.step = false, logBytes, leastStep
	if err == nil {
		q.step = min(mostStep, QuotaShare(left))
	}
}

// askQuota asks in a task whether the owner's quota is used up. If it is, and after a failure, it is asked again every few seconds.
// Until then the last answer holds.
func (d *document) askQuota() {
	if d.quota.left == nil || d.quota.asking || !d.life.live() {
		d.status.quotaDue.Store(0)
		return
	}
	d.quota.asking = true
	d.jobs.run(func() message {
		ctx, cancel := d.node.timeout(d.node.ctx)
		defer cancel()
		left, err := d.quota.left(ctx, d.id)
		return call(func(d *document) {
			d.quota.answered(left, d.order.LogBytes(), err)
			if err != nil {
				d.node.log.Warn("the owner's space is not known", "doc", d.id, "err", err)
			} else {
				d.order.Full = left <= 0
			}
			due := int64(0)
			if d.order.Full || err != nil {
				due = d.node.rt.Now().Add(askQuotaAgain).UnixNano()
			}
			d.status.quotaDue.Store(due)
		})
	})
}
