package delta

import (
	"fmt"
)

// Inherited reports whether every JavaScript object inherits a property called name. quill-delta tests for an attribute by
// attributes[name] === undefined, which is false for these names, so such an attribute would mean one thing here and another in
// every client. Clients also use ids as object keys, so no id may be one of these names either (wire.ValidID).
func Inherited(name string) bool {
	switch name {
	case "constructor", "__defineGetter__", "__defineSetter__", "hasOwnProperty", "__lookupGetter__", "__lookupSetter__",
		"isPrototypeOf", "propertyIsEnumerable", "toString", "valueOf", "__proto__", "toLocaleString":
		return true
	}
	return false
}

// attributes reads the object at p. Of two equal names the first sets the position and the last the value, as in JavaScript.
func (p *parser) attributes(depth int) (*Attributes, error) {
	if depth > p.lim.Depth {
		return nil, p.tooDeep()
	}
	list := make([]attribute, 0, 4)
	if p.scratch == nil {
		p.scratch = make([]byte, 0, 64)
	}
	err := p.members(func(key []byte) error {
		name := string(key)
		if Inherited(name) {
			return fmt.Errorf("%w: attribute name %q", ErrMalformed, name)
		}
		value, err := p.value(p.scratch[:0], depth+1)
		if err != nil {
			return err
		}
		p.scratch = value
		if len(value) > p.lim.AttributeBytes {
			return fmt.Errorf("%w: attribute %q of more than %d bytes", ErrLimit, excerpt(name), p.lim.AttributeBytes)
		}
		for i := range list {
			if list[i].name == name {
				list[i].value = string(value)
				return nil
			}
		}
		if len(list) == p.lim.Attributes {
			return fmt.Errorf("%w: more than %d attributes", ErrLimit, p.lim.Attributes)
		}
		list = append(list, attribute{name, shared(value)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return newAttributes(list), nil
}

// shared returns b as a string. It allocates nothing for the commonest values.
func shared(b []byte) string {
	switch string(b) {
	case "true":
		return "true"
	case "null":
		return "null"
	case "false":
		return "false"
	}
	return string(b)
}

func (p *parser) onlyAttributes() (*Attributes, error) {
	p.space()
	if p.peek() != '{' {
		return nil, p.syntax("an object of attributes")
	}
	a, err := p.attributes(1)
	if err != nil {
		return nil, err
	}
	if p.space(); p.i < len(p.data) {
		return nil, p.syntax("nothing after the attributes")
	}
	return a, nil
}
