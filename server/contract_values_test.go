package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// inventor makes requests out of the API's description: sound ones, ones that miss what a schema asks by one, and hostile ones.
type inventor struct {
	*rand.Rand
	description
	known map[string][]string // by what an id is of ("documents", "users"): ids that are there, and "any": whatever was answered
	bad   int                 // of a hundred values, how many are not what the schema asks for
}

// hostileTexts are for strings of every kind, in JSON, in queries and in paths.
var hostileTexts = []string{
	"", " ", "\x00", "a\x00b", "..", "../../etc/passwd", "%00", "%2e%2e%2f", "constructor", "__proto__", "null", "-1", "\u202egpj.exe", "\ufeff", "\uffff",
	"e\u0301", "👩‍👩‍👧", "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "\r\nSet-Cookie: a=b", "9223372036854775808", "NaN", "1e400",
	"2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "+999999-01-01T00:00:00Z", "a@b", "a@b@c.example", "javascript:alert(1)", strings.Repeat("x", 300), strings.Repeat("é", 70_000),
}

// hostileJSON are for values of every kind. Some are no JSON.
var hostileJSON = []string{
	`null`, `true`, `-1`, `0`, `1.5`, `1e400`, `9223372036854775807`, `9223372036854775808`, `"x"`, `""`, `[]`, `{}`, `[[[[[[]]]]]]`, `{"a":{"b":null}}`,
	`"\ud800"`, `"\u0000"`, `"\ude00\ud83d"`, `nul`, `'x'`, `01`, `{"a":1,"a":2}`, `"` + strings.Repeat("y", 70_000) + `"`, strings.Repeat("[", 12_000),
}

func (v inventor) chance(ofHundred int) bool { return v.IntN(100) < ofHundred }

// one of what is known: often the newest, so that a document and its link are asked for together.
func (v inventor) one(ids []string) string {
	if v.chance(60) {
		return ids[len(ids)-1]
	}
	return pick(v, ids)
}

func pick[T any](v inventor, list []T) T { return list[v.IntN(len(list))] }

// json writes a value for schema. name is the field's, for which it has ids where it is one of something.
func (v inventor) json(name string, schema any, depth int) string {
	s := v.resolve(schema)
	if v.chance(v.bad) {
		return pick(v, hostileJSON)
	}
	if one, ok := s["oneOf"].([]any); ok {
		return v.json(name, pick(v, one), depth)
	}
	if values, ok := s["enum"].([]any); ok {
		return quoted(pick(v, values))
	}
	switch v.kind(s) {
	case "object":
		return v.object(s, depth)
	case "array":
		if depth > 6 {
			return "[]"
		}
		items := make([]string, v.IntN(4))
		for i := range items {
			items[i] = v.json(name, s["items"], depth+1)
		}
		return "[" + strings.Join(items, ",") + "]"
	case "integer", "number":
		return v.number(s)
	case "boolean":
		return strconv.FormatBool(v.chance(50))
	case "null":
		return "null"
	case "string":
		return quoted(v.text(name, s))
	}
	return pick(v, []string{`"x"`, `1`, `null`, `{}`}) // the schema allows anything
}

func quoted(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // values come from a schema or are strings
	}
	return string(data)
}

