package delta

import "testing"

func TestE4AForkAndItsOriginDoNotSeeEachOther(t *testing.T) {
	d, err := NewDocument(FromText("one two\n"))
	if err != nil {
		t.Fatal(err)
	}
	fork := d.Fork()
	again := fork.Fork()
	for _, step := range []struct {
		on *Document
		op Delta
	}{
		{fork, Delta{Delete(4)}}, {d, Delta{Retain(3), Insert("!")}}, {again, Delta{Retain(8), Insert("x")}},
		{fork, Delta{Insert("three ")}}, {d, Delta{Delete(1)}},
	} {
		if err := step.on.Apply(step.op); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []struct {
		on   *Document
		text string
	}{{d, "ne! two\n"}, {fork, "three two\n"}, {again, "one two\nx"}} {
		if got := want.on.Freeze().Delta().PlainText(); got != want.text {
			t.Errorf("content = %q, want %q", got, want.text)
		}
	}
}

func TestP6RunsOfAForkMergeWithTheOrigins(t *testing.T) {
	d := newDocument(t, must(t, `[{"insert":"one","attributes":{"bold":true}},{"insert":"\n"}]`))
	fork := d.Fork()
	op := must(t, `[{"retain":3},{"insert":" two","attributes":{"bold":true}}]`)
	for _, on := range []*Document{fork, d} {
		if err := on.Apply(op); err != nil {
			t.Fatal(err)
		}
		same(t, on, must(t, `[{"insert":"one two","attributes":{"bold":true}},{"insert":"\n"}]`))
	}
}
