package delta

import (
	"reflect"
	"testing"
	"unicode/utf16"

	"quire/collab/internal/plain"
)

// sameAs checks that d, in memory and encoded, has the values that encoding/json reads from data.
func (d Delta) sameAs(t *testing.T, data []byte) {
	t.Helper()
	want, err := plain.JSON(data)
	if err != nil {
		t.Fatalf("%q was accepted, and encoding/json says %v", data, err)
	}
	if object, ok := want.(map[string]any); ok {
		want = object["ops"]
	}
	if got := d.plain(t); !reflect.DeepEqual(got, want) {
		t.Fatalf("%q is\n%#v, encoding/json has\n%#v", data, got, want)
	}
	if got := plainValue(t, string(d.AppendJSON(nil))); !reflect.DeepEqual(got, want) {
		t.Fatalf("%q is sent on as\n%#v, encoding/json has\n%#v", data, got, want)
	}
}

// plain returns d as encoding/json would decode it, built with d's exported methods.
func (d Delta) plain(t *testing.T) any {
	t.Helper()
	list := make([]any, 0, len(d))
	for _, c := range d {
		m := map[string]any{}
		units := 1
		switch c.Kind() {
		case KindText:
			text := plain.Text(c.Text())
			m["insert"] = text
			units = 0
			for _, r := range text {
				if units++; r >= 0x10000 && !plain.IsHalf(r) {
					units += utf16.RuneLen(r) - 1
				}
			}
		case KindEmbed:
			m["insert"] = plainValue(t, c.Embed())
		case KindRetain:
			m["retain"] = float64(c.Len())
		case KindDelete:
			m["delete"] = float64(c.Len())
		}
		if c.inserts() && c.Len() != units {
			t.Fatalf("%s has length %d, want %d", Delta{c}, c.Len(), units)
		}
		if c.Attributes() != nil {
			attributes := map[string]any{}
			for name, value := range c.Attributes().All() {
				attributes[plain.Text(name)] = plainValue(t, value)
			}
			m["attributes"] = attributes
		}
		list = append(list, m)
	}
	return list
}

func plainValue(t *testing.T, text string) any {
	t.Helper()
	value, err := plain.JSON([]byte(text))
	if err != nil {
		t.Fatalf("we wrote %q: %v", text, err)
	}
	return value
}

// TestValuesAreThoseOfEncodingJSON makes the fuzz test's comparison for the ops most likely to differ.
func TestValuesAreThoseOfEncodingJSON(t *testing.T) {
	for name, data := range valueSeeds {
		t.Run(name, func(t *testing.T) {
			d, err := Decode([]byte(data), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			d.sameAs(t, []byte(data))
		})
	}
}

// valueSeeds are ops whose values could be read in more than one way.
var valueSeeds = map[string]string{
	"a pair of escapes":              `[{"insert":"\ud83d\uDE00"}]`,
	"lone halves":                    `[{"insert":"\ude00\ud83d"},{"insert":"\ud83d\ud83d\ude00x"}]`,
	"a pair over two components":     `[{"insert":"\ud83d"},{"insert":"\ude00"}]`,
	"a half before a plain escape":   `[{"insert":"\ud83d\n\ude00\\ud83d"}]`,
	"a half in a key":                `[{"insert":"x","attributes":{"\ud83d":1,"\ud83e":2}}]`,
	"every short escape":             `[{"insert":"\"\\\/\b\f\n\r\t\u0000\u001f\u007f"}]`,
	"separators of lines":            `[{"insert":"\u2028\u2029<&>"}]`,
	"characters before the halves":   `[{"insert":"\ud7ff\ue000퟿"}]`,
	"numbers":                        `[{"insert":{"n":[0,-0,1.50,1e21,1E-7,-0.1e-7,123456789012345678,5e-324,1.7976931348623157e308]}}]`,
	"lengths":                        `[{"retain":1e2},{"retain":2.0},{"delete":10000E-3}]`,
	"equal keys of a component":      `[{"insert":"a","insert":"b"},{"retain":1,"retain":2}]`,
	"equal keys of an embed":         `[{"insert":{"a":{"x":1},"b":2,"a":{"y":[3]}}}]`,
	"equal keys of attributes":       `[{"retain":1,"attributes":{"a":1,"b":2,"\u0061":{"c":null}}}]`,
	"attributes twice":               `[{"retain":1,"attributes":{"a":1},"attributes":{"b":2}}]`,
	"ops twice":                      `{"ops":[{"insert":"a"}],"ops":[{"insert":"b"}]}`,
	"nested attributes":              `[{"insert":"x","attributes":{"a":{"b":{"c":[true,false,null,"\ud83d",{}]}},"":{}}}]`,
	"attributes that are there":      `[{"insert":"x","attributes":{}},{"insert":"y"}]`,
	"embeds that are no objects":     `[{"insert":[]},{"insert":true},{"insert":-1e3}]`,
	"space wherever there may be":    " { \"ops\" :\t[ { \"insert\" : \"x\" , \"attributes\" : { \"a\" : [ 1 , 2 ] } } ] }\r\n",
	"text of one to four bytes each": `[{"insert":"aé中😀"}]`,
}
