package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// codeSample is an item of x-codeSamples, an OpenAPI extension that common documentation tools support.
type codeSample struct {
	Lang   string `json:"lang"`
	Label  string `json:"label"`
	Source string `json:"source"`
}

// sampleValues are the values in examples by field name. Strings that are not here become an ellipsis.
var sampleValues = map[string]any{
	"title": "Minutes", "text": "Hello\n", "insert": "Hello\n", "name": "Ada", "email": "ada@example.org",
	"password": "a short sentence is easiest", "current": "a short sentence is easiest", "new": "another short sentence",
	"expires_at": "2030-01-01T00:00:00Z", "base_revision": 1, "expires_in_days": 30, "manager": false, "admin": true,
}

// sampleExtras are the optional fields that an operation's example includes.
var sampleExtras = map[string][]string{
	"create-document": {"title", "text"}, "change-me": {"name"}, "admin-change-person": {"quota"},
	"admin-change-settings": {"signup"}, "claim-link": {"name"}, "sign-up": {"name", "password"}, "make-token": {"scopes"}, "delete-me": {"password"}, "change-email": {"password"},
}

// notByAPIToken are operations that accept an application's token but no API token: their examples use a browser's sign-in.
var notByAPIToken = map[string]bool{"change-me": true}

// idsOf says what {id} is the id of in paths where that is not a document.
var idsOf = map[string]string{
	"people": "user", "users": "user", "groups": "group", "group-offers": "group", "sign-ins": "signin", "tokens": "token",
}

// sample is an example request, from which curl and fetch make code.
type sample struct {
	method, path string
	headers      [][2]string
	body, file   string // one of the two, or neither
	signIn       bool   // stores the cookie of the response
	public       bool
	cookie       bool // needs a browser's sign-in
}

// sampleOf returns an operation's example, made from its OpenAPI description.
func sampleOf(spec *huma.OpenAPI, op *huma.Operation, public, cookie bool) sample {
	s := sample{
		method: op.Method, path: spec.Servers[0].URL + named(op.Path), public: public, cookie: cookie || notByAPIToken[op.OperationID],
		signIn: slices.Contains([]string{"sign-in", "sign-up", "confirm-account", "reset-password", "claim-link"}, op.OperationID),
	}
	for _, p := range op.Parameters {
		switch {
		case p.In == "query" && p.Required:
			s.path += "?" + p.Name + "=" + fmt.Sprint(sampleValue(spec, op.OperationID, p.Name, p.Schema))
		case p.Name == "If-Match":
			s.headers = append(s.headers, [2]string{p.Name, `"r1"`})
		}
	}
	if op.RequestBody == nil {
		return s
	}
	kinds := slices.SortedFunc(maps.Keys(op.RequestBody.Content), func(a, b string) int {
		return cmp.Or(-cmp.Compare(strings.Count(a, "json"), strings.Count(b, "json")), cmp.Compare(a, b))
	})
	s.headers = append(s.headers, [2]string{"Content-Type", kinds[0]})
	if kinds[0] != typeJSON {
		s.file = "file." + kinds[0][strings.IndexByte(kinds[0], '/')+1:]
		return s
	}
	body, err := json.Marshal(sampleValue(spec, op.OperationID, "", op.RequestBody.Content[typeJSON].Schema))
	if err != nil {
		panic(err) // sampleValue returns only what JSON can encode
	}
	s.body = string(body)
	return s
}

