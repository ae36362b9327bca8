package collab_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/storagetest"
)

func TestW2CatchingUpGivesOwnOpsTooThenTheReplyThenLive(t *testing.T) {
	for _, limits := range []collab.Limits{{}, {FeedBytes: 1, RecentOps: 1, PageBytes: 60}} {
		bubble(t, "ab", func(h *house, ann, bob *peer) {
			ann.op(doc, 1, `[{"insert":"1"}]`)
			bob.op(doc, 2, `[{"insert":"2"}]`)
			ann.op(doc, 3, `[{"insert":"3"}]`)
			ann.session.Leave()
			again := h.connect("ann", ann.id)
			again.send(`{"a":"s","c":"documents","d":"d1","v":1}`)
			bob.op(doc, 4, `[{"insert":"4"}]`)
			again.expect("op 1", "op 2", "op 3", "s", "doc owner", "op 4")
			again.send(`{"a":"f","c":"documents","d":"d1","v":3}`)
			again.expect("op 3", "op 4", "f")
			again.send(`{"a":"u","c":"documents","d":"d1"}`)
			again.expect("u")
			bob.op(doc, 5, `[{"insert":"5"}]`)
			again.expect()
			again.send(`{"a":"op","c":"documents","d":"d1","v":5,"seq":9,"x":{},"op":[]}`)
			again.expect("op 5", "ack 6")
		}, withLimits(limits))
	}
}

func TestW2AReaderThatStopsCostsACursorOnly(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for v := 1; v <= 3000; v++ {
			ann.op(doc, v, `[{"insert":"a"}]`)
			if v%500 == 0 {
				ann.pull()
			}
		}
		if bob.wakes == 0 || bob.wakes > 3 || bob.closed() != 0 {
			t.Errorf("bob was woken %d times and closed with %d; want one wake until it reads, and no close", bob.wakes, bob.closed())
		}
		frames := bob.pull()
		for i, f := range frames {
			if f.brief() != fmt.Sprintf("op %d", i+1) {
				t.Fatalf("frame %d is %s", i, f)
			}
		}
		if len(frames) != 3000 {
			t.Errorf("%d frames, want 3,000", len(frames))
		}
	}, withLimits(collab.Limits{FeedBytes: 4 << 10, ReplyBytes: 1000}))
}

func TestW2AnswersThatNobodyReadsEndTheSession(t *testing.T) {
	bubble(t, strings.Repeat("long ", 1000), func(h *house, ann, bob *peer) {
		for range 4 { // one frame of any size fits, and a snapshot is made when its turn comes
			ann.send(`{"a":"f","c":"documents","d":"d1"}`)
		}
		ann.expect("f@1", "f@1", "f@1", "f@1")
		for range 200 {
			ann.send(`{"a":"pp"}`)
		}
		if ann.closed() != wire.CloseSlow {
			t.Errorf("closed with %d, want %d", ann.closed(), wire.CloseSlow)
		}
		bob.op(doc, 1, `[{"insert":"x"}]`)
		bob.expect("ack 1")
	}, withLimits(collab.Limits{ReplyBytes: 1000}))
}

func TestW2PullNowNeitherReadsTheLogNorEncodes(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for v := 1; v <= 300; v++ {
			ann.op(doc, v, `[{"insert":"a"}]`)
		}
		ann.pull()
		var calls int
		h.store.SetPlan(func(storagetest.Call) storagetest.Fault {
			calls++
			return storagetest.None
		})
		if got, more := bob.session.PullNow(nil, 1<<20); len(got) != 0 || !more || calls != 0 {
			t.Errorf("behind the feed: %d frames, more %v, %d calls of the store; want none, true, none", len(got), more, calls)
		}
		if got := bob.pull(); len(got) != 300 || calls == 0 {
			t.Fatalf("Pull gave %d frames with %d calls of the store, want 300 and some", len(got), calls)
		}
		bob.send(`{"a":"f","c":"documents","d":"d1"}`)
		synctest.Wait()
		if got, more := bob.session.PullNow(nil, 1<<20); len(got) != 0 || !more {
			t.Errorf("before a snapshot: %d frames, more %v; want none, true", len(got), more)
		}
		bob.expect("f@301")
		ann.op(doc, 301, `[{"insert":"1"}]`)
		ann.op(doc, 302, `[{"insert":"2"}]`)
		synctest.Wait()
		if got, more := bob.session.PullNow(nil, 1); len(got) != 1 || !more {
			t.Errorf("with a budget for one: %d frames, more %v; want 1, true", len(got), more)
		}
		if got, more := bob.session.PullNow(nil, 1<<20); len(got) != 1 || more {
			t.Errorf("the rest: %d frames, more %v; want 1, false", len(got), more)
		}
	}, withLimits(collab.Limits{FeedBytes: 4 << 10}))
}

