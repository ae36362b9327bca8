package api

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"quire/collab/budget"
	"quire/server/problem"
	"quire/storage"
)

const (
	exportTime  = 5 * time.Minute // longest time to write a response
	mostExports = 4               // at once on this node: each has a document's content in memory
)

// exports bounds the archives being written, and lets Close wait for them: they outlive their requests.
type exports struct {
	ctx  context.Context
	stop context.CancelFunc
	all  sync.WaitGroup

	places budget.Budget // on this node
	people budget.Each   // one each

	mu     sync.Mutex
	closed bool
}

func newExports() *exports {
	e := &exports{places: budget.Budget{Limit: mostExports}, people: budget.Each{Limit: 1}}
	e.ctx, e.stop = context.WithCancel(context.Background())
	return e
}

// enter begins an export for user, or returns a problem if they have one under way or there are too many. The caller must call leave.
func (e *exports) enter(user storage.UserID) (leave func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, problem.Unavailable("The server is restarting; it's usually back within ten seconds.").RetryAfter(2 * time.Second)
	}
	holds := &budget.Owner{}
	if holds.Take(e.people.Of(string(user)), 1) == nil {
		return nil, problem.TooMany("Your archive is being written already. Wait until it is here.").RetryAfter(10 * time.Second)
	}
	if holds.Take(&e.places, 1) == nil {
		holds.End()
		return nil, problem.Unavailable("Too many archives are being written. Try again in a minute.").RetryAfter(time.Minute)
	}
	e.all.Add(1)
	return func() {
		holds.End()
		e.all.Done()
	}, nil
}

// Exports returns how many archives are being written.
func (a *API) Exports() int { return max(int(a.exports.places.Used()), a.exports.people.Keys()) }

// Close ends archives under way, which break off or say that they are incomplete, and waits for them until ctx ends. One that still blocks on its reader then
// makes no further call to the store.
func (a *API) Close(ctx context.Context) {
	a.exports.mu.Lock()
	a.exports.closed = true
	a.exports.mu.Unlock()
	a.exports.stop()
	done := make(chan struct{})
	go func() { a.exports.all.Wait(); close(done) }() // ends with the last archive, at its write deadline at the latest
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func (a *API) registerExport() {
	add(a, route{id: "export-me", method: http.MethodGet, path: "/me/export", tag: "Me", personal: true,
		summary: "All that is kept about me, as a ZIP archive",
		about: "profile.json, sign-ins.json, tokens.json, documents.json, audit.json, my picture, and for each document I own " +
			"its text (documents/{id}.txt) and its content (documents/{id}.json). An archive that could not be finished holds " +
			"INCOMPLETE.txt, or breaks off when my sign-in ends meanwhile.",
		responses: answers(http.StatusOK, "The archive", map[string]*huma.Schema{
			"application/zip": {Type: huma.TypeString, ContentEncoding: "binary"}})},
		a.export)
}

// export streams the archive: of all of it, one document's content is in memory at a time.
func (a *API) export(ctx context.Context, req *request, _ *struct{}) (*huma.StreamResponse, error) {
	user, err := a.auth.Me(ctx, req.who)
	if err != nil {
		return nil, err
	}
	leave, err := a.exports.enter(user.ID)
	if err != nil {
		return nil, err
	}
	if !req.fiber.Request().Header.IsHead() {
		entry := storage.AuditEntry{Action: "export.begin", Subject: string(user.ID)}
		if err := a.audited(ctx, req, entry, func() error { return nil }); err != nil {
			leave()
			return nil, err
		}
	}
	who := req.who
	return &huma.StreamResponse{Body: func(h huma.Context) {
		c := humafiber.Unwrap(h)
		c.Set(fiber.HeaderContentType, "application/zip")
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="quire.zip"`)
		if c.Request().Header.IsHead() { // of an archive nobody reads nothing is written, and its place is free before the answer
			leave()
			return
		}
		c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			defer leave()
			ctx, stop := context.WithTimeout(a.exports.ctx, exportTime)
			defer stop()
			defer func() { // here is no handler that would
				if r := recover(); r != nil {
					a.log.Error("panic", "panic", fmt.Sprint(r), "user", user.ID, "stack", string(debug.Stack()))
				}
			}()
			if err := a.writeArchive(ctx, w, user, who); err != nil {
				a.log.Warn("archive not finished", "user", user.ID, "err", err)
			}
		})
	}}, nil
}
