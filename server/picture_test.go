package server

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesAreCheckedAndServedAsTheyAre(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 16, 16)), nil); err != nil {
		t.Fatal(err)
	}
	padding := make([]byte, 300<<10)
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
	for _, c := range []struct {
		name  string
		body  []byte
		kind  string
		wants int
	}{
		{"svg", svg, "unsupported-media-type", 415}, {"nothing", nil, "malformed", 400},
		{"not even a picture", []byte("<script>alert(1)</script>"), "unsupported-media-type", 415},
		{"too many pixels", pngOf(t, 2049, 1), "invalid", 422}, {"too many bytes", append(pngOf(t, 1, 1), padding...), "too-large", 413},
	} {
		ada.do("PUT", "/me/picture", c.body, "Content-Type", "image/png").problem(c.wants, c.kind)
	}
	if me := ada.do("GET", "/me", nil).want(200); me["picture"] != nil {
		t.Errorf("a refused picture was kept: %v", me)
	}
	ada.do("PUT", "/me/picture", photo.Bytes(), "Content-Type", "image/png").want(200) // what it is counts, not what it says
	path := ada.do("GET", "/me", nil).want(200)["picture"].(string)
	got := bob.do("GET", path, nil)
	if got.want(200); !bytes.Equal(got.body, photo.Bytes()) || got.header.Get("Content-Type") != "image/jpeg" ||
		got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.header.Get("Cache-Control"), "private") ||
		!strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Errorf("the picture comes with %v", got.header)
	}
	if old := bob.do("GET", strings.Split(path, "?")[0]+"?v=old", nil); !strings.Contains(old.header.Get("Cache-Control"), "no-cache") {
		t.Errorf("under another version: %v", old.header)
	}
	h.nobody().do("GET", path, nil).problem(401, "signed-out")
	doc := ada.document("text")
	h.grant(doc, bob.id, "viewer")
	shown := ""
	for _, m := range items(bob.do("GET", "/documents/"+doc+"/members", nil).want(200)) {
		if u := m["user"].(map[string]any); u["id"] == ada.id {
			shown, _ = u["picture"].(string)
		}
	}
	if shown != path {
		t.Errorf("a member is shown with %q, want %q", shown, path)
	}
	ada.do("DELETE", "/me/picture", nil).want(204)
	bob.do("GET", path, nil).problem(404, "not-found")
	bob.do("GET", "/users/nobody/picture", nil).problem(404, "not-found")
}
