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

// version is the API's version in the OpenAPI document. /server has the server's.
const version = "1"

//go:embed docs
var docs embed.FS

// finishSpec removes what huma added and the API does not use, so that generated clients match the API.
func (a *API) finishSpec() {
	schemas := a.huma.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	a.huma.OpenAPI().Tags = []*huma.Tag{
		{Name: "Documents", Description: "Making, finding and naming documents, and the trash"},
		{Name: "Content", Description: "A document's text, its revisions and its ops"},
		{Name: "Sharing", Description: "Who may do what with a document: members, links, invitations, groups, requests"},
		{Name: "Groups", Description: "People who get roles together"},
		{Name: "Me", Description: "One's own account, sign-ins, tokens and export"},
		{Name: "Signing in", Description: "Accounts, passwords and the sign-in provider"},
		{Name: "Administration", Description: "For administrators: people, documents, settings, the audit log"},
		{Name: "Server", Description: "What this server offers, and tickets for its socket"},
	}
	a.explain(a.huma.OpenAPI())
}

// Spec returns the OpenAPI 3.1 document, indented; the same code always makes the same bytes.
func (a *API) Spec() ([]byte, error) {
	data, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, err
	}
	var tree any // encoding/json sorts the keys of maps
	if err := json.Unmarshal(data, &tree); err != nil {
		return nil, err
	}
	data, err = json.MarshalIndent(tree, "", "  ")
	return append(data, '\n'), err
}

// Spec returns the API's OpenAPI document; it needs no running server.
func Spec() ([]byte, error) {
	return Register(fiber.New(fiber.Config{DisableStartupMessage: true}), Config{}).Spec()
}

// registerSpec serves the document and a page to read it, which loads nothing from other hosts.
func (a *API) registerSpec(app *fiber.App) {
	once := sync.OnceValues(a.Spec) // made on first use, because it is slow and seldom needed
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