// resolve follows references.
func (v inventor) resolve(schema any) map[string]any {
	s, _ := schema.(map[string]any)
	for ref, ok := s["$ref"].(string); ok; ref, ok = s["$ref"].(string) {
		s = v.get(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return s
}

// kind is one of a schema's types.
func (v inventor) kind(s map[string]any) string {
	if several, ok := s["type"].([]any); ok {
		return fmt.Sprint(pick(v, several))
	}
	kind, _ := s["type"].(string)
	return kind
}

func (v inventor) object(s map[string]any, depth int) string {
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	var fields []string
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		needed := slices.Contains(required, any(name))
		if needed && v.chance(100-v.bad) || !needed && depth < 6 && v.chance(50) {
			fields = append(fields, quoted(name)+":"+v.json(name, properties[name], depth+1))
		}
	}
	if v.chance(v.bad) {
		fields = append(fields, `"`+pick(v, []string{"extra", "__proto__", "admin", "Title", ""})+`":`+pick(v, hostileJSON))
	}
	v.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return "{" + strings.Join(fields, ",") + "}"
}

// number is within the bounds, at one of them, or one past.
func (v inventor) number(s map[string]any) string {
	least, most := 0.0, 100.0
	if n, ok := s["minimum"].(float64); ok {
		least = n
	}
	if n, ok := s["maximum"].(float64); ok {
		most = n
	}
	if v.chance(v.bad) {
		return pick(v, []string{strconv.FormatFloat(least-1, 'f', -1, 64), strconv.FormatFloat(most+1, 'f', -1, 64), "1.5", "-9223372036854775808"})
	}
	return strconv.FormatInt(int64(least)+v.Int64N(max(1, min(8, int64(most-least)+1))), 10)
}

// text is a string that a schema allows, or one too short or too long by one.
func (v inventor) text(name string, s map[string]any) string {
	if v.chance(v.bad) {
		return pick(v, hostileTexts)
	}
	if ids := v.known[ofWhat[name]]; len(ids) > 0 && v.chance(90) {
		return v.one(ids)
	}
	switch s["format"] {
	case "date-time":
		return pick(v, []string{"2100-01-01T00:00:00.000Z", "2030-06-01T12:00:00Z", "1970-01-01T00:00:00Z"})
	case "email":
		return fmt.Sprintf("person%d@example.org", v.IntN(200))
	}
	words := "some words that are long enough " + strconv.FormatUint(v.Uint64(), 36)
	least, _ := s["minLength"].(float64)
	if most, ok := s["maxLength"].(float64); ok {
		if v.chance(v.bad) {
			return strings.Repeat("m", int(most)+1)
		}
		words = words[len(words)-min(len(words), int(most)):]
	}
	if least > 0 && v.chance(v.bad) {
		return strings.Repeat("l", int(least)-1)
	}
	return words
}

// ofWhat tells of which things a field or parameter names one.
var ofWhat = map[string]string{
	"email": "emails", "user": "users", "group": "groups", "link": "links", "invitation": "invitations", "token": "secrets", "signin": "any", "owner": "users",
	"person": "users", "document": "documents", "cursor": "any", "code": "secrets", "password": "passwords", "current": "passwords",
}

// path fills a template's parameters: {id} is of what stands before it.
func (v inventor) path(template string) string {
	parts := strings.Split(template, "/")
	for i, part := range parts {
		if !strings.HasPrefix(part, "{") {
			continue
		}
		what := ofWhat[strings.Trim(part, "{}")]
		if part == "{id}" {
			what = map[string]string{"people": "users", "users": "users", "groups": "groups", "group-offers": "groups", "documents": "documents"}[parts[i-1]]
		}
		ids := v.known[what]
		switch {
		case v.chance(v.bad):
			parts[i] = url.PathEscape(pick(v, hostileTexts))
		case len(ids) > 0 && v.chance(85):
			parts[i] = url.PathEscape(v.one(ids))
		default:
			parts[i] = url.PathEscape(pick(v, v.known["any"]))
		}
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(parts[i], "..", "%2e%2e"), "/", "%2F")
		if parts[i] == "" || len(parts[i]) > 2000 {
			parts[i] = "x"
		}
	}
	return strings.Join(parts, "/")
}

// invented is a request.
type invented struct {
	id, method, template string
	described            map[string]any
	path                 string // filled, with its query
	header               http.Header
	body                 []byte
}

func (o invented) String() string {
	return fmt.Sprintf("%s: %s %s %v %.600q", o.id, o.method, o.path, o.header, o.body)
}

// invent fills in a path, a query, headers and a body.
func (v inventor) invent(o invented) invented {
	o.path, o.header = v.path(o.template), http.Header{}
	query := url.Values{}
	parameters, _ := o.described["parameters"].([]any)
	for _, p := range parameters {
		parameter := v.resolve(p)
		name, _ := parameter["name"].(string)
		needed := parameter["required"] == true
		if needed && v.chance(v.bad) || !needed && v.chance(60) {
			continue
		}
		value := strings.Trim(v.json(name, parameter["schema"], 0), `"`)
		if len(value) > 4000 {
			value = value[:4000]
		}
		switch parameter["in"] {
		case "query":
			query.Set(name, value)
		case "header":
			if strings.HasPrefix(name, "If-") {
				value = pick(v, []string{`"r1"`, `"r2"`, `"r99999"`, `*`, `W/"r1"`, `"x"`, `r1`, `"r1", "r2"`, `"r-1"`})
			}
			o.header.Set(name, strings.Map(noControls, value))
		}
	}
	if len(query) > 0 {
		o.path += "?" + query.Encode()
	}
	if v.chance(10) {
		o.header.Set("Accept", pick(v, []string{"text/html", "application/xml", "*/*;q=0", "x", "application/json;q=0.1"}))
	}
	if body, ok := o.described["requestBody"].(map[string]any); ok {
		v.body(&o, body["content"].(map[string]any))
	} else if v.chance(v.bad) {
		o.header.Set("Content-Type", "application/json")
		o.body = []byte(pick(v, hostileJSON))
	}
	return o
}

func noControls(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// body writes one of the forms that an operation takes, or one that it does not.
func (v inventor) body(o *invented, content map[string]any) {
	kind := pick(v, slices.Sorted(maps.Keys(content)))
	o.header.Set("Content-Type", kind)
	switch {
	case kind == "application/json":
		o.body = []byte(v.json("", content[kind].(map[string]any)["schema"], 0))
	case kind == "text/plain":
		o.body = []byte(pick(v, hostileTexts))
	default:
		o.body = []byte(pick(v, []string{"\x89PNG\r\n\x1a\n", "GIF89a", "", onePixel}))
	}
	if v.chance(v.bad) {
		o.header.Set("Content-Type", pick(v, []string{
			"", "application/xml", "text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=latin1", "x", "application/json;",
		}))
	}
	if len(o.body) > 0 && v.chance(v.bad) {
		o.body = o.body[:v.IntN(len(o.body))]
	}
}

// onePixel is a sound picture.
var onePixel = func() string {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err) // into memory
	}
	return file.String()
}()