func TestW2PullKeepsToItsRoom(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for v := 1; v <= 50; v++ {
			ann.op(doc, v, `[{"insert":"a"}]`)
		}
		if got := bob.session.Pull(nil, 1); len(got) != 1 {
			t.Errorf("Pull of 1 byte gave %d frames, want 1", len(got))
		}
		size := 0
		for _, f := range bob.session.Pull(nil, 1000) {
			size += f.Len()
		}
		if size < 800 || size > 1300 {
			t.Errorf("Pull of 1,000 bytes gave %d", size)
		}
	})
}

func TestW2TheAuthorIsWokenFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.create(doc, "ab")
		var order []string
		var peers []*ordered
		for _, user := range []string{"vic", "bob", "ann"} {
			p := &ordered{name: user, order: &order}
			p.session = session.Join(h.hub, p, identity(user))
			t.Cleanup(p.session.Leave)
			p.session.Receive(t.Context(), []byte(`{"a":"s","c":"documents","d":"d1"}`))
			synctest.Wait()
			peers = append(peers, p)
		}
		for _, p := range peers {
			for len(p.session.Pull(nil, 1<<20)) > 0 {
			}
		}
		order = nil
		peers[2].session.Receive(t.Context(), []byte(`{"a":"op","c":"documents","d":"d1","v":1,"seq":1,"op":[{"insert":"x"}]}`))
		synctest.Wait()
		if !slices.Equal(order, []string{"ann", "vic", "bob"}) {
			t.Errorf("woken: %v, want the author first, and each once", order)
		}
	})
}

type ordered struct {
	name    string
	order   *[]string
	session *session.Session
}

func (o *ordered) Flush()                       { o.Wake() }
func (o *ordered) Wake()                        { *o.order = append(*o.order, o.name) }
func (o *ordered) Close(wire.CloseCode, string) {}

func TestBulkSubscribesAnswerLastAndRefuseOneByOne(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.create("d2", "second")
		ann.op(doc, 1, `[{"insert":"A"}]`)
		bob.send(`{"a":"u","c":"documents","d":"d1"}`)
		bob.pull()
		bob.send(`{"a":"bs","c":"documents","b":{"d1":1,"none":4,"d2":0}}`)
		frames := bob.pull()
		var d2 []string
		last := map[string]int{}
		for i, f := range frames {
			last[f.brief()] = i
			if f["d"] == "d2" && f["a"] == "op" {
				d2 = append(d2, f.brief())
			}
		}
		if _, refused := last["s!ERR_FORBIDDEN"]; !refused || last["bs"] < last["op 1"] || last["bs"] < last["op 0"] || len(d2) != 1 {
			t.Errorf("got %v, want the ops of both, the refusal of one, then bs", brief(frames))
		}
		if b := frames[last["bs"]]["b"]; fmt.Sprint(b) != "map[d1:1 d2:0]" {
			t.Errorf("bs of %v, want those that went well", b)
		}
		ann.op(doc, 2, `[{"insert":"A"}]`)
		bob.expect("op 2")

		vic := h.connect("vic", "")
		vic.send(`{"a":"bf","c":"documents","b":["d1","none"]}`)
		frames = vic.expect("bf")
		data := frames[0]["data"].(map[string]any)
		if data["d1"].(map[string]any)["v"] != 3.0 || data["none"].(map[string]any)["error"] == nil {
			t.Errorf("bf = %v, want the snapshot at 3 and a refusal", frames[0])
		}
		vic.send(`{"a":"bs","c":"documents","b":["none"]}`)
		vic.expect("bs")
		vic.send(`{"a":"bu","c":"documents","b":["d1","d2"]}`)
		vic.expect("bu")
	})
}

