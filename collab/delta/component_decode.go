package delta

import (
	"bytes"
	"fmt"
)

// field records one key of a component; problem says why its value is invalid. Problems are judged after the last key, because
// JavaScript sees only the last of two equal keys.
type field struct {
	seen    bool
	problem string
}

type rawComponent struct {
	insert, retain, delete, attributes field
	inserted                           Component
	retained, deleted                  int
	attrs                              *Attributes
}

func (p *parser) component(depth int) (Component, error) {
	if p.peek() != '{' {
		return Component{}, p.syntax("an object")
	}
	if c, ok := p.shortComponent(); ok {
		return c, nil
	}
	var raw rawComponent
	err := p.members(func(key []byte) error {
		switch string(key) {
		case "retain":
			return p.length(&raw.retain, &raw.retained, depth)
		case "delete":
			return p.length(&raw.delete, &raw.deleted, depth)
		case "insert":
			return p.insert(&raw, depth)
		case "attributes":
			return p.attributesField(&raw, depth)
		}
		return fmt.Errorf("%w: unknown key %q", ErrMalformed, excerpt(string(key)))
	})
	if err != nil {
		return Component{}, err
	}
	return raw.judge()
}

// shortComponent reads the commonest forms: {"retain":n}, {"delete":n} and {"insert":"ASCII"}. For any other it reads nothing and
// returns false.
func (p *parser) shortComponent() (Component, bool) {
	rest := p.data[p.i:]
	if len(rest) < len(`{"retain":1}`) || rest[1] != '"' {
		return Component{}, false
	}
	var kind Kind
	switch string(rest[2:10]) {
	case `retain":`:
		kind = KindRetain
	case `delete":`:
		kind = KindDelete
	case `insert":`:
		return p.shortInsert(rest[10:])
	default:
		return Component{}, false
	}
	n, i := 0, 10
	for ; i < len(rest) && i < 25; i++ {
		digit := rest[i] - '0'
		if digit > 9 {
			break
		}
		n = n*10 + int(digit)
	}
	if n == 0 || rest[10] == '0' || i == len(rest) || rest[i] != '}' {
		return Component{}, false
	}
	p.i += i + 1
	return Component{kind: kind, n: n}, true
}

func (p *parser) shortInsert(rest []byte) (Component, bool) {
	if rest[0] != '"' {
		return Component{}, false
	}
	end := 1 + plainASCII(rest[1:])
	if end == 1 || end+1 >= len(rest) || rest[end] != '"' || rest[end+1] != '}' {
		return Component{}, false
	}
	p.i += 10 + end + 2
	return Component{kind: KindText, text: string(rest[1:end]), n: end - 1}, true
}

func (r *rawComponent) judge() (Component, error) {
	refuse := func(problem string) (Component, error) {
		return Component{}, fmt.Errorf("%w: %s", ErrMalformed, problem)
	}
	var c Component
	var f field
	count := 0
	for _, of := range [...]struct {
		field
		c Component
	}{{r.insert, r.inserted}, {r.retain, Retain(r.retained)}, {r.delete, Delete(r.deleted)}} {
		if of.seen {
			f, c = of.field, of.c
			count++
		}
	}
	switch {
	case count == 0:
		return refuse("none of insert, retain and delete")
	case count > 1:
		return refuse("more than one of insert, retain and delete")
	case f.problem != "":
		return refuse(f.problem)
	case !r.attributes.seen:
		return c, nil
	case c.kind == KindDelete:
		return refuse("a delete with attributes")
	case r.attributes.problem != "":
		return refuse(r.attributes.problem)
	}
	c.attrs = r.attrs
	return c, nil
}

func (p *parser) length(f *field, n *int, depth int) error {
	*f = field{seen: true}
	if c := p.peek(); c != '-' && (c < '0' || c > '9') {
		if err := p.skip(depth + 1); err != nil {
			return err
		}
		f.problem = "a length that is not a number"
		if c == '{' {
			f.problem = "a retain or delete of an object"
		}
		return nil
	}
	value, err := p.number()
	if err != nil {
		return err
	}
	switch {
	case value <= 0:
		f.problem = fmt.Sprintf("length %v is not positive", value)
	case value > MaxLength:
		f.problem = fmt.Sprintf("length %v is over 2^53-1", value)
	case value != float64(int(value)):
		f.problem = fmt.Sprintf("length %v is not an integer", value)
	default:
		*n = int(value)
	}
	return nil
}

func (p *parser) insert(raw *rawComponent, depth int) error {
	raw.insert = field{seen: true}
	switch p.peek() {
	case '"':
		text, err := p.text()
		if err != nil {
			return err
		}
		if text == "" {
			raw.insert.problem = "an insert of an empty string"
		}
		raw.inserted = Component{kind: KindText, text: text, n: unitsOf(text)}
		return nil
	case 'n':
		raw.insert.problem = "an insert of null"
		return p.skip(depth + 1)
	}
	value, err := p.value(p.scratch[:0], depth+1)
	if err != nil {
		return err
	}
	p.scratch = value
	if len(value) > p.lim.EmbedBytes {
		return fmt.Errorf("%w: an embed of more than %d bytes", ErrLimit, p.lim.EmbedBytes)
	}
	raw.inserted = Component{kind: KindEmbed, text: string(value), n: 1}
	return nil
}

func (p *parser) attributesField(raw *rawComponent, depth int) error {
	raw.attributes = field{seen: true}
	if p.peek() != '{' {
		raw.attributes.problem = "attributes that are not an object"
		return p.skip(depth + 1)
	}
	var err error
	raw.attrs, err = p.attributes(depth + 1)
	return err
}

// embed reads one valid embed and requires that nothing follows it.
func (p *parser) embed() (string, error) {
	p.space()
	if c := p.peek(); c == 'n' || c == '"' {
		return "", fmt.Errorf("%w: an embed is neither null nor a string", ErrMalformed)
	}
	value, err := p.value(nil, 1)
	if err != nil {
		return "", err
	}
	if p.space(); p.i < len(p.data) {
		return "", p.syntax("nothing after the embed")
	}
	return string(bytes.TrimSpace(value)), nil
}
