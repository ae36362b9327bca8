package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// §4: every address says which methods it has, to anybody and without doing anything; those of other sites' browsers are cors's.
func TestOptionsOnEveryRoute(t *testing.T) {
	h := newHouse(t, nil)
	has := map[string][]string{}
	for _, o := range h.operations() {
		path := o.fill(nil)
		has[path] = append(has[path], o.method)
	}
	for path, methods := range has {
		res := h.nobody().do("OPTIONS", path, nil)
		allow := strings.Split(res.header.Get("Allow"), ", ")
		if res.status != 204 || len(res.body) > 0 || !slices.Contains(allow, "OPTIONS") || !slices.IsSorted(allow) {
			t.Errorf("OPTIONS %s = %d, Allow %v, %s", path, res.status, allow, res.body)
		}
		for _, method := range methods {
			if !slices.Contains(allow, method) || method == "GET" && !slices.Contains(allow, "HEAD") {
				t.Errorf("OPTIONS %s: Allow %v lacks %s, or HEAD", path, allow, method)
			}
		}
	}
	for _, path := range []string{"!/", "!/d/x", "!/healthz", "!/readyz", "!/assets/app-1a.js", "/api/openapi.json", "/socket"} {
		if res := h.nobody().do("OPTIONS", path, nil); res.status != 204 || !strings.HasPrefix(res.header.Get("Allow"), "GET, HEAD") {
			t.Errorf("OPTIONS %s = %d, Allow %q", path, res.status, res.header.Get("Allow"))
		}
	}
	h.nobody().do("OPTIONS", "/nope", nil).problem(404, "no-such-path")
	if res := h.raw("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"); res.StatusCode != 204 {
		t.Errorf("OPTIONS * = %d", res.StatusCode)
	}
	if allow := h.nobody().do("PUT", "/me", nil).header.Get("Allow"); allow != "GET, HEAD, OPTIONS, PATCH" {
		t.Errorf("405 with Allow: %q", allow)
	}
}

// §4: a body of another type is not read as JSON, and the refusal names what is taken.
func TestBodiesOfOtherTypesAreRefused(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.document("text")
	for _, o := range h.operations() {
		if o.body == nil {
			continue
		}
		for _, contentType := range []string{"application/xml", "text/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", "nonsense"} {
			res := ada.do(o.method, o.fill(map[string]string{"id": id, "user": ada.id}), o.body, "Content-Type", contentType)
			if res.status != 415 || !strings.Contains(string(res.body), "This address takes "+o.contentType) && !strings.Contains(string(res.body), o.contentType) {
				t.Errorf("%s with %s = %d %s", o.id, contentType, res.status, res.body)
			}
		}
	}
	if items := ada.do("GET", "/documents", nil).want(200)["items"].([]any); len(items) != 1 {
		t.Errorf("%d documents, want the one", len(items))
	}
	ada.do("POST", "/documents", `{"title":"x"}`, "Content-Type", "application/json; charset=utf-8").want(201)
}

// §4: the ETag of a document changes with what it covers, and still serves as If-Match for its content.
func TestTheETagOfADocumentCoversItsTitle(t *testing.T) {
	ada := newHouse(t, nil).account("ada")
	made := ada.do("POST", "/documents", map[string]any{"title": "One", "text": "text"})
	id := made.want(201)["id"].(string)
	tag := made.header.Get("ETag")
	if got := ada.do("GET", "/documents/"+id, nil).header.Get("ETag"); got != tag {
		t.Errorf("made with %s, read with %s", tag, got)
	}
	renamed := ada.do("PATCH", "/documents/"+id, map[string]any{"title": "Two"}).header.Get("ETag")
	if renamed == tag || ada.do("GET", "/documents/"+id, nil).header.Get("ETag") != renamed {
		t.Errorf("%s before, %s after the title changed", tag, renamed)
	}
	for i, match := range []string{tag, "W/" + renamed, strings.TrimSuffix(renamed, `"`) + `-gzip"`} {
		ada.do("PUT", "/documents/"+id+"/content", fmt.Sprintf("text %d", i), "If-Match", match, "Content-Type", "text/plain").want(200)
	}
}

// §4: every list that has pages names the next one alike.
func TestEveryListNamesItsNextPageAlike(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Bounds.OpsPage = 10 })
	ada := h.account("ada")
	id := ada.document("text")
	for i := range 5 {
		ada.do("POST", "/documents/"+id+"/ops", fmt.Sprintf(`{"base_revision":%d,"op":[{"insert":"more"}]}`, i+1)).want(200)
		ada.do("POST", "/documents/"+id+"/links", map[string]any{"role": "viewer"}).want(201)
	}
	for path, old := range map[string]string{"/documents/" + id + "/ops": "next_from", "/documents/" + id + "/audit?limit=2": "next_before", "/admin/audit?limit=2": "next_before"} {
		whole, pages, at := 0, 0, path
		for {
			page := ada.do("GET", at, nil).want(200)
			whole += len(page["items"].([]any))
			pages++
			next, more := page["next_cursor"].(string)
			if number, ok := page[old].(float64); ok != more || more && fmt.Sprint(int64(number)) != next {
				t.Errorf("%s: next_cursor %v, %s %v", at, page["next_cursor"], old, page[old])
			}
			if !more || pages > 20 {
				break
			}
			at = path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "cursor=" + next
		}
		if pages < 3 || whole < 5 {
			t.Errorf("%s: %d in %d pages", path, whole, pages)
		}
		ada.do("GET", strings.Split(path, "?")[0]+"?cursor=-1", nil).problem(422, "invalid")
	}
	spec := description{h.nobody().do("GET", "/api/openapi.json", nil).want(200)}
	for name, schema := range spec.get("components", "schemas") {
		properties, _ := schema.(map[string]any)["properties"].(map[string]any)
		for property := range properties {
			if strings.HasPrefix(property, "next_") && properties["next_cursor"] == nil {
				t.Errorf("%s has %s and no next_cursor", name, property)
			}
		}
	}
}
