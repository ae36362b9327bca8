package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"
)

func serve(t *testing.T, dist fstest.MapFS) func(method, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	web, err := New(dist)
	if err != nil {
		t.Fatal(err)
	}
	app := fiber.New()
	app.Use(web.Handle)
	return func(method, path string, headers ...string) (*http.Response, string) {
		t.Helper()
		req := httptest.NewRequest(method, path, nil)
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := app.Test(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(body)
	}
}

func built() fstest.MapFS {
	script := strings.Repeat("export const a = 1\n", 100)
	return fstest.MapFS{
		"index.html":          {Data: []byte("<title>Quire</title>")},
		"favicon.svg":         {Data: []byte("<svg/>")},
		"assets/app-1a.js":    {Data: []byte(script)},
		"assets/app-1a.js.br": {Data: []byte("brotli")},
		"assets/app-1a.js.gz": {Data: []byte("gzipped")},
		"assets/a-2.css":      {Data: []byte("a{}")},
		".gitkeep":            {},
	}
}

func TestFilesAndTheirCaching(t *testing.T) {
	ask := serve(t, built())
	const html = "text/html,application/xhtml+xml"
	for _, c := range []struct {
		path, accept, encoding string
		status                 int
		contentType, cache     string
		body                   string
	}{
		{"/", html, "", 200, "text/html", "no-cache", "<title>Quire</title>"},
		{"/", "*/*", "", 200, "text/html", "no-cache", "<title>Quire</title>"},
		{"/index.html", html, "", 200, "text/html", "no-cache", "<title>Quire</title>"},
		{"/d/some-id", html, "", 200, "text/html", "no-cache", "<title>Quire</title>"},
		{"/d/some-id", "*/*", "", 404, "", "", ""},
		{"/favicon.svg", "image/*", "", 200, "image/svg+xml", "no-cache", "<svg/>"},
		{"/assets/app-1a.js", "*/*", "", 200, "text/javascript", "immutable", "export"},
		{"/assets/app-1a.js", "*/*", "gzip, deflate, br", 200, "text/javascript", "immutable", "brotli"},
		{"/assets/app-1a.js", "*/*", "gzip, br;q=0", 200, "text/javascript", "immutable", "gzipped"},
		{"/assets/a-2.css", "*/*", "br", 200, "text/css", "immutable", "a{}"},
		{"/assets/gone-3.js", html, "", 404, "", "", ""},
		{"/assets/app-1a.js.br", "*/*", "", 404, "", "", ""},
		{"/.gitkeep", "*/*", "", 404, "", "", ""},
		{"/api/anything", html, "", 404, "", "", ""},
		{"/../server/web/web.go", "*/*", "", 404, "", "", ""},
	} {
		res, body := ask("GET", c.path, "Accept", c.accept, "Accept-Encoding", c.encoding)
		if res.StatusCode != c.status {
			t.Errorf("%s (%s) = %d, want %d", c.path, c.accept, res.StatusCode, c.status)
			continue
		}
		if c.status == 200 && (!strings.HasPrefix(body, c.body) || !strings.HasPrefix(res.Header.Get("Content-Type"), c.contentType) ||
			!strings.Contains(res.Header.Get("Cache-Control"), c.cache)) {
			t.Errorf("%s (%s) = %v %.60s", c.path, c.encoding, res.Header, body)
		}
	}
}

func TestETagsAndMethods(t *testing.T) {
	ask := serve(t, built())
	res, _ := ask("GET", "/", "Accept", "text/html")
	if again, body := ask("GET", "/", "Accept", "text/html", "If-None-Match", res.Header.Get("ETag")); again.StatusCode != 304 || body != "" {
		t.Errorf("If-None-Match = %d %s", again.StatusCode, body)
	}
	if head, body := ask("HEAD", "/", "Accept", "text/html"); head.StatusCode != 200 || body != "" {
		t.Errorf("HEAD = %d %s", head.StatusCode, body)
	}
	if post, _ := ask("POST", "/", "Accept", "text/html"); post.StatusCode != 404 {
		t.Errorf("POST = %d", post.StatusCode)
	}
}

func TestAddressesThatAreSecretsAreNotReferred(t *testing.T) {
	ask := serve(t, built())
	for path, want := range map[string]string{
		"/s/token": "no-referrer", "/setup/code": "no-referrer", "/i/token": "no-referrer", "/reset/code": "no-referrer",
		"/verify/code": "no-referrer", "/confirm/code": "no-referrer", "/d/id": "",
	} {
		if res, _ := ask("GET", path, "Accept", "text/html"); res.Header.Get("Referrer-Policy") != want {
			t.Errorf("%s: Referrer-Policy %q, want %q", path, res.Header.Get("Referrer-Policy"), want)
		}
	}
}

func TestWithoutTheAppAPageSaysHowToBuildIt(t *testing.T) {
	for _, dist := range []fstest.MapFS{nil, {".gitkeep": {}}} {
		res, body := serve(t, dist)("GET", "/", "Accept", "text/html")
		if res.StatusCode != 503 || !strings.Contains(body, "make build") || strings.Contains(body, "style=") {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	}
}
