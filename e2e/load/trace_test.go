package load

import (
	"strings"
	"testing"

	"quire/collab/delta"
)

const traceHeader = `{"format":"delta-trace/1","ops":2,"start":[{"insert":"a"}],"end":[{"insert":"abc"}]}` + "\n"

func TestTraces(t *testing.T) {
	ops := `[{"retain":1},{"insert":"c"}]` + "\n" + `[{"retain":1},{"insert":"b"}]`
	tr, err := parseTrace(strings.NewReader(traceHeader + ops))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a\n", "ac\n", "abc\n"} {
		if got, err := tr.text(); err != nil || got != want {
			t.Errorf("after %d ops the text is %q, %v, want %q", tr.typed, got, err, want)
		}
		tr.key(false)
	}
	if _, ok := tr.key(false); ok {
		t.Error("there is an op behind the last")
	}
	tr.arrived(delta.Delta{delta.Insert("x")})
	if _, err := tr.text(); err == nil || !strings.Contains(err.Error(), "somebody else") {
		t.Errorf("somebody else wrote, and text says %v", err)
	}
}

func TestDamagedTraces(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"empty", "", "EOF"},
		{"no JSON", "x\n", "invalid"},
		{"another format", `{"format":"delta-trace-concurrent/1"}` + "\n", "delta-trace/1"},
		{"an end that is none", `{"format":"delta-trace/1","start":[],"end":[{"inset":"x"}]}` + "\n", "header"},
		{"an op that is none", traceHeader + "[{\"retain\":1}]\n[{\"retain\":-1}]\n", "line 3"},
		{"too few ops", traceHeader + "[{\"retain\":1}]\n", "1 ops"},
	} {
		if _, err := parseTrace(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", c.name, err, c.says)
		}
	}
	tr, err := parseTrace(strings.NewReader(traceHeader + "[{\"insert\":\"c\"}]\n[{\"insert\":\"b\"}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	tr.key(false)
	tr.key(false)
	if _, err := tr.text(); err == nil || !strings.Contains(err.Error(), "does not end as it says") {
		t.Errorf("the end differs, and text says %v", err)
	}
}
