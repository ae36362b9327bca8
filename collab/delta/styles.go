package delta

// style is what a run of a document has besides its text. It is immutable; nil is text without attributes.
type style struct {
	attrs *Attributes
	embed string // the value of an embed, "" for text
}

// styles interns the styles of text: equal attributes share one pointer, so that runs are compared by pointer.
type styles struct {
	known map[string]*style // by Attributes.key
	sweep int               // size of known at which unused styles are dropped
	// The last result of composed, since neighbours often change alike.
	from, to *style
	by       *Attributes
}

const firstSweep = 1024

// text returns the style of text with attrs. Attributes {} count as none: see Document.
func (s *styles) text(attrs *Attributes) *style {
	if attrs.Len() == 0 {
		return nil
	}
	if st, ok := s.known[attrs.key]; ok {
		return st
	}
	if s.known == nil {
		s.known, s.sweep = map[string]*style{}, firstSweep
	}
	st := &style{attrs: attrs}
	s.known[attrs.key] = st
	return st
}

// of returns the style of the insert c.
func (s *styles) of(c *Component) *style {
	if c.kind == KindEmbed {
		return &style{attrs: nilIfEmpty(c.attrs), embed: c.text}
	}
	return s.text(c.attrs)
}

func nilIfEmpty(a *Attributes) *Attributes {
	if a.Len() == 0 {
		return nil
	}
	return a
}

// composed returns the style that a run of style st has after a retain with attrs.
func (s *styles) composed(st *style, attrs *Attributes) *style {
	if s.by == attrs && s.from == st && (st == nil || st.embed == "") {
		return s.to
	}
	var to *style
	switch {
	case st == nil:
		to = s.text(composeAttributes(nil, attrs, dropNulls))
	case st.embed != "":
		return &style{attrs: composeAttributes(st.attrs, attrs, dropNulls), embed: st.embed}
	default:
		to = s.text(composeAttributes(st.attrs, attrs, dropNulls))
	}
	s.by, s.from, s.to = attrs, st, to
	return to
}

// keepOnly forgets all styles except those used, and sets when to sweep again.
func (s *styles) keepOnly(used map[*style]struct{}) {
	known := make(map[string]*style, len(used))
	for st := range used {
		known[st.attrs.key] = st
	}
	s.known, s.sweep = known, max(firstSweep, 2*len(known))
	s.by, s.from, s.to = nil, nil, nil
}
