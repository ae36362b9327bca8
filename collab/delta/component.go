package delta

// Kind tells what a component does.
type Kind uint8

const (
	KindText   Kind = iota // insert a string
	KindEmbed              // insert a value of length 1
	KindRetain             // keep units, maybe changing their attributes
	KindDelete             // drop units
)

func (k Kind) String() string {
	return [...]string{KindText: "insert", KindEmbed: "insert", KindRetain: "retain", KindDelete: "delete"}[k&3]
}

// Component is one insert, retain or delete of a delta. The zero value is no valid component.
type Component struct {
	text  string      // KindText: WTF-8; KindEmbed: the value as minified JSON, keys in the order received
	attrs *Attributes // nil: the component has none, which is not the same as {}
	n     int         // length in UTF-16 code units
	kind  Kind
}

// Insert returns an insert of text, which is UTF-8 or WTF-8; bytes that are neither become U+FFFD. Empty text makes a
// component that no op may hold.
func Insert(text string) Component {
	text = normalText(text)
	return Component{kind: KindText, text: text, n: unitsOf(text)}
}

// InsertEmbed returns an insert of one embed. value is JSON, neither null nor a string.
func InsertEmbed(value string) (Component, error) {
	p := newParser([]byte(value), Limits{})
	embed, err := p.embed()
	if err != nil {
		return Component{}, err
	}
	return Component{kind: KindEmbed, text: embed, n: 1}, nil
}

// Retain keeps n > 0 units as they are.
func Retain(n int) Component { return Component{kind: KindRetain, n: n} }

// Delete drops n > 0 units.
func Delete(n int) Component { return Component{kind: KindDelete, n: n} }

// With returns c with attrs in place of its attributes; nil means none. A delete has none.
func (c Component) With(attrs *Attributes) Component {
	if c.kind != KindDelete {
		c.attrs = attrs
	}
	return c
}

func (c Component) Kind() Kind { return c.kind }

// Len is the length in UTF-16 code units; an embed has 1.
func (c Component) Len() int { return c.n }

// Text is the inserted text as WTF-8, "" unless the kind is KindText. ToUTF8 makes it fit for readers outside.
func (c Component) Text() string {
	if c.kind == KindText {
		return c.text
	}
	return ""
}

// Embed is the inserted value as JSON, "" unless the kind is KindEmbed.
func (c Component) Embed() string {
	if c.kind == KindEmbed {
		return c.text
	}
	return ""
}

// Attributes returns nil if the component has none.
func (c Component) Attributes() *Attributes { return c.attrs }

func (c Component) inserts() bool { return c.kind <= KindEmbed }

// bare reports whether c is a retain without attributes.
func (c Component) bare() bool { return c.kind == KindRetain && c.attrs == nil }

// Equal compares deeply: object keys in any order, numbers as doubles.
func (c Component) Equal(d Component) bool {
	if c.kind != d.kind || c.n != d.n || !c.attrs.Equal(d.attrs) {
		return false
	}
	return c.text == d.text || c.kind == KindEmbed && canonicalValue(c.text) == canonicalValue(d.text)
}
