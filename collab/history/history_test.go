package history_test

import (
	"errors"
	"testing"

	"quire/collab/delta"
	"quire/collab/history"
)

func edit(components ...delta.Component) history.Change {
	return history.Change{Kind: history.Edit, Delta: components}
}

// P9: the content of every revision is the log replayed up to it, also across deletion and creation anew.
func TestP9EveryRevisionIsTheFoldOfItsLog(t *testing.T) {
	log := []history.Change{
		{Kind: history.Create, Delta: delta.FromText("ab\n")},
		edit(delta.Retain(1), delta.Insert("X")),
		edit(delta.Delete(1)),
		{Kind: history.Delete},
		{Kind: history.Delete},
		{Kind: history.Create, Delta: delta.FromText("again\n")},
	}
	want := []string{"", "ab\n", "aXb\n", "Xb\n", "", "", "again\n"}
	for n := range want {
		content, err := history.Replay(nil, 0, log[:n])
		if err != nil {
			t.Fatalf("Replay to %d: %v", n, err)
		}
		got := ""
		if content != nil {
			got = content.Freeze().Delta().PlainText()
		}
		if got != want[n] {
			t.Errorf("content at %d = %q, want %q", n, got, want[n])
		}
	}
}

func TestReplayNamesTheRevisionThatFails(t *testing.T) {
	_, err := history.Replay(nil, 7, []history.Change{{Kind: history.Delete}, edit(delta.Insert("x"))})
	if !errors.Is(err, history.ErrNoContent) || err.Error() != "history: revision 8: history: an edit without content" {
		t.Errorf("Replay = %v, want ErrNoContent at revision 8", err)
	}
	content, _ := delta.NewDocument(delta.FromText("ab"))
	kept, err := history.Replay(content, 0, []history.Change{edit(delta.Delete(3))})
	if !errors.Is(err, delta.ErrPastEnd) || kept.Len() != 2 {
		t.Errorf("Replay past the end = %v with %d units, want ErrPastEnd and 2", err, kept.Len())
	}
}
