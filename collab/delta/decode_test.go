package delta

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestE1DecodeKeepsWhatWasSent(t *testing.T) {
	for _, one := range []struct{ name, in, want string }{ // want "" means in
		{"empty", `[]`, ""},
		{"ops object", `{"ops":[{"insert":"a"}]}`, `[{"insert":"a"}]`},
		{"space", " [ { \"insert\" : \"a\" , \"attributes\" : { \"x\" : [ 1 , { } ] } } ] \n", `[{"insert":"a","attributes":{"x":[1,{}]}}]`},
		{"neighbours", `[{"retain":1},{"retain":1},{"delete":1},{"delete":2},{"insert":"a"},{"insert":"b"},{"retain":9}]`, ""},
		{"attributes {}", `[{"insert":"a","attributes":{}},{"retain":1,"attributes":{}}]`, ""},
		{"null kept", `[{"insert":"a","attributes":{"b":null}}]`, ""},
		{"key first", `[{"attributes":{"b":true},"retain":2}]`, `[{"retain":2,"attributes":{"b":true}}]`},
		{"integers as JavaScript sees them", `[{"retain":1e0},{"delete":1.0},{"retain":2E+1},{"delete":300e-2}]`, `[{"retain":1},{"delete":1},{"retain":20},{"delete":3}]`},
		{"the largest", `[{"retain":9007199254740991}]`, ""},
		{"NUL", `[{"insert":"a\u0000b"}]`, ""},
		{"lone halves", `[{"insert":"\ud83d"},{"insert":"\ude00x\udbff"}]`, ""},
		{"halves in the wrong order", `[{"insert":"\ude00\ud83d"}]`, ""},
		{"a pair of escapes", `[{"insert":"\uD83D\uDE00"}]`, `[{"insert":"😀"}]`},
		{"three halves", `[{"insert":"\ud83d\ud83d\ude00"}]`, `[{"insert":"\ud83d😀"}]`},
		{"escapes", `[{"insert":"\"\\\/\b\f\n\r\t\u001f\u007f\u2028\u00e9"}]`, "[{\"insert\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7f\u2028é\"}]"},
		{"escaped keys", `[{"\u0069nsert":"a","attributes":{"b\u006fld":true}}]`, `[{"insert":"a","attributes":{"bold":true}}]`},
		{"embeds", `[{"insert":{"image":"/x","b":1}},{"insert":7},{"insert":true},{"insert":[{}]}]`, ""},
		{"first key of an embed stays first", `[{"insert":{"z":1,"a":2}}]`, ""},
		{"last of equal keys", `[{"retain":0,"retain":5}]`, `[{"retain":5}]`},
		{"last of equal attributes", `[{"retain":1,"attributes":{"a":1,"b":2,"a":{"x":1,"y":2,"x":3}}}]`, `[{"retain":1,"attributes":{"a":{"x":3,"y":2},"b":2}}]`},
		{"last attributes", `[{"retain":1,"attributes":null,"attributes":{"a":1}}]`, `[{"retain":1,"attributes":{"a":1}}]`},
		{"last of equal ops", `{"ops":[{"retain":1}],"ops":[]}`, `[]`},
		{"numbers", `[{"insert":"a","attributes":{"n":[1.0,-0,1e21,1E-7,0.1,123456789012345680000,5e-324,-1.50]}}]`,
			`[{"insert":"a","attributes":{"n":[1,0,1e+21,1e-7,0.1,123456789012345680000,5e-324,-1.5]}}]`},
		{"halves in attributes", `[{"insert":"a","attributes":{"\ud800":"\udfff\u0000"}}]`, ""},
	} {
		d, err := Decode([]byte(one.in), Limits{})
		if err != nil {
			t.Errorf("%s: %v", one.name, err)
			continue
		}
		want := one.want
		if want == "" {
			want = one.in
		}
		if got := d.String(); got != want {
			t.Errorf("%s: %s, want %s", one.name, got, want)
		}
	}
}

