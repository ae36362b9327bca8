package delta

import "fmt"

// Diff returns an op that turns document a into document b.
func Diff(a, b Delta) (Delta, error) {
	if !a.IsDocument() || !b.IsDocument() {
		return nil, fmt.Errorf("diff: %w", ErrNotDocument)
	}
	out := builder{}
	for _, c := range b {
		out.push(c)
	}
	if n := a.Len(); n > 0 {
		out.push(Delete(n))
	}
	return out.finish(), nil
}
