package web

import (
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

const index = "index.html"

// App is the web app. It never changes after New, so any goroutine may use it.
type App struct {
	files map[string]*file
}

// file is one file, with what the build made of it.
type file struct {
	contentType string
	immutable   bool
	plain       variant
	packed      []variant // best first
}

// variant is one form of a file.
type variant struct {
	encoding string // "" for plain
	etag     string
	data     []byte
}

// New reads the built app. nil, or a file system without index.html, gives an app that says how to build it.
func New(dist fs.FS) (*App, error) {
	a := &App{files: map[string]*file{}}
	if dist != nil {
		if err := fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !serves(name) {
				return err
			}
			return a.read(dist, name)
		}); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// serves tells what of the build is a file of the app, rather than a form of one or a note of the build's.
func serves(name string) bool {
	return !strings.HasPrefix(path.Base(name), ".") && !slices.Contains([]string{".br", ".gz", ".map"}, path.Ext(name))
}

func (a *App) read(dist fs.FS, name string) error {
	data, err := fs.ReadFile(dist, name)
	if err != nil {
		return err
	}
	f := &file{
		contentType: contentType(name), immutable: strings.HasPrefix(name, "assets/"), plain: newVariant("", data),
	}
	for _, form := range []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if packed, err := fs.ReadFile(dist, name+form.suffix); err == nil && len(packed) < len(data) {
			f.packed = append(f.packed, newVariant(form.encoding, packed))
		}
	}
	a.files[name] = f
	return nil
}

func newVariant(encoding string, data []byte) variant {
	sum := sha256.Sum256(data)
	return variant{encoding: encoding, etag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, data: data}
}

// contentType does not ask the machine's own tables, which differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".webmanifest":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".ico":
		return "image/x-icon"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// SecretPages are the pages whose address holds a secret behind their name, as in /s/…: links, invitations, the first
// account, and what letters lead to. Nothing may write such an address down. It is not to be changed.
var SecretPages = []string{"s", "setup", "reset", "verify", "confirm", "i"}

// Empty reports whether nobody has built the app.
func (a *App) Empty() bool { return a.files[index] == nil }

// Handle serves the app; what is not its own it passes on.
func (a *App) Handle(c *fiber.Ctx) error {
	if c.Method() != http.MethodGet && c.Method() != http.MethodHead || strings.HasPrefix(c.Path(), "/api/") {
		return c.Next()
	}
	name := strings.TrimPrefix(c.Path(), "/")
	if f := a.files[name]; f != nil && name != index {
		return f.send(c)
	}
	if strings.HasPrefix(name, "assets/") || name != "" && !strings.Contains(c.Get(fiber.HeaderAccept), "text/html") {
		return c.Next()
	}
	if secretPage(c) {
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	}
	if a.Empty() {
		c.Set(fiber.HeaderContentType, contentType(index))
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.Status(http.StatusServiceUnavailable).SendString(notBuilt)
	}
	return a.files[index].send(c)
}

// secretPage tells it of the address as the app reads it: decoded, and in letters of any size.
func secretPage(c *fiber.Ctx) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(string(c.Context().Path()), "/"), "/")
	return slices.Contains(SecretPages, strings.ToLower(first))
}

func (f *file) send(c *fiber.Ctx) error {
	v := f.plain
	if len(f.packed) > 0 {
		c.Vary(fiber.HeaderAcceptEncoding)
		for _, packed := range f.packed {
			if accepts(c.Get(fiber.HeaderAcceptEncoding), packed.encoding) {
				v = packed
				c.Set(fiber.HeaderContentEncoding, v.encoding)
				break
			}
		}
	}
	c.Set(fiber.HeaderContentType, f.contentType)
	c.Set(fiber.HeaderETag, v.etag)
	if f.immutable {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	} else {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	if c.Get(fiber.HeaderIfNoneMatch) == v.etag {
		return c.SendStatus(http.StatusNotModified)
	}
	return c.Send(v.data)
}

// accepts reads Accept-Encoding; a quality of 0 refuses.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
