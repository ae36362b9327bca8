package order_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// model is the simplest form of a document's order: a list of ops, and the content after each.
type model struct {
	log      []order.Entry
	contents []delta.Delta // by revision
}

func (m *model) head() storage.Revision { return storage.Revision(len(m.log)) }

// expected returns an op made for revision from as it must be in the log at revision to.
func (m *model) expected(op delta.Delta, from, to storage.Revision) delta.Delta {
	for _, e := range m.log[from:to] {
		op = delta.TransformInto(nil, e.Body.Delta, op, delta.CommittedFirst)
	}
	return op
}

// commit applies an op to the content and appends it to the log.
func (m *model) commit(t *testing.T, e order.Entry) {
	t.Helper()
	var document *delta.Document
	if len(m.log) > 0 {
		document, _ = delta.NewDocument(m.contents[m.head()])
	}
	after, err := e.Apply(document)
	if err != nil {
		t.Fatalf("revision %d can't be applied: %v", m.head(), err)
	}
	m.log = append(m.log, e)
	m.contents = append(m.contents, after.Freeze().Delta())
}

// run drives a Sequencer and the model with the same ops.
type run struct {
	*testing.T
	*rand.Rand
	q     order.Sequencer
	model model
	sent  []order.Request // all requests, to be sent again
	seqs  map[string]int64
	tally map[order.Ruling]int
	clock time.Time
}

func newRun(t *testing.T, seed uint64, limits order.Limits) *run {
	r := &run{
		T: t, Rand: rand.New(rand.NewPCG(seed, 2)), q: order.New(&limits, true), seqs: map[string]int64{}, tally: map[order.Ruling]int{},
		clock: time.UnixMilli(1_700_000_000_000),
	}
	r.model.contents = []delta.Delta{nil}
	r.submit(r.request(wire.Body{Kind: wire.Create, Delta: delta.FromText("first\n")}, storage.Newest))
	r.commit(1)
	return r
}

func (r *run) request(body wire.Body, base storage.Revision) order.Request {
	client := string(rune('a' + r.IntN(3)))
	r.seqs[client]++
	sent := order.Request{Client: client, Seq: r.seqs[client], Author: storage.UserID("of-" + client), Base: base, Body: body}
	r.sent = append(r.sent, sent)
	return sent
}

// edit makes an op for a random revision: an insert, a deletion or both, sometimes past the end.
func (r *run) edit() order.Request {
	base := storage.Revision(1 + r.IntN(int(r.model.head())))
	length := r.model.contents[base].Len()
	at := r.IntN(length + 1)
	op := delta.Delta{}
	if at > 0 {
		op = append(op, delta.Retain(at))
	}
	if r.IntN(3) > 0 {
		op = append(op, delta.Insert(strings.Repeat("xy\n"[r.IntN(3):][:1], 1+r.IntN(3))))
	}
	if left := length - at; left > 0 && r.IntN(2) == 0 {
		op = append(op, delta.Delete(1+r.IntN(left)))
	}
	if r.IntN(40) == 0 {
		op = append(op, delta.Retain(length+1), delta.Insert("!"))
	}
	return r.request(wire.Body{Kind: wire.Edit, Delta: op}, base)
}

// submit submits a request and does what the verdicts ask for.
func (r *run) submit(sent order.Request) *order.Op {
	o := &order.Op{Request: sent, Arrived: r.clock}
	o.Sender = o
	r.judge(o)
	return o
}

func (r *run) judge(o *order.Op) {
	v := r.q.Submit(o)
	r.tally[v.Ruling]++
	switch v.Ruling {
	case order.Long:
		r.transformLong(o)
	case order.Duplicate:
		r.twin(o, v)
	case order.Attached:
		if !slices.ContainsFunc(r.q.Pending(), func(p *order.Op) bool { return slices.Contains(p.Twins, o) }) {
			r.Fatalf("%s/%d waits for its twin, but no pending op lists it", o.Client, o.Seq)
		}
	case order.Later, order.Crowded:
		r.commit(len(r.q.Pending()))
		r.judge(o)
	}
}

// transformLong transforms an op over the log in pages of two.
func (r *run) transformLong(o *order.Op) {
	long := o.LongTransform()
	for to := r.model.head(); o.At() < to; {
		page := r.model.log[o.At():min(o.At()+2, to)]
		if v, done := long.Over(page); done {
			if v.Ruling == order.Duplicate {
				r.twin(o, v)
			}
			return
		}
	}
	long.End()
	r.judge(o)
}

// twin checks that the op in the log that o is said to repeat is its twin (L3).
func (r *run) twin(o *order.Op, v order.Verdict) {
	e := r.model.log[v.At]
	if e.Client != o.Client || e.Seq != o.Seq || !e.Body.Delta.Equal(v.Twin.Delta) {
		r.Fatalf("%s/%d is called a twin of %s/%d at %d", o.Client, o.Seq, e.Client, e.Seq, v.At)
	}
}

// commit commits the first n pending ops in Sequencer and model, and compares them.
func (r *run) commit(n int) {
	done, err := r.q.Commit(n)
	if err != nil {
		r.Fatal(err)
	}
	for _, o := range done {
		r.stored(o)
	}
	r.compare()
}

