package tail

import "testing"

func TestTailKeepsTheEnd(t *testing.T) {
	tail := New(5)
	for _, part := range []string{"abc", "def", "g"} {
		if n, err := tail.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("Write(%q) = %d, %v", part, n, err)
		}
	}
	if got := tail.String(); got != "cdefg" {
		t.Errorf("kept %q, want the last five bytes", got)
	}
	if first, second := tail.Take(), tail.Take(); first != "cdefg" || second != "" {
		t.Errorf("taken %q, then %q; want all, then nothing", first, second)
	}
}
