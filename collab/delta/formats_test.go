package delta

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func formats(t testing.TB) *Formats {
	t.Helper()
	data, err := os.ReadFile("../wire/testdata/formats.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := ParseFormats(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestE3FormatsTable(t *testing.T) {
	f := formats(t)
	text := func(name, value string) string { return `[{"insert":"x","attributes":{"` + name + `":` + value + `}}]` }
	image := func(value string) string { return `[{"insert":{"image":` + value + `}}]` }
	values := map[string]struct{ good, bad []string }{
		"bold":       {[]string{"true", "null"}, []string{"false", "1", `"true"`, `"yes"`, "{}", "[]"}},
		"italic":     {[]string{"true"}, []string{"false"}},
		"underline":  {[]string{"true"}, []string{`""`}},
		"strike":     {[]string{"true"}, []string{"0"}},
		"code":       {[]string{"true"}, []string{`"js"`}},
		"blockquote": {[]string{"true", "null"}, []string{"false"}},
		"script":     {[]string{`"sub"`, `"super"`}, []string{`"up"`, "true", `"SUB"`}},
		"link": {[]string{`"https://a.example/x?y#z"`, `"HTTP://a"`, `"mailto:a@b"`, `"tel:+49"`, `"/d/x"`, `"#top"`, `"page one"`, `"about:blank"`, `"//a.example"`, `"a/b:c"`},
			[]string{`"javascript:alert(1)"`, `"JavaScript:x"`, `"java\nscript:x"`, `" javascript:x"`, `"\u0001javascript:x"`, `"data:text/html,x"`, `"vbscript:x"`, `"about:config"`, `""`, "5", "true", `{"x":1}`, `"` + strings.Repeat("a", 2049) + `"`}},
		"color": {[]string{`"red"`, `"#f00"`, `"#ff0000"`, `"#ff0000cc"`, `"rgb(1, 2, 3)"`, `"rgba(0,0,0,.5)"`, `"hsl(120deg 75% 25% / 60%)"`, `""`, `"currentcolor"`},
			[]string{`"red;background:url(x)"`, `"url(x)"`, `"expression(1)"`, `"#ff"`, `"#12345"`, `"rgb(1,2,3);"`, `"rgb(url(x))"`, "1", `"r\ned"`, `"red\n"`}},
		"background": {[]string{`"#fff"`}, []string{`"x y"`}},
		"header":     {[]string{"1", "6", "1.0", "null"}, []string{"0", "7", "99", "1.5", `"1"`, "true", "-1"}},
		"list":       {[]string{`"ordered"`, `"bullet"`, `"checked"`, `"unchecked"`}, []string{`"dotted"`, "true", `{"a":1}`}},
		"indent":     {[]string{"1", "8"}, []string{"0", "9", `"+1"`, "2.5"}},
		"align":      {[]string{`"center"`, `"right"`, `"justify"`}, []string{`"left"`, `""`, "true"}},
		"direction":  {[]string{`"rtl"`}, []string{`"ltr"`}},
		"code-block": {[]string{"true", `"javascript"`, `"c++"`, `"objective-c"`, `"` + strings.Repeat("a", 32) + `"`}, []string{"false", `""`, `"` + strings.Repeat("a", 33) + `"`, `"a b"`, `"<x>"`, "1"}},
	}
	for name, v := range values {
		for _, value := range v.good {
			if err := f.Check(must(t, text(name, value))); err != nil {
				t.Errorf("%s %s: %v", name, value, err)
			}
		}
		for _, value := range v.bad {
			err := f.Check(must(t, text(name, value)))
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s %s: %v, want ErrFormat naming it", name, value, err)
			}
		}
	}
	if len(values) != len(f.line) {
		t.Errorf("the table has %d formats, the test %d", len(f.line), len(values))
	}
	for _, good := range []string{image(`"https://a.example/x.png"`), image(`"/files/x.png"`), `[{"insert":{"divider":true}}]`,
		`[{"insert":{"image":"/x"},"attributes":{"alt":"a <cat>","width":"300","height":"50%","link":"https://a","bold":null}}]`,
		`[{"retain":3,"attributes":{"alt":"x","width":null,"bold":true}}]`, `[{"insert":"x","attributes":{}},{"delete":4},{"retain":2}]`,
		`[{"insert":{"divider":true},"attributes":{"align":"center"}}]`} {
		if err := f.Check(must(t, good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{image(`"data:image/png;base64,AAAA"`), image(`"//evil.example/x"`), image(`"/\\evil.example"`), image(`"x.png"`), image(`"javascript:x"`), image(`{"src":"/x"}`), image("true"),
		`[{"insert":{"divider":false}}]`, `[{"insert":{"video":"https://a"}}]`, `[{"insert":{"image":"/x","divider":true}}]`, `[{"insert":{}}]`, `[{"insert":1}]`, `[{"insert":true}]`, `[{"insert":["image"]}]`,
		`[{"insert":"x","attributes":{"alt":"y"}}]`, `[{"insert":{"divider":true},"attributes":{"alt":"y"}}]`, `[{"insert":{"image":"/x"},"attributes":{"width":300}}]`,
		`[{"insert":{"image":"/x"},"attributes":{"width":"1;x"}}]`, `[{"retain":1,"attributes":{"font":"serif"}}]`, `[{"retain":1,"attributes":{"font":null}}]`, `[{"insert":"a\r\nb"}]`} {
		if err := f.Check(must(t, bad)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", bad, err)
		}
	}
}

func TestE3FormatErrorsNameTheValue(t *testing.T) {
	err := formats(t).Check(must(t, `[{"retain":1},{"retain":2,"attributes":{"bold":true,"header":99}}]`))
	if want := `component 1: not in the table of formats: format "header" does not take the value 99`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	long := formats(t).Check(must(t, `[{"insert":{"`+strings.Repeat("x", 10_000)+`":1}}]`))
	if long == nil || len(long.Error()) > 200 {
		t.Errorf("an error of %d bytes", len(long.Error()))
	}
}

func TestFormatsAny(t *testing.T) {
	if err := (*Formats)(nil).Check(must(t, `[{"insert":7,"attributes":{"anything":{"at":"all"}}}]`)); err != nil {
		t.Error(err)
	}
}

// Each name has the version that added it, so that the server can tell which pages know it.
func TestEachNameOfTheTableHasItsVersion(t *testing.T) {
	f := formats(t)
	for name, want := range map[string]int{"bold": 1, "header": 1, "alt": 1, "divider": 1, "no such format": 0} {
		if got := f.Since(name); got != want {
			t.Errorf("Since(%s) = %d, want %d", name, got, want)
		}
	}
	table := func(version, since string) string {
		return `{"version":` + version + `,"since":{` + since + `},"inline":{"a":{"type":"true"}},"embeds":{"b":{"value":{"type":"true"}}}}`
	}
	if f, err := ParseFormats([]byte(table("2", `"a":1,"b":2`))); err != nil || f.Version() != 2 || f.Since("b") != 2 {
		t.Errorf("version %d, b since %d (%v)", f.Version(), f.Since("b"), err)
	}
	for _, bad := range []string{
		table("1", `"a":1`), table("1", `"b":1`), table("1", `"a":1,"b":1,"c":1`), table("1", `"a":1,"b":2`), table("2", `"a":1,"b":1`), table("1", `"a":1,"b":0`),
	} {
		if _, err := ParseFormats([]byte(bad)); err == nil {
			t.Errorf("ParseFormats(%s): no error", bad)
		}
	}
}

func TestParseFormatsRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, bad := range []string{``, `{}`, `{"version":2}`, `{"version":1,"inlin":{}}`, `{"version":1,"inline":{"bold":{"type":"bool"}}}`,
		`{"version":1,"inline":{"a":{"type":"pattern","pattern":"("}}}`, `{"version":1,"inline":{"a":{"type":"true"}},"block":{"a":{"type":"true"}}}`,
		`{"version":1,"inline":{"a":{"type":"url","relative":"some"}}}`, `{"version":1,"embeds":{"a":{}}}`, `{"version":1,"inline":{"a":{"type":"any","rules":[{"type":"x"}]}}}`} {
		if _, err := ParseFormats([]byte(bad)); err == nil {
			t.Errorf("ParseFormats(%s): no error", bad)
		}
	}
}
