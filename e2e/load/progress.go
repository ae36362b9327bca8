package load

import (
	"fmt"
	"io"
)

// progress reports what is going on, one line at a time.
type progress struct{ to io.Writer }

func (p *progress) say(format string, args ...any) {
	if p.to != nil {
		fmt.Fprintf(p.to, format+"\n", args...)
	}
}
