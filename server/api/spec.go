package api

import (
	"embed"
	"encoding/json"
	"mime"
	"path"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// version is the API's, in its OpenAPI document. The server's build is told by /server.
const version = "1"

//go:embed docs
var docs embed.FS

// finishSpec takes out what huma put in and the API does not use, so that generated clients hold what is there.
func (a *API) finishSpec() {
	schemas := a.huma.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	a.huma.OpenAPI().Tags = []*huma.Tag{
		{Name: "Documents"}, {Name: "Content"}, {Name: "Sharing"}, {Name: "Groups"}, {Name: "Me"}, {Name: "Signing in"},
		{Name: "Administration"}, {Name: "Server"},
	}
	explain(a.huma.OpenAPI())
}

// Spec is the OpenAPI 3.1 document, indented, the same for the same code.
func (a *API) Spec() ([]byte, error) {
	data, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, err
	}
	var tree any // maps come out in the order of their keys
	if err := json.Unmarshal(data, &tree); err != nil {
		return nil, err
	}
	data, err = json.MarshalIndent(tree, "", "  ")
	return append(data, '\n'), err
}

// Spec is the OpenAPI document of the API without a server.
func Spec() ([]byte, error) {
	return Register(fiber.New(fiber.Config{DisableStartupMessage: true}), Config{}).Spec()
}

// registerSpec serves the document and a reader for it that needs nothing from elsewhere.
func (a *API) registerSpec(app *fiber.App) {
	once := sync.OnceValues(a.Spec) // dear beside the rest of a start, and few ask for it
	app.Get("/api/openapi.json", func(c *fiber.Ctx) error {
		spec, err := once()
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.Send(spec)
	})
	for route, name := range map[string]string{
		"/api/docs": "docs/index.html", "/api/docs/reader.js": "docs/reader.js", "/api/docs/reader.css": "docs/reader.css",
		"/api/docs/mark.svg": "docs/mark.svg",
	} {
		app.Get(route, func(c *fiber.Ctx) error {
			data, err := docs.ReadFile(name)
			if err != nil {
				return err
			}
			c.Set(fiber.HeaderContentType, mime.TypeByExtension(path.Ext(name)))
			c.Set(fiber.HeaderCacheControl, "no-cache")
			return c.Send(data)
		})
	}
}
