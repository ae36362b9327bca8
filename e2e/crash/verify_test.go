package crash

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"quire/collab/delta"
	"quire/collab/wire"
	"quire/e2e/internal/quire"
	"quire/e2e/internal/typist"
	"quire/storage"
)

// stillThere checks that what was acknowledged is in the documents, once, whatever else is (P1, P2).
func (c *crew) stillThere(acked map[string][]string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for doc, tokens := range acked {
		text, _ := c.content(ctx, doc)
		there := places(text.PlainText())
		for _, token := range tokens {
			if n := len(there[token]); n != 1 {
				c.t.Fatalf("P1: %s was acknowledged and is in %s %d times; seed %d", token, doc, n, c.seed)
			}
		}
	}
}

// places tells where each token of a text stands, in bytes.
func places(text string) map[string][]int {
	found := map[string][]int{}
	for at := 0; ; {
		open := strings.Index(text[at:], "⟦")
		if open < 0 {
			return found
		}
		at += open
		length := strings.Index(text[at:], "⟧")
		if length < 0 {
			return found
		}
		token := text[at : at+length+len("⟧")]
		found[token] = append(found[token], at)
		at += len("⟦")
	}
}

// allAcked copies what is acknowledged now, by document.
func (c *crew) allAcked() map[string][]string {
	acked := map[string][]string{}
	c.each(func(doc string, t *typist.Typist) { acked[doc] = append(acked[doc], t.Acked()...) })
	return acked
}

func (c *crew) content(ctx context.Context, doc string) (delta.Delta, int64) {
	c.t.Helper()
	content, err := c.api.Content(ctx, doc)
	if err != nil {
		c.t.Fatal(err)
	}
	text, err := delta.Decode(content.Ops, delta.Limits{})
	if err != nil {
		c.t.Fatalf("content of %s: %v", doc, err)
	}
	return text.Normal(), content.Revision
}

// settle lets everybody finish, and checks that all copies are one text with every token in its place.
func (c *crew) settle() map[string]delta.Delta {
	c.t.Helper()
	c.rest()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c.each(func(_ string, t *typist.Typist) { // first everybody's own, so that the head stands
		if err := t.Settled(ctx, 0); err != nil {
			c.t.Fatalf("%v; seed %d", err, c.seed)
		}
	})
	texts := map[string]delta.Delta{}
	for _, doc := range c.docs {
		text, head := c.content(ctx, doc)
		texts[doc] = text
		for _, t := range c.typists[doc] {
			if err := t.Settled(ctx, head); err != nil {
				c.t.Fatalf("%v; seed %d", err, c.seed)
			}
			mine, at := t.Content()
			if at != head || !mine.Equal(text) {
				c.t.Errorf("P4: a typist of %s sees at revision %d\n%v\nthe server has at %d\n%v\nseed %d", doc, at, mine, head, text, c.seed)
			}
			c.checkTokens(text.PlainText(), t)
		}
		c.checkRemainder(doc, text.PlainText())
		if folded := c.foldREST(ctx, doc, head); !folded.Equal(text) {
			c.t.Errorf("P4: the log of %s read over REST folds to\n%v\nwant\n%v\nseed %d", doc, folded, text, c.seed)
		}
	}
	return texts
}

// checkTokens: what was typed was acknowledged, is there once, and in its author's order (P2, P5).
func (c *crew) checkTokens(text string, t *typist.Typist) {
	c.t.Helper()
	acked := t.Acked()
	if len(acked) != t.Typed() {
		c.t.Errorf("P1: %d tokens typed, %d acknowledged; seed %d", t.Typed(), len(acked), c.seed)
	}
	there, last := places(text), -1
	for _, token := range acked {
		at := there[token]
		if len(at) != 1 {
			c.t.Errorf("P2: %s is there %d times; seed %d", token, len(at), c.seed)
		} else if at[0] < last {
			c.t.Errorf("P5: %s stands before the token its author typed before it; seed %d", token, c.seed)
		} else {
			last = at[0]
		}
	}
}

// checkRemainder: without the tokens the document is what it was. A torn token would show here.
func (c *crew) checkRemainder(doc, text string) {
	c.t.Helper()
	var rest strings.Builder
	for text != "" {
		before, after, found := strings.Cut(text, "⟦")
		rest.WriteString(before)
		if !found {
			break
		}
		_, text, _ = strings.Cut(after, "⟧")
	}
	if rest.String() != opening {
		c.t.Errorf("P5: %s without its tokens is %q, want %q; seed %d", doc, rest.String(), opening, c.seed)
	}
}

// foldREST composes the log as REST gives it; its revisions must be dense (P3).
func (c *crew) foldREST(ctx context.Context, doc string, head int64) delta.Delta {
	c.t.Helper()
	entries, err := c.api.Ops(ctx, doc)
	if err != nil {
		c.t.Fatal(err)
	}
	if int64(len(entries)) != head {
		c.t.Errorf("P3: the log of %s has %d entries, its head is %d; seed %d", doc, len(entries), head, c.seed)
	}
	var text delta.Delta
	for i, e := range entries {
		if e.Revision != int64(i) && e.Revision != int64(i)+1 || e.Revision-int64(i) != entries[0].Revision {
			c.t.Fatalf("P3: entry %d of %s has revision %d; seed %d", i, doc, e.Revision, c.seed)
		}
		op, err := entryDelta(e)
		if err != nil {
			c.t.Fatalf("entry %d of %s: %v", i, doc, err)
		}
		text = delta.Compose(text, op)
	}
	return text.Normal()
}

func entryDelta(e quire.Entry) (delta.Delta, error) {
	switch {
	case e.Create != nil:
		return delta.Decode(e.Create.Data, delta.Limits{})
	case e.Op != nil:
		return delta.Decode(e.Op, delta.Limits{})
	}
	return nil, fmt.Errorf("neither op nor create: %+v", e)
}

// checkStore reads the database itself, with no server running: the fold of all rows, and snapshot + tail (L6, P4).
func checkStore(t *testing.T, store storage.Store, texts map[string]delta.Delta, seed uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for doc, want := range texts {
		all, err := store.Read(ctx, storage.DocumentID(doc), 0, storage.Newest, 0)
		if err != nil {
			t.Fatal(err)
		}
		if folded := fold(t, nil, all); !folded.Equal(want) {
			t.Errorf("P4: the rows of %s fold to\n%v\nwant\n%v\nseed %d", doc, folded, want, seed)
		}
		loaded, err := store.Load(ctx, storage.DocumentID(doc), storage.Newest, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(loaded.Damaged) > 0 {
			t.Errorf("L6: %s has damaged snapshots at %v; seed %d", doc, loaded.Damaged, seed)
		}
		var base delta.Delta
		if loaded.Snapshot.Revision > 0 {
			if base, err = delta.Decode(loaded.Snapshot.Body, delta.Limits{}); err != nil {
				t.Fatalf("snapshot of %s: %v", doc, err)
			}
		}
		if folded := fold(t, base, loaded.Ops); !folded.Equal(want) {
			t.Errorf("P4: snapshot %d + %d ops of %s are\n%v\nwant\n%v\nseed %d", loaded.Snapshot.Revision, len(loaded.Ops), doc, folded, want, seed)
		}
	}
}

func fold(t *testing.T, base delta.Delta, ops []storage.Op) delta.Delta {
	t.Helper()
	for i, op := range ops {
		body, err := wire.DecodeBody(op.Body, delta.Limits{})
		if err != nil {
			t.Fatalf("row %d: %v", i, err)
		}
		base = delta.Compose(base, body.Delta)
	}
	return base.Normal()
}
