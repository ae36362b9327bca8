package delta

// Kind says what a component does.
type Kind uint8

const (
	KindText   Kind = iota // insert a string
	KindEmbed              // insert a value of length 1
	KindRetain             // keep units, maybe changing their attributes
	KindDelete             // delete units
)

func (k Kind) String() string {
	return [...]string{KindText: "insert", KindEmbed: "insert", KindRetain: "retain", KindDelete: "delete"}[k&3]
}

// Component is one insert, retain or delete of a delta. The zero value is not a valid component.
type Component struct {
	text  string      // KindText: WTF-8; KindEmbed: the value as minified JSON, keys in the order received
	attrs *Attributes // nil: none, which is not the same as {}
	n     int         // length in UTF-16 code units
	kind  Kind
}

// Insert returns an insert of text, which is UTF-8 or WTF-8; bytes that are neither become U+FFFD. Text must not be empty: no op
// may hold an empty insert.
func Insert(text string) Component {
	text = normalText(text)
	return Component{kind: KindText, text: text, n: unitsOf(text)}
}

// InsertEmbed returns an insert of one embed. value is JSON other than null or a string; else the error wraps ErrMalformed or
// ErrLimit.
func InsertEmbed(value string) (Component, error) {
	p := newParser([]byte(value), Limits{})
	embed, err := p.embed()
	if err != nil {
		return Component{}, err
	}
	return Component{kind: KindEmbed, text: embed, n: 1}, nil
}

// Retain returns a component that keeps n > 0 units unchanged.
func Retain(n int) Component { return Component{kind: KindRetain, n: n} }

// Delete returns a component that deletes n > 0 units.
func Delete(n int) Component { return Component{kind: KindDelete, n: n} }

// With returns c with attrs instead of its attributes; nil means none. It returns a delete unchanged.
func (c Component) With(attrs *Attributes) Component {
	if c.kind != KindDelete {
		c.attrs = attrs
	}
	return c
}

func (c Component) Kind() Kind { return c.kind }

// Len returns the length in UTF-16 code units, 1 for an embed.
func (c Component) Len() int { return c.n }

// Text returns the inserted text as WTF-8, "" unless the kind is KindText. ToUTF8 converts it for readers that need UTF-8.
func (c Component) Text() string {
	if c.kind == KindText {
		return c.text
	}
	return ""
}

// Embed returns the inserted value as JSON, "" unless the kind is KindEmbed.
func (c Component) Embed() string {
	if c.kind == KindEmbed {
		return c.text
	}
	return ""
}

// Attributes returns the component's attributes, nil if it has none.
func (c Component) Attributes() *Attributes { return c.attrs }

func (c Component) inserts() bool { return c.kind <= KindEmbed }

// plainRetain reports whether c is a retain without attributes.
func (c Component) plainRetain() bool { return c.kind == KindRetain && c.attrs == nil }

// Equal compares deeply: the order of object keys does not matter, and numbers are compared as doubles.
func (c Component) Equal(d Component) bool {
	if c.kind != d.kind || c.n != d.n || !c.attrs.Equal(d.attrs) {
		return false
	}
	return c.text == d.text || c.kind == KindEmbed && canonicalValue(c.text) == canonicalValue(d.text)
}
