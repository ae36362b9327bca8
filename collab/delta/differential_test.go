package delta

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"testing"
)

// TestP6DifferentialAgainstQuillDelta asks quill-delta 5.1.0 in Node about random cases: 200,000 with QUIRE_FULL=1, ten
// million with QUIRE_LONG=1, which takes longer than go test allows by itself: -timeout 2h.
func TestP6DifferentialAgainstQuillDelta(t *testing.T) {
	cases := 200_000
	switch {
	case os.Getenv("QUIRE_LONG") == "1":
		cases = 10_000_000
	case os.Getenv("QUIRE_FULL") != "1":
		t.Skip("needs Node: set QUIRE_FULL=1 for 200,000 cases or QUIRE_LONG=1 for ten million")
	}
	g := newGenerator(t)
	g.emptySets = true
	sent := make(chan scenario, 256)
	t.Cleanup(func() {
		for range sent { // after a failure: until ask sees that the process is gone
		}
	})
	o := startOracle(t)
	go o.ask(g, cases, sent)
	n := 0
	for s := range sent {
		want, err := o.answer()
		if err != nil {
			t.Fatalf("case %d %s: the oracle: %v", n, s, err)
		}
		differences, err := want.differences(s)
		if err != nil {
			t.Fatalf("case %d %s: %v", n, s, err)
		}
		for _, d := range differences {
			t.Errorf("case %d %s: %s", n, s, d)
		}
		if t.Failed() {
			break
		}
		n++
	}
	t.Logf("FIGURE %d random cases against quill-delta, none different", n)
	if !t.Failed() && n != cases {
		t.Errorf("%d cases, want %d", n, cases)
	}
}

// oracle is quill-delta in a Node process that answers cases line by line.
type oracle struct {
	in  *bufio.Writer
	out *bufio.Reader
	end func() error
}

func startOracle(t *testing.T) *oracle {
	t.Helper()
	const home = "testdata/node"
	if _, err := os.Stat(home + "/node_modules/quill-delta"); errors.Is(err, fs.ErrNotExist) {
		install := exec.Command("npm", "ci", "--no-audit", "--no-fund")
		install.Dir = home
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	node := exec.Command("node", "oracle.mjs")
	node.Dir, node.Stderr = home, os.Stderr
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if t.Failed() {
			_ = node.Process.Kill() // it may be blocked writing to a pipe that nobody reads
		}
		if err := node.Wait(); err != nil && !t.Failed() {
			t.Errorf("node: %v", err)
		}
	})
	return &oracle{in: bufio.NewWriterSize(in, 1<<16), out: bufio.NewReaderSize(out, 1<<20), end: in.Close}
}

// ask writes random cases to the process and sends them to the channel. It ends early if the process is gone.
func (o *oracle) ask(g *generator, cases int, sent chan<- scenario) {
	defer close(sent)
	defer o.end()
	defer o.in.Flush()
	for range cases {
		s := g.scenario()
		if _, err := o.in.WriteString(s.String() + "\n"); err != nil {
			return
		}
		if len(sent) == 0 && o.in.Flush() != nil { // the reader waits for cases still in the buffer
			return
		}
		sent <- s
	}
}

func (o *oracle) answer() (*answer, error) {
	line, err := o.out.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var a answer
	return &a, json.Unmarshal(line, &a)
}
