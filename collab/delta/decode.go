package delta

import "fmt"

// Decode decodes an op or document: an array of components or {"ops":[…]}, with nothing after it. It is strict where quill-delta
// is not: see the tests named E3. Components are returned as received, never merged, reordered or dropped. An error wraps
// ErrMalformed or ErrLimit and names the component. Decode does not keep data.
func Decode(data []byte, lim Limits) (Delta, error) {
	p := newParser(data, lim)
	d, err := p.delta()
	if err == nil {
		p.space()
		if p.i < len(p.data) {
			err = p.syntax("nothing after the op")
		}
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (p *parser) delta() (Delta, error) {
	p.space()
	if p.peek() == '[' {
		return p.components(1)
	}
	if p.peek() != '{' {
		return nil, p.syntax(`an array of components or {"ops":[…]}`)
	}
	var d Delta
	found := false
	err := p.members(func(key []byte) error {
		if string(key) != "ops" {
			return fmt.Errorf("%w: unknown key %q beside ops", ErrMalformed, excerpt(string(key)))
		}
		if p.peek() != '[' {
			return p.syntax("an array as ops")
		}
		var err error
		d, err = p.components(2)
		found = true
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: an object without ops", ErrMalformed)
	}
	return d, err
}

// components reads the array at p. A small op is collected on the stack and costs one allocation.
func (p *parser) components(depth int) (Delta, error) {
	var few [8]Component
	list := few[:0]
	p.i++
	if p.space(); p.peek() == ']' {
		p.i++
		return Delta{}, nil
	}
	total := 0
	for {
		if len(list) == p.lim.Components {
			return nil, fmt.Errorf("%w: more than %d components", ErrLimit, p.lim.Components)
		}
		p.space()
		c, err := p.component(depth + 1)
		if err == nil && c.kind >= KindRetain {
			if total += c.n; total > MaxLength {
				err = fmt.Errorf("%w: lengths add up past 2^53-1", ErrMalformed)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("component %d: %w", len(list), err)
		}
		list = append(list, c)
		p.space()
		switch p.peek() {
		case ',':
			p.i++
		case ']':
			p.i++
			return append(Delta(nil), list...), nil
		default:
			return nil, fmt.Errorf("component %d: %w", len(list)-1, p.syntax("a comma or the end of the array"))
		}
	}
}