func (r *run) stored(o *order.Op) {
	at := r.model.head()
	if o.Sender != nil {
		for _, e := range r.model.log {
			if e.Client == o.Client && e.Seq == o.Seq {
				r.Fatalf("%s/%d is in the log twice (L3)", o.Client, o.Seq)
			}
		}
		if o.Base != storage.Newest {
			want := r.model.expected(o.Body.Delta, o.Base, at)
			if !want.Normal().Equal(o.Placed().Delta.Normal()) {
				r.Fatalf("%s/%d is at %d as %v, want %v (E2)", o.Client, o.Seq, at, o.Placed().Delta, want)
			}
		}
	}
	r.model.commit(r.T, entryOf(o))
}

// compare compares the committed state with the model's.
func (r *run) compare() {
	if r.q.Head() != r.model.head() {
		r.Fatalf("head is %d, want %d", r.q.Head(), r.model.head())
	}
	bytes := 0
	for _, o := range r.q.Pending() {
		bytes += o.Stored().Size()
	}
	if r.q.PendingBytes() != bytes {
		r.Fatalf("PendingBytes = %d, want %d", r.q.PendingBytes(), bytes)
	}
	got, want := r.q.Content().Freeze().Delta(), r.model.contents[r.model.head()]
	if !got.Normal().Equal(want.Normal()) {
		r.Fatalf("revision %d is %v, want %v", r.q.Head(), got, want)
	}
	if !r.q.Content().EndsWithNewline() {
		r.Fatalf("revision %d does not end in a newline (E6): %v", r.q.Head(), got)
	}
}

// again submits withdrawn ops and their twins once more.
func (r *run) again(back []*order.Op) {
	for _, o := range back {
		twins := o.Twins
		o.Twins = nil
		r.judge(o)
		for _, t := range twins {
			r.judge(t)
		}
	}
}

// untied returns how many pending ops to separate from the rest, at least n: a server's newline stays with the op before it.
func (r *run) untied(n int) int {
	pending := r.q.Pending()
	for n < len(pending) && pending[n].Tied() {
		n++
	}
	return n
}

func entryOf(o *order.Op) order.Entry {
	return order.Entry{Client: o.Client, Seq: o.Seq, Author: o.Author, Body: o.Placed(), Size: o.Stored().Size()}
}

// overtaken puts into the log, behind the Sequencer's back, either another node's op or the first pending op.
func (r *run) overtaken() {
	at := r.model.head()
	entries := []order.Entry{{Client: "other", Seq: int64(at), Author: "other", Body: wire.Body{Delta: delta.Delta{delta.Insert("o")}}, Size: 1}}
	var ours *order.Op
	if pending := r.q.Pending(); len(pending) > 0 && r.IntN(2) == 0 {
		ours, entries = pending[0], nil
		for _, o := range pending[:r.untied(1)] {
			entries = append(entries, entryOf(o))
		}
	}
	found, err := r.q.Absorb(entries)
	if err != nil {
		r.Fatal(err)
	}
	if found[at] != ours || len(found) > 1 {
		r.Fatalf("Absorb of the log from %d on found %v, want %v", at, found, ours)
	}
	for _, e := range entries {
		r.model.commit(r.T, e)
	}
	r.again(r.q.WithdrawAll())
	r.compare()
}

func (r *run) step() {
	switch r.IntN(10) {
	default:
		r.submit(r.edit())
	case 5:
		r.submit(r.sent[r.IntN(len(r.sent))]) // once more
	case 6:
		if n := len(r.q.Pending()); n > 0 {
			r.commit(r.untied(1 + r.IntN(n)))
		}
	case 7:
		if n := len(r.q.Pending()); n > 0 {
			r.again(r.q.Withdraw(n - r.untied(r.IntN(n+1))))
		}
	case 8:
		r.overtaken()
	case 9:
		if len(r.q.Pending()) == 0 {
			r.q.Shrink(r.IntN(4), 1<<20)
		}
	}
}

// E2, E6, L3: however ops are submitted, sent again, withdrawn, overtaken by another node or transformed page by page, the log is
// that of the model: each op is in it once, transformed over the ops before it one by one.
func TestTheOrderIsThatOfAPlainList(t *testing.T) {
	t.Parallel()
	base := rand.Uint64()
	if s := os.Getenv("QUIRE_SEED"); s != "" {
		var err error
		if base, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	tally := map[order.Ruling]int{}
	for i := range uint64(60) {
		seed := base + i
		t.Run(fmt.Sprintf("QUIRE_SEED=%d", seed), func(t *testing.T) {
			r := newRun(t, seed, order.Limits{
				DocumentUnits: 4000, DocumentBytes: 1 << 20, PendingOps: 12, PendingBytes: 1 << 12, RecentOps: 6, RecentBytes: 1 << 20, Steps: 20,
			})
			for range 300 {
				r.step()
			}
			r.commit(len(r.q.Pending()))
			for ruling, n := range r.tally {
				tally[ruling] += n
			}
		})
	}
	for _, ruling := range []order.Ruling{order.Accepted, order.Duplicate, order.Attached, order.Refused, order.Long, order.Later, order.Crowded} {
		if tally[ruling] == 0 {
			t.Errorf("no op was ruled %d, so the run does not test it (%v)", ruling, tally)
		}
	}
}
