package api

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/server/auth"
	"quire/server/problem"
	"quire/server/quota"
	"quire/server/settings"
	"quire/server/sharing"
	"quire/storage"
)

// Base is the path prefix of the API.
const Base = "/api/v1"

// Config is what the API needs.
type Config struct {
	Store   storage.Store
	Hub     *collab.Hub
	Auth    *auth.Service
	Proxies auth.Proxies

	Build      string // the server's version, shown to clients
	DataFolder string // folder of the database file; "": the database is elsewhere
	AnyFormats bool   // FORMATS=any
	Bounds     Bounds
	Settings   *settings.Live // settings that can change while the server runs
	Quota      *quota.Keeper
	Now        func() time.Time // nil: time.Now

	// Body reads the body of who's request, at most limit bytes, and gives what follows its own time: c.UserContext changes. Its
	// error is a problem.
	Body func(c *fiber.Ctx, who collab.Identity, limit int64) ([]byte, error)

	Log *slog.Logger // nil: slog.Default
}

// Bounds are limits that the API enforces or tells clients. A zero field takes the default at the end of its comment.
type Bounds struct {
	Frame         int           // bytes of a socket's frame; only told to clients. wire.DefaultFrame
	Document      int           // UTF-16 code units of a document; the engine enforces it. collab.DefaultDocument
	Delta         delta.Limits  // of an op or document in a body
	QuotaUser     int64         // bytes of log over all documents of an owner, where Settings does not say; 0: none
	QuotaDocument int64         // bytes of log of one document; 0: none
	Trash         time.Duration // how long a document stays in the trash. 30 days
	OpsPage       int           // bytes of op bodies in one answer. 1 MiB

	QuotaApplication int64 // bytes of log over all documents of an application; 0: none
}

func (l Bounds) orDefaults() Bounds {
	l.Frame = cmp.Or(l.Frame, wire.DefaultFrame)
	l.Document = cmp.Or(l.Document, collab.DefaultDocument)
	l.Delta.Components = cmp.Or(l.Delta.Components, delta.DefaultComponents)
	l.Trash = cmp.Or(l.Trash, 30*24*time.Hour)
	l.OpsPage = cmp.Or(l.OpsPage, 1<<20)
	return l
}

// API holds what the handlers share. It is safe for concurrent use.
type API struct {
	cfg   Config
	store storage.Store
	hub   *collab.Hub
	auth  *auth.Service

	sharing *sharing.Service

	now  func() time.Time
	log  *slog.Logger
	huma huma.API

	exports *exports
}

// Register adds the API's routes to app and returns it, for its OpenAPI document.
func Register(app *fiber.App, cfg Config) *API {
	a := &API{cfg: cfg, store: cfg.Store, hub: cfg.Hub, auth: cfg.Auth, now: cfg.Now, log: cmp.Or(cfg.Log, slog.Default())}
	a.exports = newExports()
	a.cfg.Bounds = cfg.Bounds.orDefaults()
	if a.now == nil {
		a.now = time.Now
	}
	a.sharing = sharing.New(a.store, a.auth, a.now, a.log)
	a.huma = humafiber.NewWithGroup(app, app.Group(Base), humaConfig())
	a.registerAccounts()
	a.registerVerification()
	a.registerOIDC()
	a.registerMe()
	a.registerProof()
	a.registerTokens()
	a.registerPicture()
	a.registerExport()
	a.registerFarewell()
	a.registerDocuments()
	a.registerContent()
	a.registerOps()
	a.registerSharing()
	a.registerAdmin()
	a.finishSpec()
	a.registerSpec(app)
	return a
}

func humaConfig() huma.Config {
	cfg := huma.DefaultConfig("Quire", version)
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", "" // served by registerSpec
	cfg.CreateHooks = nil                                       // no $schema in answers
	cfg.Servers = []*huma.Server{{URL: Base}}
	cfg.Info.Description = "Documents that several people write at once. Every refusal is a problem (RFC 9457); " +
		"its type is stable."
	cfg.Info.License = &huma.License{Name: "Apache License 2.0", Identifier: "Apache-2.0"}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"cookie": {Type: "apiKey", In: "cookie", Name: "quire", Description: "Set by signing in; named __Host-quire on " +
			"https. Counts only from Quire's own pages."},
		"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "A token of an embedding application: " +
			"sub, exp, name, documents."},
	}
	cfg.Transformers = append(cfg.Transformers, func(_ huma.Context, _ string, v any) (any, error) {
		if m, ok := v.(*huma.ErrorModel); ok {
			return problem.FromValidator(m), nil
		}
		return v, nil
	})
	return cfg
}
