package collab_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
)

// announceMuch announces presences of about 4,000 bytes.
func (p *peer) announceMuch(id string) {
	p.h.Helper()
	p.send(`{"a":"p","ch":"documents.d1","id":%q,"p":{"index":1,"length":0,"note":"%s"},"pv":1,"c":"documents","d":"d1","v":1,`+
		`"t":"http://sharejs.org/types/rich-text/v1"}`, id, strings.Repeat("x", 3500))
}

// P8, W6: as many and as large presences as a viewer may announce over four sockets close nobody who joins the channel, is on it and
// reads slowly, or announces their own.
func TestP8ManyLargePresencesCloseNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{PresencePerson: 64 << 10, ReplyBytes: 128 << 10}))
		h.create(doc, "ab")
		ann, slow := h.connect("ann", ""), h.connect("bob", "")
		for _, p := range []*peer{ann, slow} {
			p.subscribe(doc)
			p.channel()
		}
		ann.announce("ann", 0, 1, 1)
		var vics []*peer
		for i := range 4 {
			vic := h.connect("vic", "")
			vics = append(vics, vic)
			vic.channel()
			for k := range 64 {
				vic.announceMuch(fmt.Sprintf("v%d-%d", i, k))
				vic.pull()
			}
		}
		joins := h.connect("ann", "")
		joins.subscribe(doc)
		joins.send(`{"a":"ps","ch":"documents.d1","seq":1}`)
		got := joins.raw()
		size, own := 0, 0
		for _, f := range got {
			size += len(f)
			if strings.Contains(f, `"id":"ann"`) {
				own++
			}
		}
		if own != 1 || size < 32<<10 || size > 80<<10 {
			t.Errorf("who joins got %d frames of %d bytes, %d of ann's; want vic's newest within 64 KiB, and ann's", len(got), size, own)
		}
		if last := got[len(got)-1]; !strings.Contains(strings.Join(got, ""), `"id":"v3-63"`) {
			t.Errorf("the newest is not among them; the last is %.80s", last)
		}
		for _, p := range append(vics, ann, slow, joins) {
			if code := p.closed(); code != 0 {
				t.Errorf("%s is closed with %d", p.user, code)
			}
		}
		if _, queued, _ := slow.session.Load(); queued > 100<<10 {
			t.Errorf("%d bytes wait for who does not read", queued)
		}
		for _, p := range append(vics, ann, slow, joins) {
			p.session.Leave()
		}
		h.idle()
	})
}

// Presences that come and go do not fill the queue of who reads slowly, and in the end it shows what there is.
func TestP8PresencesThatComeAndGoFillNoQueue(t *testing.T) {
	carets(t, func(h *house, ann, bob *peer) {
		ann.announce("stays", 0, 1, 3)
		bob.expect("p stays at 3 v1")
		for i := range 500 {
			ann.announce(fmt.Sprint("c", i), 0, 1, 2)
			ann.send(`{"a":"p","ch":"documents.d1","id":"c%d","p":null,"pv":1,"c":"documents","d":"d1","v":1,"t":"http://sharejs.org/types/rich-text/v1"}`, i)
			ann.pull()
		}
		if _, queued, _ := bob.session.Load(); queued > 1000 {
			t.Errorf("%d bytes wait for presences that are gone", queued)
		}
		ann.session.Leave()
		bob.expect("p stays gone v1")
	})
}

// When a channel is full, the oldest of who has the most makes room, and not that of others.
func TestP8AFullChannelTakesFromWhoHasTheMost(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		ann.channel()
		bob.channel()
		for i := range 8 {
			ann.announceMuch(fmt.Sprint("a", i))
		}
		bob.pull()
		for i := range 4 {
			bob.announceMuch(fmt.Sprint("b", i))
		}
		vic := h.connect("vic", "")
		vic.send(`{"a":"ps","ch":"documents.d1","seq":1}`)
		var shown []string
		for _, f := range vic.pull()[1:] {
			shown = append(shown, fmt.Sprint(f["id"]))
		}
		if got := strings.Join(shown, " "); got != "a3 a4 a5 a6 a7 b0 b1 b2 b3" {
			t.Errorf("there are %s; want all of bob's, and ann's newest", got)
		}
	}, withLimits(collab.Limits{PresenceBytes: 34 << 10}))
}

// W4: presences, and requests to announce them again, are read more slowly when they come too fast; one such request a second reaches
// the others.
func TestW4PresencesAreReadMoreSlowly(t *testing.T) {
	carets(t, func(h *house, ann, bob *peer) {
		ann.announce("a", 0, 1, 3)
		bob.pull()
		begun := time.Now()
		for range 300 {
			bob.send(`{"a":"pr","ch":"documents.d1"}`)
			for _, f := range brief(bob.pull()) {
				if f != "pr" && f != "p a at 3 v1" {
					t.Errorf("got %s", f)
				}
			}
		}
		took := time.Since(begun)
		if took < 1500*time.Millisecond || took > 4*time.Second {
			t.Errorf("300 requests at 100 a second, 100 of them in advance, took %v; want 2 s", took)
		}
		if asked := len(ann.pull()); asked < 2 || asked > 5 {
			t.Errorf("ann was asked %d times in %v, want once a second", asked-1, took)
		}
	})
}
