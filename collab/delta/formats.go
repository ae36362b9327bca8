package delta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"strings"
)

// Formats is the table of formats and embeds that ops may use (E3). The table itself explains its rules. A nil *Formats allows
// everything. It may be used from several goroutines.
type Formats struct {
	version int
	since   map[string]int  // by name of a format or embed: the version that added it
	line    map[string]rule // inline and block formats: allowed on text
	any     map[string]rule // these and the attributes of all embeds: allowed on a retain
	embeds  map[string]embedRule
	refused []string // strings that no text may contain
}

type embedRule struct {
	value      rule
	attributes map[string]rule // allowed on this embed besides line
}

// table is the JSON form of Formats.
type table struct {
	Comment []string       `json:"comment"`
	Version int            `json:"version"`
	Since   map[string]int `json:"since"`
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

// Version returns the table's version, which grows when names are added; 0 for a nil table.
func (f *Formats) Version() int {
	if f == nil {
		return 0
	}
	return f.version
}

// ParseFormats decodes a table from JSON, as in collab/wire/testdata/formats.json.
func ParseFormats(data []byte) (*Formats, error) {
	var t table
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return nil, fmt.Errorf("table of formats: %w", err)
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
	if err := f.checkSince(t.Since); err != nil {
		return nil, err
	}
	return f, nil
}

// Since returns the version that added the format or embed called name, 0 if the table has none.
func (f *Formats) Since(name string) int {
	if f == nil {
		return 0
	}
	return f.since[name]
}

// checkSince checks and keeps the versions of names: each name in the table must have one, no other may, and the newest must be
// the table's version.
func (f *Formats) checkSince(since map[string]int) error {
	f.since = since
	newest := 0
	for name, version := range since {
		_, format := f.any[name]
		_, embed := f.embeds[name]
		if !format && !embed || version < 1 {
			return fmt.Errorf("table of formats: since %q: %d", name, version)
		}
		newest = max(newest, version)
	}
	for _, names := range []iter.Seq[string]{maps.Keys(f.any), maps.Keys(f.embeds)} {
		for name := range names {
			if since[name] == 0 {
				return fmt.Errorf("table of formats: since which version there is %q does not stand there", name)
			}
		}
	}
	if newest == 0 || newest != f.version {
		return fmt.Errorf("table of formats: version %d, but the newest name came with %d", f.version, newest)
	}
	return nil
}

// compileInto adds the rules of formats to both maps. No name may have two rules.
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

// Check returns an error that wraps ErrFormat if op uses something that the table does not allow; it names the component, the
// format and the value. A nil table allows everything.
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

// onlyMember returns the key and value of a JSON object, written by this package, with exactly one member.
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

// stringOf returns the text of a JSON string that this package wrote.
func stringOf(value string) string {
	p := parser{data: []byte(value)}
	text, err := p.text()
	if err != nil {
		return ""
	}
	return text
}
