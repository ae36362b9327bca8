package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"quire/server/problem"
)

// apiOperation is one of the API's, as its own description has it.
type apiOperation struct {
	id, method, path string // path with the names of its parameters
	public           bool   // works without a sign-in
	body             any    // one that passes the validator; nil: it takes none
	contentType      string
}

// unsafe tells whether the method may change something.
func (o apiOperation) unsafe() bool {
	return !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, o.method)
}

// operations walks the API's description, so that a route that is new is tested without anybody remembering to.
func (h *house) operations() []apiOperation {
	h.t.Helper()
	spec := description{h.nobody().do("GET", "/api/openapi.json", nil).want(200)}
	var all []apiOperation
	for _, path := range slices.Sorted(maps.Keys(spec.get("paths"))) {
		for method, described := range spec.get("paths", path) {
			o, ok := described.(map[string]any)
			if !ok || o["operationId"] == nil {
				continue
			}
			needed, said := o["security"].([]any)
			if !said {
				h.t.Errorf("%s does not say who may use it", o["operationId"])
			}
			op := apiOperation{id: o["operationId"].(string), method: strings.ToUpper(method), path: path, public: len(needed) == 0}
			if body, ok := o["requestBody"].(map[string]any); ok {
				for contentType, media := range body["content"].(map[string]any) {
					if op.contentType == "" || contentType == "application/json" {
						op.contentType = contentType
						op.body = spec.sample(media.(map[string]any)["schema"], 0)
					}
				}
			}
			all = append(all, op)
		}
	}
	if len(all) < 40 {
		h.t.Fatalf("the description has %d operations", len(all))
	}
	return all
}

// fill puts values into the path's parameters; what is not given is "x".
func (o apiOperation) fill(values map[string]string) string {
	for strings.Contains(o.path, "{") {
		before, rest, _ := strings.Cut(o.path, "{")
		name, after, _ := strings.Cut(rest, "}")
		value, ok := values[name]
		if !ok {
			value = "x"
		}
		o.path = before + value + after
	}
	return o.path
}

// ask has c call o. headers are name, value, as do takes them.
func (o apiOperation) ask(c *caller, values map[string]string, headers ...string) response {
	c.h.t.Helper()
	if o.body != nil {
		headers = append([]string{"Content-Type", o.contentType}, headers...)
	}
	return c.do(o.method, o.fill(values), o.body, headers...)
}

// description is an OpenAPI document.
type description struct{ root map[string]any }

func (d description) get(path ...string) map[string]any {
	at := d.root
	for _, name := range path {
		at, _ = at[name].(map[string]any)
	}
	return at
}

// sample makes a value that a schema allows: what is required, and no more.
func (d description) sample(schema any, depth int) any {
	s, _ := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		return d.sample(d.get(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...), depth)
	}
	if one, ok := s["oneOf"].([]any); ok {
		return d.sample(one[0], depth)
	}
	if values, ok := s["enum"].([]any); ok {
		return values[0]
	}
	kind := fmt.Sprint(s["type"])
	switch {
	case strings.Contains(kind, "object"):
		object := map[string]any{}
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, name := range required {
			if depth < 8 {
				object[name.(string)] = d.sample(properties[name.(string)], depth+1)
			}
		}
		return object
	case strings.Contains(kind, "array"):
		return []any{}
	case strings.Contains(kind, "integer"), strings.Contains(kind, "number"):
		if least, ok := s["minimum"].(float64); ok {
			return least
		}
		return 1
	case strings.Contains(kind, "boolean"):
		return true
	case s["format"] == "date-time":
		return "2100-01-01T00:00:00.000Z"
	}
	return "some words, long enough"
}

func TestOperationsHaveBodiesThatPassTheValidator(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	for _, o := range h.operations() {
		if o.id == "sign-out" || o.id == "delete-me" || strings.HasPrefix(o.contentType, "image/") {
			continue // they end what the others need, or want a picture
		}
		if got := o.ask(ada, map[string]string{"id": "nobody-made-this"}); got.status == 400 || got.status == 415 || got.status >= 500 {
			t.Errorf("%s %s = %d %s", o.method, o.path, got.status, got.body)
		}
	}
}

// kind is the name of the problem that an answer is; "" where it is none.
func (r response) kind() string {
	var p problem.Problem
	if json.Unmarshal(r.body, &p) != nil {
		return ""
	}
	return strings.TrimPrefix(p.Type, "urn:quire:problem:")
}

// cookieOnly asks with c's cookie whatever a browser is told about it meanwhile.
func (c *caller) cookieOnly() *caller {
	c.h.t.Helper()
	at, err := url.Parse(c.h.base)
	if err != nil {
		c.h.t.Fatal(err)
	}
	var cookies []string
	for _, cookie := range c.client.Jar.Cookies(at) {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	client := *c.client
	client.Jar = nil
	return &caller{h: c.h, client: &client, id: c.id, header: map[string]string{
		"Cookie": strings.Join(cookies, "; "), "Origin": c.h.base,
	}}
}