func TestE3DecodeRefuses(t *testing.T) {
	for _, one := range []struct{ in, want string }{
		{`[{"retain":0}]`, "component 0: malformed: length 0 is not positive"},
		{`[{"retain":1},{"delete":-1}]`, "component 1: malformed: length -1 is not positive"},
		{`[{"retain":1.5}]`, "not an integer"},
		{`[{"retain":9007199254740992}]`, "over 2^53-1"},
		{`[{"retain":1e400}]`, "does not fit a double"},
		{`[{"retain":9007199254740991},{"delete":1}]`, "component 1: malformed: lengths add up"},
		{`[{"retain":"1"}]`, "not a number"}, {`[{"retain":null}]`, "not a number"}, {`[{"delete":true}]`, "not a number"},
		{`[{"retain":{"image":1}}]`, "of an object"}, {`[{"delete":[1]}]`, "not a number"},
		{`[{"insert":null}]`, "insert of null"}, {`[{"insert":""}]`, "empty string"}, {`[{"insert":"","attributes":{"a":1}}]`, "empty string"},
		{`[{}]`, "none of insert"}, {`[{"attributes":{}}]`, "none of insert"},
		{`[{"insert":"a","delete":1}]`, "more than one"}, {`[{"retain":1,"delete":1}]`, "more than one"},
		{`[{"delete":1,"attributes":{}}]`, "delete with attributes"},
		{`[{"insert":"a","x":1}]`, `unknown key "x"`}, {`[{"Insert":"a"}]`, "unknown key"},
		{`[{"insert":"a","attributes":null}]`, "not an object"}, {`[{"insert":"a","attributes":[1]}]`, "not an object"},
		{`[{"insert":"a","attributes":{"__proto__":1}}]`, "__proto__"}, {`[{"insert":"a","attributes":{"\u005f_proto__":1}}]`, "__proto__"},
		{`[{"retain":1,"attributes":{"constructor":1}}]`, "constructor"}, {`[{"retain":1,"attributes":{"a":{"__proto__":1}}}]`, "__proto__"},
		{`[{"insert":{"__proto__":1}}]`, "__proto__"}, {`[{"__proto__":1}]`, "unknown key"},
		{`[1]`, "an object"}, {`[null]`, "an object"}, {`["a"]`, "an object"}, {`[[]]`, "an object"},
		{`null`, "an array of components"}, {`"a"`, "an array"}, {`1`, "an array"}, {``, "JSON ends"}, {`{}`, "without ops"}, {`{"ops":{}}`, "an array as ops"},
		{`{"ops":[],"x":1}`, "beside ops"},
		{`[`, "JSON ends"}, {`[{"insert":"a"`, "JSON ends"}, {`[{"insert":"a`, "JSON ends"}, {`[{"insert":"a\`, "JSON ends"}, {`[{"insert":"\u12`, "JSON ends"},
		{`[{"insert":"a"},]`, "an object"}, {`[{"insert":"a",}]`, "a key"}, {`[{"insert":"a"}]x`, "nothing after"}, {`[{"insert":"a"} {"insert":"b"}]`, "comma"},
		{`[{"insert" "a"}]`, "colon"}, {`[{insert:"a"}]`, "a key"}, {`[{'insert':"a"}]`, "a key"}, {`[{"retain":01}]`, "comma"}, {`[{"retain":+1}]`, "a value"},
		{`[{"retain":1.}]`, "digit"}, {`[{"retain":.5}]`, "a value"}, {`[{"retain":1e}]`, "digit"}, {`[{"retain":-}]`, "digit"}, {`[{"retain":NaN}]`, "a value"},
		{"[{\"insert\":\"a\nb\"}]", "an escape"}, {`[{"insert":"\x"}]`, "known escape"}, {`[{"insert":"\u12g4"}]`, "hexadecimal"},
		{"[{\"insert\":\"\xff\"}]", "valid UTF-8"}, {"[{\"insert\":\"\xed\xa0\x80\"}]", "valid UTF-8"}, {"[{\"insert\":\"\xc0\xaf\"}]", "valid UTF-8"},
		{`[{"insert":tru}]`, "a value"}, {"\xef\xbb\xbf[]", "an array"}, {`[{"insert":"a","attributes":{"a":1,}}]`, "a key"}, {`[{"insert":[1,]}]`, "a value"},
	} {
		d, err := Decode([]byte(one.in), Limits{})
		if !errors.Is(err, ErrMalformed) || d != nil || !strings.Contains(err.Error(), one.want) {
			t.Errorf("Decode(%s) = %v, %v, want ErrMalformed with %q", one.in, d, err, one.want)
		}
	}
}

func TestW4DecodeLimits(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	many := func(n int) string {
		return `[{"retain":1,"attributes":{` + strings.TrimSuffix(strings.Repeat(`"`+"%"+`":1,`, n), ",") + `}}]`
	}
	names := func(s string) string {
		for i := 0; strings.Contains(s, "%"); i++ {
			s = strings.Replace(s, "%", "n"+strings.Repeat("i", i), 1)
		}
		return s
	}
	for _, one := range []struct {
		name, good, bad string
		lim             Limits
	}{
		{"components", `[{"retain":1},{"retain":1}]`, `[{"retain":1},{"retain":1},{"retain":1}]`, Limits{Components: 2}},
		{"components by default", `[` + strings.Repeat(`{"retain":1},`, 99_999) + `{"retain":1}]`, `[` + strings.Repeat(`{"retain":1},`, 100_000) + `{"retain":1}]`, Limits{}},
		{"depth", `[{"insert":` + deep(30) + `}]`, `[{"insert":` + deep(31) + `}]`, Limits{}},
		{"depth of ops", `{"ops":[{"insert":` + deep(29) + `}]}`, `{"ops":[{"insert":` + deep(30) + `}]}`, Limits{}},
		{"depth of attributes", `[{"retain":1,"attributes":{"a":` + deep(29) + `}}]`, `[{"retain":1,"attributes":{"a":` + deep(30) + `}}]`, Limits{}},
		{"depth of what is refused anyway", `[]`, `[{"retain":` + deep(100_000) + `}]`, Limits{}},
		{"attributes", names(many(64)), names(many(65)), Limits{}},
		{"attribute bytes", `[{"retain":1,"attributes":{"a":"12345678"}}]`, `[{"retain":1,"attributes":{"a":"123456789"}}]`, Limits{AttributeBytes: 10}},
		{"embed bytes", `[{"insert":{"a":"1"}}]`, `[{"insert":{"a":"12"}}]`, Limits{EmbedBytes: 9}},
	} {
		if _, err := Decode([]byte(one.good), one.lim); err != nil {
			t.Errorf("%s: %v", one.name, err)
		}
		if _, err := Decode([]byte(one.bad), one.lim); !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v, want ErrLimit", one.name, err)
		}
	}
}

func TestE1HalvesMeetAndPart(t *testing.T) {
	high, low := "\xed\xa0\xbd", "\xed\xb8\x80"
	if got := Insert("a" + high + low + "b"); got.Text() != "a😀b" || got.Len() != 4 {
		t.Errorf("Insert of two halves = %q of %d units", got.Text(), got.Len())
	}
	if got := Insert("\xff" + high).Text(); got != "\uFFFD"+high || ToUTF8(got) != "\uFFFD\uFFFD" {
		t.Errorf("Insert of a stray byte = %q, as UTF-8 %q", got, ToUTF8(got))
	}
	parted := Compose(FromText("😀"), Delta{Retain(1), Insert("x")})
	if got := parted.String(); got != `[{"insert":"\ud83dx\ude00"}]` {
		t.Errorf("a pair parted = %s", got)
	}
	if met := Compose(parted, Delta{Retain(1), Delete(1)}); !met.Equal(FromText("😀")) {
		t.Errorf("halves met = %s", met)
	}
}

// TestAttributesEqualDeeply checks that key order does not matter, that numbers are doubles, and that {} is not nil.
func TestAttributesEqualDeeply(t *testing.T) {
	parse := func(s string) *Attributes {
		a, err := ParseAttributes([]byte(s), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, one := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, true}, {`{"a":1}`, `{"a":1.0}`, true}, {`{"a":10}`, `{"a":1e1}`, true}, {`{"a":0}`, `{"a":-0}`, true},
		{`{"a":{"x":[1,{"p":1,"q":2}],"y":2}}`, `{"a":{"y":2.0,"x":[1,{"q":2,"p":1}]}}`, true}, {`{"a":"é"}`, `{"a":"\u00e9"}`, true},
		{`{"a":[1,2]}`, `{"a":[2,1]}`, false}, {`{"a":1}`, `{"a":"1"}`, false}, {`{"a":null}`, `{}`, false}, {`{"a":{}}`, `{"a":[]}`, false}, {`{"a":1}`, `{"a":1,"b":1}`, false},
		{`{"a":9007199254740993}`, `{"a":9007199254740992}`, true}, // equal as doubles
		{`{"a":{"b\"}":1,"a{":[]}}`, `{"a":{"a{":[],"b\"}":1}}`, true},
	} {
		if got := parse(one.a).Equal(parse(one.b)); got != one.want {
			t.Errorf("%s equals %s: %v, want %v", one.a, one.b, got, one.want)
		}
	}
	if parse(`{}`).Equal(nil) || !(*Attributes)(nil).Equal(nil) {
		t.Error("{} and none must differ, none equals none")
	}
}

// TestE1EncodesAsJavaScript compares with encoding/json where that agrees with JSON.stringify.
func TestE1EncodesAsJavaScript(t *testing.T) {
	for r := range rune(0x110000) {
		if r >= 0xD800 && r < 0xE000 || r == '\u2028' || r == '\u2029' || r == '<' || r == '>' || r == '&' || r > 0x3000 && r%17 > 0 {
			continue
		}
		want, err := json.Marshal(string(r))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(appendString(nil, string(r))); got != string(want) {
			t.Fatalf("U+%04X = %s, want %s", r, got, want)
		}
	}
}
