package collab

import (
	"maps"
	"slices"

	"quire/collab/access"
	"quire/collab/wire"
)

// Channel is a request to come onto a document's presence channel, or to leave it.
type Channel struct {
	Join     bool
	Raw      string     // the request, for an error's echo
	Answer   wire.Frame // if it goes well
	Late     bool       // a newer request was seen: answered, without effect
	Restored bool       // the client had its id before: it is asked for its own presences, because the others saw them go
}

// Channel hands c to the document.
func (x *Handle) Channel(c Channel) { x.d.post(&channelRequest{c, x}) }

type channelRequest struct {
	Channel
	of *Handle
}

func (r *channelRequest) whose() *standing { return &r.of.standing }

func (r *channelRequest) fail(*document) { unavailable(r.of.reader) }

func (r *channelRequest) handle(d *document) {
	if d.wait(r) || d.held(r) {
		return
	}
	defer r.of.reader.Done()
	if r.Join && !d.isThereFor(r.of) {
		replyError(r.of.reader, r.Raw, Forbidden())
		return
	}
	r.of.reader.Reply(r.Answer)
	switch {
	case r.Late:
	case !r.Join:
		d.leaveChannel(r.of)
	default:
		d.joinChannel(r.of, r.Restored)
	}
}

// isThereFor reports whether a reader may know of the document.
func (d *document) isThereFor(x *Handle) bool {
	return x.standing.allows(access.Read) && !d.hides(x.standing.role)
}

// joinChannel shows a newcomer everybody's presence.
func (d *document) joinChannel(x *Handle, restored bool) {
	if x.onChannel || x.left {
		return
	}
	x.onChannel = true
	x.reader.Hold(1)
	d.channel = append(d.channel, x)
	for _, id := range slices.Sorted(maps.Keys(d.carets)) {
		c := d.carets[id]
		if c.of == x {
			continue
		}
		if d.bringForward(c) {
			x.reader.Show(c.id, c.version, d.caretFrame(c))
		} else {
			d.ask(c.of)
		}
	}
	if restored {
		d.ask(x)
	}
}

func (d *document) leaveChannel(x *Handle) {
	if !x.onChannel {
		return
	}
	x.onChannel = false
	if i := slices.Index(d.channel, x); i >= 0 {
		d.channel = slices.Delete(d.channel, i, i+1)
	}
	x.reader.Hold(-1)
}

// ask asks a reader to announce its presences on the channel anew.
func (d *document) ask(x *Handle) {
	x.reader.Reply(wire.Seal(wire.AppendPresenceRequest(wire.Begin(len(d.id)+32), string(d.id))))
}

// AskAll asks everybody else on the channel to announce themselves anew. raw is the request.
func (x *Handle) AskAll(raw string) { x.d.post(&askRequest{x, raw}) }

type askRequest struct {
	of  *Handle
	raw string
}

func (r *askRequest) whose() *standing { return &r.of.standing }

func (r *askRequest) fail(*document) { unavailable(r.of.reader) }

func (r *askRequest) handle(d *document) {
	if d.wait(r) || d.held(r) {
		return
	}
	defer r.of.reader.Done()
	if !d.isThereFor(r.of) {
		replyError(r.of.reader, r.raw, Forbidden())
		return
	}
	r.of.reader.Reply(wire.Seal(wire.AppendPresenceRequest(wire.Begin(16), "")))
	for _, x := range d.channel {
		if x != r.of {
			d.ask(x)
		}
	}
}