func TestBulkOfLargeDocumentsComesOneByOne(t *testing.T) {
	bubble(t, strings.Repeat("long ", 40_000), func(h *house, ann, bob *peer) {
		h.create("d2", strings.Repeat("long ", 40_000))
		bob.send(`{"a":"bs","c":"documents","b":["d1","d2"]}`)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		ann.op("d2", 1, `[{"insert":"A"}]`)
		got := brief(bob.pull())
		slices.Sort(got)
		want := []string{"doc editor", "doc editor", "op 1", "op 1", "s@1", "s@1"}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestW2ReadersOfALargeSnapshotShareIt(t *testing.T) {
	bubble(t, strings.Repeat("long ", 40_000), func(h *house, ann, bob *peer) {
		var frames []wire.Frame // all of revision 1, which ann and bob have read
		for i := range 20 {
			p := h.connect("vic", "")
			ann.op(doc, 1+i, `[{"insert":"A"}]`)
			p.session.Receive(h.Context(), []byte(`{"a":"s","c":"documents","d":"d1"}`))
			synctest.Wait()
			f := p.session.Pull(nil, 1)
			frames = append(frames, f[0]) // and never read on
			rest := p.pull()
			if want := 2 + i; len(rest) != want { // the ops since the shared one, and the notice
				t.Errorf("reader %d got %d frames behind the snapshot, want %d", i, len(rest), want)
			}
		}
		for _, f := range frames[1:] {
			if &f.JSON()[0] != &frames[0].JSON()[0] {
				t.Fatal("an encoding of its own for each reader")
			}
		}
	}, withLimits(collab.Limits{SnapshotReads: 300_000}))
}

func TestW4WhoSendsTooFastIsReadMoreSlowly(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		begun := time.Now()
		for range 400 {
			ann.send(`{"a":"pp"}`)
			ann.pull()
		}
		if took := time.Since(begun); took < 2500*time.Millisecond || took > 4*time.Second {
			t.Errorf("400 frames at 100 a second, 100 of them in advance, took %v; want 3 s", took)
		}
		if ann.closed() != 0 {
			t.Errorf("closed with %d", ann.closed())
		}
	}, withLimits(collab.Limits{FramesPerSec: 100}))
}

func TestW4WhoAsksWithoutWaitingIsHeldUp(t *testing.T) {
	for _, l := range []collab.Limits{{Outstanding: 4}, {OutstandingBytes: 300}} {
		heldUp(t, l)
	}
}

func heldUp(t *testing.T, l collab.Limits) {
	t.Helper()
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		done := make(chan struct{})
		go func() {
			for i := range 10 {
				ann.session.Receive(h.Context(), fmt.Appendf(nil, `{"a":"op","c":"documents","d":"d1","v":1,"seq":%d,"op":[]}`, i+1))
			}
			close(done)
		}()
		synctest.Wait()
		select {
		case <-done:
			t.Error("ten ops were read although four may be open")
		default:
		}
		h.store.Release()
		<-done
		h.wantText("ab")
	}, withLimits(l))
}

func TestW3WhatIsNoMessageEndsTheSession(t *testing.T) {
	for _, text := range []string{`5`, `[]`, `null`, `{"a":`, "\xff", ``} {
		bubble(t, "ab", func(h *house, ann, bob *peer) {
			ann.send("%s", text)
			if ann.closed() != wire.CloseProtocolError {
				t.Errorf("%q: closed with %d, want %d", text, ann.closed(), wire.CloseProtocolError)
			}
		})
	}
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		ann.send(`{"a":"what"}`)
		ann.expect("what!ERR_MESSAGE_BADLY_FORMED")
		ann.session.ReceiveOversized([]byte(`{"a":"op","c":"documents","d":"d1","v":1,"seq":3,"op":[{"insert":"`), 5<<20)
		ann.expect("op!ERR_FRAME_TOO_LARGE")
		ann.send("%s", `{"a":"op","c":"documents","d":"d1","v":1,"seq":4,"op":[`+strings.Repeat("[", 10_000))
		if len(ann.pull()) == 0 && ann.closed() == 0 {
			t.Error("JSON 10,000 deep was neither answered nor closed")
		}
	})
}

