package collab

import (
	"time"

	"quire/collab/wire"
)

// Channel is a request to join a document's presence channel, or to leave it.
type Channel struct {
	Join     bool
	Raw      string     // the request, which an error repeats
	Answer   wire.Frame // if it is allowed
	Late     bool       // a newer request came before: this one is answered but has no effect
	Restored bool       // the client had its id on another connection: it is asked to announce its presences again
}

// Channel posts c to the document.
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
	if r.Join && !d.life.shows(&r.of.standing) {
		replyError(r.of.reader, r.Raw, Forbidden())
		return
	}
	r.of.reader.Reply(r.Answer)
	switch {
	case r.Late:
	case !r.Join:
		d.presence.leave(r.of)
	default:
		d.presence.join(r.of, r.Restored)
	}
}

// AskAll asks everybody else on the channel to announce their presences again. raw is the request.
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
	if !d.life.shows(&r.of.standing) {
		replyError(r.of.reader, r.raw, Forbidden())
		return
	}
	r.of.reader.Reply(wire.Seal(wire.AppendPresenceRequest(wire.Begin(16), "")))
	if now := d.node.rt.Now(); now.Sub(d.presence.asked) >= askEvery {
		d.presence.asked = now
		d.presence.askOthers(r.of)
	} else { // everybody was asked just now, and what they announced is known
		d.presence.showAll(r.of)
	}
}

// askEvery is how often everybody on a channel may be asked to announce their presences again.
const askEvery = time.Second
