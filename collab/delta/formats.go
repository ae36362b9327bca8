package delta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Formats is the table of formats and embeds that ops may use (E3). Its rules are explained in the table itself. A nil
// *Formats allows any. It may be used from several goroutines.
type Formats struct {
	version int
	line    map[string]rule // inline and block: what text may carry
	any     map[string]rule // these and the names of all embeds: what a retain may carry
	embeds  map[string]embedRule
	refused []string // what no text may contain
}

type embedRule struct {
	value      rule
	attributes map[string]rule // beyond line
}

// table is the JSON form.
type table struct {
	Comment []string `json:"comment"`
	Version int      `json:"version"`
	Text    struct {
		Refuse []string `json:"refuse"`
	} `json:"text"`
	Inline map[string]ruleJSON `json:"inline"`
	Block  map[string]ruleJSON `json:"block"`
	Embeds map[string]struct {
		Value      ruleJSON            `json:"value"`
		Attributes map[string]ruleJSON `json:"attributes"`
	} `json:"embeds"`
}

// Version is the table's own, which grows with each name that it gains; 0 for any formats.
func (f *Formats) Version() int {
	if f == nil {
		return 0
	}
	return f.version
}

// ParseFormats reads the table from its JSON, collab/wire/testdata/formats.json.
func ParseFormats(data []byte) (*Formats, error) {
	var t table
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return nil, fmt.Errorf("table of formats: %w", err)
	}
	if t.Version != 1 {
		return nil, fmt.Errorf("table of formats: version %d, want 1", t.Version)
	}
	f := &Formats{version: t.Version, line: map[string]rule{}, any: map[string]rule{}, embeds: map[string]embedRule{}, refused: t.Text.Refuse}
	for _, formats := range []map[string]ruleJSON{t.Inline, t.Block} {
		if err := compileInto(formats, f.line, f.any); err != nil {
			return nil, err
		}
	}
	for name, e := range t.Embeds {
		value, err := e.Value.compile()
		if err != nil {
			return nil, fmt.Errorf("table of formats: embed %q: %w", name, err)
		}
		own := map[string]rule{}
		if err := compileInto(e.Attributes, own, f.any); err != nil {
			return nil, err
		}
		f.embeds[name] = embedRule{value, own}
	}
	return f, nil
}

// compileInto adds the rules of formats to both tables. One name has one rule.
func compileInto(formats map[string]ruleJSON, own, all map[string]rule) error {
	for name, r := range formats {
		compiled, err := r.compile()
		if err != nil {
			return fmt.Errorf("table of formats: %q: %w", name, err)
		}
		if _, twice := all[name]; twice {
			return fmt.Errorf("table of formats: %q stands there twice", name)
		}
		own[name], all[name] = compiled, compiled
	}
	return nil
}

// Check returns an error that wraps ErrFormat and names the component, the format and the value which the table does not
// hold. A nil table allows everything.
func (f *Formats) Check(op Delta) error {
	if f == nil {
		return nil
	}
	for i := range op {
		if err := f.check(&op[i]); err != nil {
			return fmt.Errorf("component %d: %w", i, err)
		}
	}
	return nil
}

func (f *Formats) check(c *Component) error {
	switch c.kind {
	case KindText:
		for _, s := range f.refused {
			if strings.Contains(c.text, s) {
				return fmt.Errorf("%w: text with %q", ErrFormat, s)
			}
		}
		return f.attributes(c.attrs, f.line, nil)
	case KindRetain:
		return f.attributes(c.attrs, f.any, nil)
	case KindEmbed:
		name, value, ok := onlyMember(c.text)
		e, known := f.embeds[name]
		if !ok || !known {
			return fmt.Errorf("%w: embed %s", ErrFormat, excerpt(c.text))
		}
		if !e.value.allows(value) {
			return fmt.Errorf("%w: embed %q with the value %s", ErrFormat, name, excerpt(value))
		}
		return f.attributes(c.attrs, f.line, e.attributes)
	}
	return nil
}

func (f *Formats) attributes(attrs *Attributes, rules, more map[string]rule) error {
	for name, value := range attrs.All() {
		r, ok := rules[name]
		if !ok {
			r, ok = more[name]
		}
		if !ok {
			return fmt.Errorf("%w: format %q with the value %s", ErrFormat, excerpt(name), excerpt(value))
		}
		if value != "null" && !r.allows(value) {
			return fmt.Errorf("%w: format %q does not take the value %s", ErrFormat, name, excerpt(value))
		}
	}
	return nil
}

// onlyMember returns key and value of a JSON object of ours with exactly one member.
func onlyMember(object string) (name, value string, ok bool) {
	if object[0] != '{' || object == "{}" {
		return "", "", false
	}
	w := sorter{in: object, i: 1}
	key := w.scalar()
	w.i++
	start := w.i
	w.value(nil)
	return stringOf(key), object[start:w.i], object[w.i] == '}'
}

// stringOf returns the text of a JSON string of ours.
func stringOf(value string) string {
	p := parser{data: []byte(value)}
	text, err := p.text()
	if err != nil {
		return ""
	}
	return text
}
