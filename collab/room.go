package collab

import (
	"context"
	"time"
)

// room is what a document knows of the space its owner has left (QUOTA_USER). Asking adds up all of the owner's documents,
// so it is asked a moment after the document was loaded, or when something is first written, and then each time its log has
// grown by step, which is the smaller the less is left: what is written beyond the bound is at most the least step and a batch
// for each open document of one owner.
type room struct {
	asking  bool
	granted int64 // of the log when it was asked
	step    int64
}

const (
	leastStep = 64 << 10
	mostStep  = 4 << 20
	stepShare = 16 // of what is left
	roomAgain = 5 * time.Second
)

// RoomShare returns how many bytes a document may write before it asks again, when its owner has left bytes of space; it may
// ask sooner. Who answers takes as much off what it tells the next document (server/quota).
func RoomShare(left int64) int64 { return max(leastStep, left/stepShare) }

// askRoomSoon leaves it to the next sweep: whoever opens a document waits for the database, and should for nothing else.
func (d *document) askRoomSoon() {
	if d.hub.cfg.Room != nil {
		d.status.quotaDue.Store(d.node.rt.Now().UnixNano())
	}
}

// askRoomIfDue asks at the first write, and again after enough was written.
func (d *document) askRoomIfDue() {
	if d.hub.cfg.Room != nil && d.order.LogBytes()-d.room.granted >= d.room.step {
		d.askRoom()
	}
}

// askRoom finds out in a task whether the owner's space is used up. While it is, and after a failure, it is asked again
// every few seconds; meanwhile the last answer holds.
func (d *document) askRoom() {
	if d.hub.cfg.Room == nil || d.room.asking || d.state != docLive {
		d.status.quotaDue.Store(0)
		return
	}
	d.room.asking = true
	d.job(func() message {
		ctx, cancel := context.WithTimeout(d.node.ctx, d.node.limits.StoreWait)
		defer cancel()
		left, err := d.hub.cfg.Room(ctx, d.id)
		return call(func(d *document) { d.roomTold(left, err) })
	})
}

func (d *document) roomTold(left int64, err error) {
	d.room.asking = false
	d.room.granted = d.order.LogBytes()
	due := int64(0)
	if err != nil {
		d.node.log.Warn("the owner's space is not known", "doc", d.id, "err", err)
		d.room.step = leastStep
	} else {
		d.order.Full = left <= 0
		d.room.step = min(mostStep, RoomShare(left))
	}
	if d.order.Full || err != nil {
		due = d.node.rt.Now().Add(roomAgain).UnixNano()
	}
	d.status.quotaDue.Store(due)
}
