package collab

import "quire/collab/wire"

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
	if !d.life.shows(&r.of.standing) {
		replyError(r.of.reader, r.raw, Forbidden())
		return
	}
	r.of.reader.Reply(wire.Seal(wire.AppendPresenceRequest(wire.Begin(16), "")))
	d.presence.askOthers(r.of)
}
