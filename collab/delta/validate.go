package delta

import "fmt"

// Fits reports whether op can be applied to a document of that many units: nothing but plain retains after the last change
// may reach past its end. The error wraps ErrPastEnd and names the component and the positions.
func Fits(op Delta, length int) error {
	at := 0
	for i := range op {
		c := &op[i]
		switch {
		case c.inserts():
			if at > length {
				return fmt.Errorf("component %d: insert at %d: %w, which has %d units", i, at, ErrPastEnd, length)
			}
		case c.bare():
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
