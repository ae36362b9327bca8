package order_test

import (
	"testing"

	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

var roomy = order.Limits{
	DocumentUnits: 1 << 20, DocumentBytes: 1 << 20, PendingOps: 100, PendingBytes: 1 << 20, RecentOps: 100, RecentBytes: 1 << 20, Steps: 1 << 20,
}

// document returns a Sequencer at revision 1, with text committed.
func document(t *testing.T, text string) order.Sequencer {
	t.Helper()
	q := order.New(&roomy, true)
	q.Load(0, nil, 0, nil)
	body := wire.Body{Kind: wire.Create, Delta: delta.FromText(text)}
	if v := q.Submit(from("maker", "m", 1, storage.Newest, body)); v.Ruling != order.Accepted {
		t.Fatalf("the text is ruled %d: %v", v.Ruling, v.Err)
	}
	if _, err := q.Commit(len(q.Pending())); err != nil {
		t.Fatal(err)
	}
	return q
}

func from(author storage.UserID, client string, seq int64, base storage.Revision, body wire.Body) *order.Op {
	o := &order.Op{Request: order.Request{Client: client, Seq: seq, Author: author, Base: base, Body: body}}
	o.Sender = o
	return o
}

func insert(text string) wire.Body { return wire.Body{Delta: delta.Delta{delta.Insert(text)}} }

// L3: an op repeats another only if author and content are the same, whether the other is in the log or pending.
func TestAnotherAuthorsOpIsNoTwin(t *testing.T) {
	q := document(t, "a\n")
	q.Submit(from("anna", "c", 1, 1, insert("x")))
	for _, where := range []string{"pending", "committed"} {
		if v := q.Submit(from("ben", "c", 1, 1, insert("x"))); v.Ruling != order.Refused || v.Err.Code != wire.CodeTwinDiffers {
			t.Errorf("%s: another author's op is ruled %d, %v", where, v.Ruling, v.Err)
		}
		if v := q.Submit(from("anna", "c", 1, 1, insert("y"))); v.Ruling != order.Refused || v.Err.Code != wire.CodeTwinDiffers {
			t.Errorf("%s: another op under the same number is ruled %d, %v", where, v.Ruling, v.Err)
		}
		if _, err := q.Commit(len(q.Pending())); err != nil {
			t.Fatal(err)
		}
	}
}
