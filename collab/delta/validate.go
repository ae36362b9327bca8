package delta

import "fmt"

// Fits returns nil if op can be applied to a document of length units: only plain retains after the last change may reach past
// the end. Else the error wraps ErrPastEnd and names the component and the positions.
func Fits(op Delta, length int) error {
	at := 0
	for i := range op {
		c := &op[i]
		switch {
		case c.inserts():
			if at > length {
				return fmt.Errorf("component %d: insert at %d: %w, which has %d units", i, at, ErrPastEnd, length)
			}
		case c.plainRetain():
			at += c.n
		default:
			if c.n > length-at {
				return fmt.Errorf("component %d: %s of %d to %d: %w, which has %d units", i, describe(c), at, at+c.n, ErrPastEnd, length)
			}
			at += c.n
		}
	}
	return nil
}

func describe(c *Component) string {
	if c.kind == KindRetain {
		return "retain with attributes"
	}
	return c.kind.String()
}