func TestW8HistoryIsForEditors(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		ann.op(doc, 1, `[{"insert":"1"}]`)
		ann.op(doc, 2, `[{"insert":"2"}]`)
		ann.pull()
		h.grant(doc, "late", 1) // a viewer from revision 3 on
		late := h.connect("late", "")
		late.send(`{"a":"s","c":"documents","d":"d1","v":2}`)
		late.expect("s!ERR_FORBIDDEN")
		late.send(`{"a":"bs","c":"documents","b":{"d1":0}}`)
		late.expect("s!ERR_FORBIDDEN")
		late.send(`{"a":"nf","id":1,"c":"documents","d":"d1","v":1}`)
		late.expect("nf!ERR_FORBIDDEN")
		late.send(`{"a":"s","c":"documents","d":"d1","v":3}`)
		late.expect("s", "doc viewer")
		bob.pull()
		bob.send(`{"a":"f","c":"documents","d":"d1","v":0}`)
		bob.expect("op 0", "op 1", "op 2", "f")
		bob.send(`{"a":"nf","id":7,"c":"documents","d":"d1","v":2}`)
		past := bob.expect("nf")[0]
		text, _ := json.Marshal(past["data"])
		if past["id"] != 7.0 || past["v"] != 2.0 || string(text) != `{"ops":[{"insert":"1ab"}]}` {
			t.Errorf("nf = %v", past)
		}
		bob.send(`{"a":"nf","id":8,"c":"documents","d":"d1","v":9}`)
		bob.expect("nf!ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT")
	})
}

func TestFetchByTimeTakesTheLastRevisionUpToIt(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		var when []int64
		for v := 1; v < 6; v++ {
			time.Sleep(time.Minute)
			ann.op(doc, v, `[{"insert":"x"}]`)
			when = append(when, time.Now().UnixMilli())
		}
		ann.pull()
		for i, ts := range when {
			for _, c := range []struct {
				ts   int64
				want int
			}{{ts, i + 2}, {ts - 1, i + 1}} {
				ann.send(`{"a":"nt","id":1,"c":"documents","d":"d1","ts":%d}`, c.ts)
				if got := ann.expect("nt")[0]; got["v"] != float64(c.want) {
					t.Errorf("at %d: %v, want version %d", c.ts, got, c.want)
				}
			}
		}
		ann.send(`{"a":"nt","id":1,"c":"documents","d":"d1","ts":null}`)
		if got := ann.expect("nt")[0]; got["v"] != 6.0 {
			t.Errorf("now: %v", got)
		}
	})
}

func TestDeletionAndCreationAnew(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		create := `{"a":"op","c":"documents","d":"d1","v":%d,"seq":%d,"create":{"type":"rich-text","data":[{"insert":"new"}]}}`
		bob.send(`{"a":"op","c":"documents","d":"d1","v":1,"seq":1,"del":true}`)
		bob.expect("op!ERR_FORBIDDEN")
		ann.send(create, 1, 1)
		ann.expect("op!ERR_DOC_ALREADY_CREATED")
		ann.send(`{"a":"op","c":"documents","d":"d1","v":1,"seq":2,"del":true}`)
		ann.expect("ack 1")
		bob.op(doc, 1, `[{"insert":"x"}]`)
		bob.expect("op!ERR_DOC_WAS_DELETED", "op 1")
		bob.op(doc, 2, `[{"insert":"x"}]`)
		bob.expect("op!ERR_DOC_DOES_NOT_EXIST")
		bob.send(create, 2, 9)
		bob.expect("op!ERR_FORBIDDEN")
		ann.send(`{"a":"op","c":"documents","d":"d1","v":1,"seq":3,"del":true}`)
		ann.expect("ack 2")
		bob.send(`{"a":"f","c":"documents","d":"d1"}`)
		if f := bob.expect("f@3", "op 2"); fmt.Sprint(f[0]["data"]) != "map[type:<nil> v:3]" {
			t.Errorf("snapshot of a deleted document: %v", f[0])
		}
		ann.send(create, 3, 4)
		ann.expect("ack 3")
		ann.send(strings.Replace(create, `"v":%d`, `"v":null`, 1), 4) // the same, sent again without a version
		ann.expect("ack 3")
		h.wantText("new")
		h.wantLog(4)
	})
}

func TestSnapshotsOfNothingAreOfTypeNull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		if err := h.memory.CreateDocument(t.Context(), storage.Document{ID: "empty", Owner: "ann"}, nil); err != nil {
			t.Fatal(err)
		}
		ann := h.connect("ann", "")
		ann.send(`{"a":"s","c":"documents","d":"empty"}`)
		if got := ann.expect("s@0", "doc owner"); fmt.Sprint(got[0]["data"]) != "map[type:<nil> v:0]" {
			t.Errorf("snapshot = %v", got[0])
		}
		ann.send(`{"a":"op","c":"documents","d":"empty","v":0,"seq":1,"create":{"type":"http://sharejs.org/types/rich-text/v1"}}`)
		ann.expect("ack 0")
	})
}
