package load

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"quire/collab/delta"
)

// trace is a recorded session: the ops on one text, in order. One writer sends them, each when the one before is acknowledged.
// The file is gzipped lines of JSON: a header, then one op per line.
type trace struct {
	start, end delta.Delta // documents, without the final newline that ours have
	ops        []delta.Delta
	typed      int  // ops so far
	disturbed  bool // somebody else wrote into the document, so the trace's ops no longer fit
}

const (
	traceFormat = "delta-trace/1"
	mostTrace   = 1 << 30 // bytes, uncompressed
)

func readTrace(path string) (*trace, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	packed, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	t, err := parseTrace(io.LimitReader(packed, mostTrace))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func parseTrace(r io.Reader) (*trace, error) {
	lines := bufio.NewReaderSize(r, 1<<20)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var header struct {
		Format     string
		Ops        int
		Start, End json.RawMessage
	}
	if err := json.Unmarshal(line, &header); err != nil {
		return nil, err
	}
	if header.Format != traceFormat {
		return nil, fmt.Errorf("its format is %q, expected %s", header.Format, traceFormat)
	}
	var t trace
	t.start, err = delta.Decode(header.Start, unlimited())
	if err == nil {
		t.end, err = delta.Decode(header.End, unlimited())
	}
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			op, err := delta.Decode(line, unlimited())
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", len(t.ops)+2, err)
			}
			t.ops = append(t.ops, op)
		}
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	if len(t.ops) != header.Ops {
		return nil, fmt.Errorf("%d ops, but its header says %d", len(t.ops), header.Ops)
	}
	return &t, nil
}

func (t *trace) key(bool) (delta.Delta, bool) {
	if t.typed == len(t.ops) {
		return nil, false
	}
	t.typed++
	return t.ops[t.typed-1], true
}

func (t *trace) arrived(delta.Delta) { t.disturbed = true }

// first returns the initial document: the trace's start with a newline, after which nothing is typed.
func (t *trace) first() first {
	return first{units: t.start.Len(), ops: []delta.Delta{append(t.start[:len(t.start):len(t.start)], delta.Insert("\n"))}}
}

// text returns the text that the document must have now.
func (t *trace) text() (string, error) {
	if t.disturbed {
		return "", errors.New("somebody else wrote into the document")
	}
	document, err := delta.NewDocument(t.start)
	for i := 0; err == nil && i < t.typed; i++ {
		err = document.Apply(t.ops[i])
	}
	if err != nil {
		return "", err
	}
	text := document.Freeze().Delta().PlainText()
	if end := t.end.PlainText(); t.typed == len(t.ops) && text != end {
		return "", fmt.Errorf("the trace does not end as it says: %s", difference(text, end))
	}
	return text + "\n", nil
}
