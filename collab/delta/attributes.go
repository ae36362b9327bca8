package delta

import (
	"iter"
	"slices"
	"strings"
)

// Attributes is the immutable set of attributes of one component, in the order received. A nil *Attributes means that the
// component has no attributes; an empty set is {}, which is not the same.
type Attributes struct {
	list []attribute
	json string // the object, minified
	key  string // json with all keys sorted at every level: equal sets have equal keys
}

type attribute struct {
	name  string // WTF-8
	value string // minified JSON, numbers as JavaScript writes them
}

// ParseAttributes decodes a JSON object of attributes. An error wraps ErrMalformed or ErrLimit.
func ParseAttributes(json []byte, lim Limits) (*Attributes, error) {
	p := newParser(json, lim)
	return p.onlyAttributes()
}

// Len returns the number of attributes, 0 for nil.
func (a *Attributes) Len() int {
	if a == nil {
		return 0
	}
	return len(a.list)
}

// Get returns the value of the attribute called name, as JSON.
func (a *Attributes) Get(name string) (value string, ok bool) {
	if a != nil {
		for i := range a.list {
			if a.list[i].name == name {
				return a.list[i].value, true
			}
		}
	}
	return "", false
}

func (a *Attributes) has(name string) bool {
	_, ok := a.Get(name)
	return ok
}

// All yields names and JSON values in the order received.
func (a *Attributes) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if a == nil {
			return
		}
		for _, e := range a.list {
			if !yield(e.name, e.value) {
				return
			}
		}
	}
}

// Equal compares deeply. {} does not equal nil.
func (a *Attributes) Equal(b *Attributes) bool {
	if a == b {
		return true
	}
	return a != nil && b != nil && a.key == b.key
}

// AppendJSON appends the object, {} for nil.
func (a *Attributes) AppendJSON(dst []byte) []byte {
	if a == nil {
		return append(dst, '{', '}')
	}
	return append(dst, a.json...)
}

// newAttributes returns a set of list, whose names must differ. It keeps list.
func newAttributes(list []attribute) *Attributes {
	size := 2
	for i := range list {
		size += len(list[i].name) + len(list[i].value) + len(`"":,`)
	}
	a := &Attributes{list: list, json: string(appendObject(make([]byte, 0, size), list))}
	a.key = canonicalKey(a)
	return a
}

func appendObject(dst []byte, list []attribute) []byte {
	dst = append(dst, '{')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, e.name)
		dst = append(dst, ':')
		dst = append(dst, e.value...)
	}
	return append(dst, '}')
}

// canonicalKey returns a.json itself if that is in canonical order, as with a single plain attribute.
func canonicalKey(a *Attributes) string {
	byName := func(x, y attribute) int { return strings.Compare(x.name, y.name) }
	plain := slices.IsSortedFunc(a.list, byName)
	for i := range a.list {
		plain = plain && !composite(a.list[i].value)
	}
	if plain {
		return a.json
	}
	sorted := slices.Clone(a.list)
	slices.SortFunc(sorted, byName)
	for i := range sorted {
		sorted[i].value = canonicalValue(sorted[i].value)
	}
	return string(appendObject(nil, sorted))
}

// nonEmpty returns a set of list, or nil if list is empty.
func nonEmpty(list []attribute) *Attributes {
	if len(list) == 0 {
		return nil
	}
	return newAttributes(list)
}

type nulls bool

const (
	keepNulls nulls = true  // composing onto a retain: a null must still remove the attribute from the document
	dropNulls nulls = false // composing onto an insert
)

// composeAttributes returns a with b's attributes set over it. keep decides about b's nulls; a's own nulls always stay.
func composeAttributes(a, b *Attributes, keep nulls) *Attributes {
	if b.Len() == 0 {
		if a.Len() == 0 {
			return nil
		}
		return a
	}
	if a.Len() == 0 && (keep == keepNulls || !b.hasNull()) {
		return b
	}
	list := make([]attribute, 0, a.Len()+b.Len())
	for _, e := range b.list {
		if keep == keepNulls || e.value != "null" {
			list = append(list, e)
		}
	}
	if a != nil {
		for _, e := range a.list {
			if !b.has(e.name) {
				list = append(list, e)
			}
		}
	}
	if len(list) > 0 && slices.Equal(list, a.all()) {
		return a
	}
	return nonEmpty(list)
}

func (a *Attributes) all() []attribute {
	if a == nil {
		return nil
	}
	return a.list
}

func (a *Attributes) hasNull() bool {
	for i := range a.list {
		if a.list[i].value == "null" {
			return true
		}
	}
	return false
}

// transformAttributes returns those of b's attributes that still apply after a was applied to the same range. A null in a counts
// as a value.
func transformAttributes(a, b *Attributes, order Order) *Attributes {
	if a.Len() == 0 || b.Len() == 0 || order == OpFirst {
		return b
	}
	kept := 0
	for i := range b.list {
		if !a.has(b.list[i].name) {
			kept++
		}
	}
	if kept == len(b.list) {
		return b
	}
	if kept == 0 {
		return nil
	}
	list := make([]attribute, 0, kept)
	for _, e := range b.list {
		if !a.has(e.name) {
			list = append(list, e)
		}
	}
	return newAttributes(list)
}

// invertAttributes returns the attributes that undo attrs on text that had base: the old values, or null where base had none.
func invertAttributes(attrs, base *Attributes) *Attributes {
	var list []attribute
	if base != nil {
		for _, e := range base.list {
			// quill-delta compares by identity here, so an object is set again even if it is equal.
			if v, ok := attrs.Get(e.name); ok && (v != e.value || composite(v)) {
				list = append(list, e)
			}
		}
	}
	if attrs != nil {
		for _, e := range attrs.list {
			if !base.has(e.name) {
				list = append(list, attribute{e.name, "null"})
			}
		}
	}
	return nonEmpty(list)
}

// diffAttributes returns the attributes of a retain that turns a into b.
func diffAttributes(a, b *Attributes) *Attributes {
	if a.Equal(b) {
		return nil
	}
	var list []attribute
	for name, was := range a.All() {
		now, ok := b.Get(name)
		if !ok {
			now = "null"
		}
		if !ok || canonicalValue(was) != canonicalValue(now) {
			list = append(list, attribute{name, now})
		}
	}
	for name, now := range b.All() {
		if !a.has(name) {
			list = append(list, attribute{name, now})
		}
	}
	return nonEmpty(list)
}