// sampleValue returns a value that schema allows. Objects have their required fields and the operation's extras.
func sampleValue(spec *huma.OpenAPI, operation, name string, schema *huma.Schema) any {
	if schema.Ref != "" {
		schema = spec.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	if value, ok := sampleValues[name]; ok {
		return value
	}
	switch {
	case len(schema.OneOf) > 0:
		return sampleValue(spec, operation, name, schema.OneOf[0])
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	}
	switch schema.Type {
	case huma.TypeObject:
		object := map[string]any{}
		for field, member := range schema.Properties {
			if slices.Contains(schema.Required, field) || name == "" && slices.Contains(sampleExtras[operation], field) || field == "insert" {
				object[field] = sampleValue(spec, operation, field, member)
			}
		}
		return object
	case huma.TypeArray:
		return []any{sampleValue(spec, operation, "[]", schema.Items)}
	case huma.TypeInteger, huma.TypeNumber:
		return 0
	case huma.TypeBoolean:
		return true
	}
	return "…"
}

// curl returns the request for a shell with QUIRE (the server's URL), TOKEN and the ids in its environment.
func (s sample) curl() string {
	var b strings.Builder
	b.WriteString("curl")
	if s.method != http.MethodGet {
		b.WriteString(" -X " + s.method)
	}
	fmt.Fprintf(&b, ` "$QUIRE%s"`, fillPath(s.path, func(name string) string { return "$" + strings.ToUpper(idName(name, "_ID")) }))
	switch {
	case s.cookie:
		b.WriteString(" \\\n  -b cookies")
		if s.method != http.MethodGet {
			b.WriteString(` -H "Origin: $QUIRE"`)
		}
	case !s.public:
		b.WriteString(" \\\n  -H \"Authorization: Bearer $TOKEN\"")
	}
	if s.signIn {
		b.WriteString(" \\\n  -c cookies -H \"Origin: $QUIRE\"")
	}
	for _, h := range s.headers {
		fmt.Fprintf(&b, " \\\n  -H '%s: %s'", h[0], h[1])
	}
	switch {
	case s.file != "":
		b.WriteString(" \\\n  --data-binary @" + s.file)
	case s.body != "":
		fmt.Fprintf(&b, " \\\n  -d '%s'", strings.ReplaceAll(s.body, "'", `'\''`))
	}
	return b.String()
}

// fetch returns the request in JavaScript; for a page of Quire's own if it needs a browser's sign-in.
func (s sample) fetch() string {
	base := "${quire}"
	if s.cookie || s.signIn {
		base = "" // the cookie is accepted only from our own pages
	}
	var b strings.Builder
	fmt.Fprintf(&b, "const response = await fetch(`%s%s`", base,
		fillPath(s.path, func(name string) string { return "${" + idName(name, "Id") + "}" }))
	var options []string
	if s.method != http.MethodGet {
		options = append(options, "method: '"+s.method+"'")
	}
	var headers []string
	if !s.public && !s.cookie {
		headers = append(headers, "authorization: `Bearer ${token}`")
	}
	for _, h := range s.headers {
		headers = append(headers, fmt.Sprintf("'%s': '%s'", strings.ToLower(h[0]), h[1]))
	}
	if len(headers) > 0 {
		options = append(options, "headers: { "+strings.Join(headers, ", ")+" }")
	}
	switch {
	case s.file != "":
		options = append(options, "body: file")
	case s.body != "":
		options = append(options, "body: JSON.stringify("+s.body+")")
	}
	if len(options) > 0 {
		b.WriteString(", {\n  " + strings.Join(options, ",\n  ") + ",\n}")
	}
	b.WriteString(")")
	return b.String()
}

// named says whose id {id} is.
func named(path string) string {
	before, after, found := strings.Cut(path, "/{id}")
	if name := idsOf[before[strings.LastIndexByte(before, '/')+1:]]; found && name != "" {
		return before + "/{" + name + "}" + after
	}
	return path
}

// fillPath replaces each parameter in a path by what variable returns for its name.
func fillPath(path string, variable func(string) string) string {
	before, rest, found := strings.Cut(path, "{")
	if !found {
		return path
	}
	name, after, _ := strings.Cut(rest, "}")
	return before + variable(name) + fillPath(after, variable)
}

// idName returns the variable's name for a path's parameter. It adds suffix, because shells already set $USER.
func idName(name, suffix string) string {
	if name == "id" {
		return name
	}
	return name + suffix
}
