package collab

import (
	"maps"
	"slices"
	"strings"
	"time"

	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// presence is a document's presence channel: its readers, and what was announced there (W6). Used by the turn alone.
type presence struct {
	doc    storage.DocumentID
	order  *order.Sequencer // the document's; carets are transformed over its ops
	on     []*Handle
	carets map[string]*caret // by id
	room   presenceRoom
	next   uint64    // the number of the next announcement
	asked  time.Time // when all were last asked to announce theirs again
}

// caret is the newest announcement of a presence id.
type caret struct {
	of      *Handle
	client  string
	id      string
	pv      wire.Version
	value   *wire.PresenceValue
	typed   bool
	version wire.Version // the revision that its position is for
	user    wire.Person
	number  uint64     // in the order of announcements
	size    int        // bytes of its frame, when it was announced
	encoded wire.Frame // as of version; shared by those it is shown to
}

// join adds a reader, and shows them everybody's presences. restored: their own are asked for too.
func (p *presence) join(x *Handle, restored bool) {
	if x.onChannel || x.left {
		return
	}
	x.onChannel = true
	x.reader.Hold(1)
	p.on = append(p.on, x)
	p.showAll(x)
	if restored {
		p.ask(x)
	}
}

// showAll shows a reader everybody else's presences. What can't be brought to the head's revision is asked for.
func (p *presence) showAll(x *Handle) {
	for _, id := range slices.Sorted(maps.Keys(p.carets)) {
		c := p.carets[id]
		if c.of == x {
			continue
		}
		if p.bringForward(c) {
			x.reader.Show(Shown{c.id, c.version, p.frame(c), true, false})
		} else {
			p.ask(c.of)
		}
	}
}

func (p *presence) leave(x *Handle) {
	if !x.onChannel {
		return
	}
	x.onChannel = false
	if i := slices.Index(p.on, x); i >= 0 {
		p.on = slices.Delete(p.on, i, i+1)
	}
	x.reader.Hold(-1)
}

// ask asks a reader to announce its presences again.
func (p *presence) ask(x *Handle) {
	x.reader.Reply(wire.Seal(wire.AppendPresenceRequest(wire.Begin(len(p.doc)+32), string(p.doc))))
}

// askOthers asks everybody else on the channel.
func (p *presence) askOthers(than *Handle) {
	for _, x := range p.on {
		if x != than {
			p.ask(x)
		}
	}
}

// set replaces known, the newest announcement of an id so far, by c. Only c's session counts the id from then on.
func (p *presence) set(c, known *caret) {
	if known != nil {
		known.of.countCaret(-1)
		delete(p.carets, c.id)
		p.room.add(known, -known.size)
	}
	if c.value == nil {
		return
	}
	if p.carets == nil {
		p.carets = map[string]*caret{}
	}
	p.carets[c.id] = c
	p.room.add(c, c.size)
	c.of.countCaret(1)
}

// bringForward transforms c over the ops that were committed since its version. It returns false if that is too long ago. Then c is
// not shown: its client will announce it again.
func (p *presence) bringForward(c *caret) bool {
	head := wire.Version(p.order.Head())
	if c.version != head {
		c.encoded = wire.Frame{}
	}
	if !c.typed || c.version == wire.NoVersion || c.version == head || c.value == nil {
		c.version = head
		return true
	}
	ops, ok := p.order.Since(Revision(c.version))
	if !ok {
		return false
	}
	for _, e := range ops {
		switch {
		case e.Body.Kind != wire.Edit:
			c.value = nil
		case c.value != nil && c.value.Index >= 0:
			side := delta.Stays
			if e.Client == c.client {
				side = delta.Pushed
			}
			index, length := delta.TransformRange(int(c.value.Index), int(c.value.Length), e.Body.Delta, side)
			c.value = c.value.Caret(int64(index), int64(length))
		}
	}
	c.version = head
	return true
}

func (p *presence) frame(c *caret) wire.Frame {
	if c.encoded.Len() > 0 {
		return c.encoded
	}
	c.encoded = wire.Seal(wire.AppendPresence(wire.Begin(256), wire.PresenceFrame{
		Doc: string(p.doc), Src: c.client, ID: c.id, PV: c.pv, Value: c.value, User: c.user, Typed: c.typed, Version: c.version,
	}))
	return c.encoded
}

// show sends a presence to everybody else on the channel. first: they do not know its id.
func (p *presence) show(c *caret, frame wire.Frame, first bool) {
	for _, x := range p.on {
		if x != c.of {
			x.reader.Show(Shown{c.id, c.version, frame, first, c.value == nil})
		}
	}
}

// rename changes a person's name, colour and picture, and shows their presences again.
func (p *presence) rename(who Person) {
	for _, c := range p.carets {
		if c.user.ID == string(who.ID) {
			c.user.Name, c.user.Color, c.user.Picture = who.Name, who.Color, who.Picture
			c.encoded = wire.Frame{}
			if p.bringForward(c) {
				p.show(c, p.frame(c), false)
			}
		}
	}
}

// dropOf announces that all presences of a reader are gone. The announcement carries the head's revision: without one, receivers would
// keep them for ever (W6).
func (p *presence) dropOf(x *Handle) {
	if x.carets == 0 {
		return
	}
	var gone []*caret
	for _, c := range p.carets {
		if c.of == x {
			gone = append(gone, c)
		}
	}
	slices.SortFunc(gone, func(a, b *caret) int { return strings.Compare(a.id, b.id) })
	for _, c := range gone {
		p.drop(c)
	}
}

// drop announces that a presence is gone.
func (p *presence) drop(c *caret) {
	p.set(&caret{id: c.id}, c)
	c.value, c.version, c.encoded = nil, wire.Version(p.order.Head()), wire.Frame{}
	p.show(c, p.frame(c), false)
}

// close ends the sessions of all who are on the channel.
func (p *presence) close(code wire.CloseCode, reason string) {
	for _, x := range p.on {
		x.reader.Close(code, reason)
	}
}
