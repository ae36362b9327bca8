package collab_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"quire/collab"
	"quire/collab/wire"
	"quire/storage/storagetest"
)

// bubble runs f with a house of two subscribed people on a document.
func bubble(t *testing.T, text string, f func(h *house, ann, bob *peer), options ...option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, options...)
		h.create(doc, text)
		ann, bob := h.connect("ann", ""), h.connect("bob", "")
		ann.subscribe(doc)
		bob.subscribe(doc)
		f(h, ann, bob)
	})
}

func (h *house) wantText(want string) {
	h.Helper()
	if got := h.text(doc); got != want {
		h.Errorf("text = %q, want %q", got, want)
	}
}

func TestE2AnOpIsTransformedOverEachCommittedOpByItself(t *testing.T) {
	// Composed, ann's two ops would be [insert W, delete 2], and V would come after W.
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		ann.op(doc, 1, `[{"retain":2},{"insert":"W"}]`)
		ann.op(doc, 2, `[{"delete":2}]`)
		bob.op(doc, 1, `[{"insert":"V"}]`)
		h.wantText("VW")
	})
}

func TestE2AnOpIsTransformedAsItWasSent(t *testing.T) {
	// Brought to insert-first, bob's op would give XYb.
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		ann.op(doc, 1, `[{"retain":1},{"insert":"Y"}]`)
		bob.op(doc, 1, `[{"delete":1},{"insert":"X"}]`)
		h.wantText("YXb")
	})
}

func TestE2AnEmptyOpTakesARevision(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		ann.op(doc, 1, `[{"delete":1}]`)
		bob.op(doc, 1, `[{"delete":1}]`)
		bob.expect("op 1", "ack 2")
		ann.op(doc, 3, `[]`)
		ann.expect("ack 1", "op 2", "ack 3")
		h.wantText("b")
		if got := h.log(doc)[2:]; fmt.Sprint(got) != `["op":[] "op":[]]` {
			t.Errorf("log = %v, want two empty ops", got)
		}
	})
}

func TestE2OpsOfOneBatchAreTransformedOverEachOther(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		ann.op(doc, 1, `[{"insert":"1"}]`) // taken, and stalled
		bob.op(doc, 1, `[{"insert":"2"}]`) // these two gather meanwhile
		ann.op(doc, 1, `[{"retain":1},{"insert":"3"},{"delete":1}]`)
		h.store.Release()
		ann.expect("ack 1", "op 2", "ack 3")
		bob.expect("op 1", "ack 2", "op 3")
		h.wantText("12a3")
		if n := h.memory.Stats().Commits; n != 2 {
			t.Errorf("%d commits, want 2: what gathers rides one", n)
		}
	})
}

func TestE3AnOpPastTheEndIsRefusedAndNothingElseHappens(t *testing.T) {
	for _, op := range []string{
		`[{"delete":4}]`, `[{"retain":5},{"insert":"x"}]`, `[{"retain":4,"attributes":{"bold":true}}]`, `[{"retain":0}]`, `{}`,
		`[{"insert":null}]`, `[{"insert":""}]`, `[{"retain":{"a":1}}]`, `[{"delete":-1}]`, `[{"insert":"x","delete":1}]`,
	} {
		bubble(t, "abc", func(h *house, ann, bob *peer) {
			ann.op(doc, 1, op)
			ann.expect("op!ERR_OT_OP_NOT_APPLIED")
			bob.expect()
			ann.op(doc, 1, `[{"insert":"x"},{"retain":9}]`)
			ann.expect("ack 1")
			h.wantText("xabc")
		})
	}
}

func TestE3AFormatOutsideTheTableIsRefused(t *testing.T) {
	bubble(t, "abc\n", func(h *house, ann, bob *peer) {
		ann.op(doc, 1, `[{"insert":"x","attributes":{"blink":true}}]`)
		frames := ann.expect("op!ERR_OT_OP_NOT_APPLIED")
		if !strings.Contains(frames[0].String(), "blink") {
			t.Errorf("%v does not name the format", frames[0])
		}
		h.wantText("abc\n")
	}, withTable)
}

func TestE6TheServerEndsContentInANewline(t *testing.T) {
	for _, c := range []struct{ op, text, own string }{
		{`[{"retain":3},{"insert":"x"}]`, "ab\nx\n", `"op":[{"retain":4},{"insert":"\n"}]`},
		{`[{"delete":3}]`, "\n", `"op":[{"insert":"\n"}]`},
		{`[{"retain":1},{"delete":2}]`, "a\n", `"op":[{"retain":1},{"insert":"\n"}]`},
		{`[{"retain":2},{"insert":"\n"},{"delete":1}]`, "ab\n", ""},
		{`[{"retain":3},{"insert":{"divider":true}}]`, "ab\n\uFFFC\n", `"op":[{"retain":4},{"insert":"\n"}]`},
		{`[{"retain":3},{"insert":"x\n"},{"retain":7}]`, "ab\nx\n", ""},
		{`[{"retain":2},{"retain":1,"attributes":{"header":1}}]`, "ab\n", ""},
		{`[{"retain":1},{"insert":"\n"},{"retain":1},{"delete":1}]`, "a\nb\n", `"op":[{"retain":3},{"insert":"\n"}]`},
	} {
		bubble(t, "ab\n", func(h *house, ann, bob *peer) {
			commits := h.memory.Stats().Commits
			ann.op(doc, 1, c.op)
			h.wantText(c.text)
			want := 2
			if c.own != "" {
				want = 3
				ann.expect("ack 1", "op 2")
			}
			log := h.log(doc)
			if len(log) != want || c.own != "" && log[2] != c.own {
				t.Errorf("%s: log = %v, want the server's own op %s", c.op, log, c.own)
			}
			if n := h.memory.Stats().Commits - commits; n != 1 {
				t.Errorf("%s: %d commits, want both ops in one", c.op, n)
			}
		}, withTable)
	}
}

func TestE6TheNewlineIsJudgedBehindWhatIsPending(t *testing.T) {
	bubble(t, "ab\n", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		ann.op(doc, 1, `[{"retain":2},{"insert":"\n"}]`) // "ab\n\n", not committed
		bob.op(doc, 1, `[{"retain":2},{"delete":1}]`)    // its end goes, but "\n" stays before it
		ann.op(doc, 1, `[{"insert":"x"},{"retain":1},{"delete":1}]`)
		h.store.Release()
		bob.expect("op 1", "ack 2", "op 3")
		h.wantText("xa\n")
	}, withTable)
}

func TestE6NoNewlineWhereAnyFormatGoes(t *testing.T) {
	bubble(t, "ab\n", func(h *house, ann, bob *peer) {
		ann.op(doc, 1, `[{"delete":3}]`)
		h.wantText("")
	})
}

func TestW4DocumentAndLogAreBounded(t *testing.T) {
	for _, l := range []collab.Limits{{DocumentUnits: 6}, {DocumentBytes: 400}} {
		bubble(t, "abc", func(h *house, ann, bob *peer) {
			for v := 1; ; v++ {
				ann.op(doc, v, `[{"insert":"x"}]`)
				frames := ann.pull()
				if got := brief(frames); got[0] != fmt.Sprintf("ack %d", v) {
					if got[0] != "op!"+string(wire.CodeTooLarge) || v < 3 {
						t.Errorf("at %d: %v", v, frames)
					}
					return
				}
				if v > 50 {
					t.Fatal("no bound")
				}
			}
		}, withLimits(l))
	}
}
