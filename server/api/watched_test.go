package api

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

// slow is a reader to whom each write takes a while.
type slow struct {
	bytes.Buffer
	clock *time.Time
	takes time.Duration
}

func (s *slow) Write(p []byte) (int, error) {
	*s.clock = s.clock.Add(s.takes)
	return s.Buffer.Write(p)
}

// P10: of one long file, too, nothing is written that long after the right to it ended, and never again.
func TestP10AWatchedWriterEndsWithTheRight(t *testing.T) {
	clock := time.Unix(0, 0)
	start := clock
	over := errors.New("over")
	out := &slow{clock: &clock, takes: 100 * time.Millisecond}
	may := true
	w := &watched{to: out, now: func() time.Time { return clock }, asked: clock, may: func() error {
		if !may {
			return over
		}
		return nil
	}}
	file := make([]byte, 40*chunkBytes)
	if n, err := w.Write(file[:20*chunkBytes]); n != 20*chunkBytes || err != nil {
		t.Fatalf("Write = %d, %v while it may", n, err)
	}
	may = false
	ended := clock
	n, err := w.Write(file)
	if !errors.Is(err, over) || n != out.Len()-20*chunkBytes {
		t.Errorf("Write = %d, %v with %d bytes out", n, err, out.Len())
	}
	if late := clock.Sub(ended); late > lookHolds+out.takes {
		t.Errorf("bytes left %v after the end", late)
	}
	may = true
	if n, err := w.Write(file); n != 0 || !errors.Is(err, over) {
		t.Errorf("Write = %d, %v after it ended", n, err)
	}
	if clock.Sub(start) > 3*time.Second {
		t.Errorf("it took %v", clock.Sub(start))
	}
}
