package collab

import (
	"maps"
	"slices"
	"strings"

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
}

// join adds a reader, and shows them everybody's presences. restored: their own are asked for too.
func (p *presence) join(x *Handle, restored bool) {
	if x.onChannel || x.left {
		return
	}
	x.onChannel = true
	x.reader.Hold(1)
	p.on = append(p.on, x)
	for _, id := range slices.Sorted(maps.Keys(p.carets)) {
		c := p.carets[id]
		if c.of == x {
			continue
		}
		if p.bringForward(c) {
			x.reader.Show(c.id, c.version, p.frame(c))
		} else {
			p.ask(c.of)
		}
	}
	if restored {
		p.ask(x)
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
	}
	if c.value == nil {
		return
	}
	if p.carets == nil {
		p.carets = map[string]*caret{}
	}
	p.carets[c.id] = c
	c.of.countCaret(1)
}

// bringForward transforms c over the ops that were committed since its version. It returns false if that is too long ago. Then c is
// not shown: its client will announce it again.
func (p *presence) bringForward(c *caret) bool {
	head := wire.Version(p.order.Head())
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
	return wire.Seal(wire.AppendPresence(wire.Begin(256), wire.PresenceFrame{
		Doc: string(p.doc), Src: c.client, ID: c.id, PV: c.pv, Value: c.value, User: c.user, Typed: c.typed, Version: c.version,
	}))
}

// show sends a presence to everybody else on the channel.
func (p *presence) show(c *caret, frame wire.Frame) {
	for _, x := range p.on {
		if x != c.of {
			x.reader.Show(c.id, c.version, frame)
		}
	}
}

// rename changes a person's name, colour and picture, and shows their presences again.
func (p *presence) rename(who Person) {
	for _, c := range p.carets {
		if c.user.ID == string(who.ID) {
			c.user.Name, c.user.Color, c.user.Picture = who.Name, who.Color, who.Picture
			if p.bringForward(c) {
				p.show(c, p.frame(c))
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
		p.set(&caret{id: c.id}, c)
		c.value, c.version = nil, wire.Version(p.order.Head())
		p.show(c, p.frame(c))
	}
}

// close ends the sessions of all who are on the channel.
func (p *presence) close(code wire.CloseCode, reason string) {
	for _, x := range p.on {
		x.reader.Close(code, reason)
	}
}
