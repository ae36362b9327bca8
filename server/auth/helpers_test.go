package auth

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/server/problem"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
)

// cheap is a hash that costs next to nothing: under -race the real one takes half a second.
var cheap = HashConfig{Memory: 64, Passes: 1}

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// ears notes what open sockets would feel: of proofs that the store tells of, and of people that the service does.
type ears struct {
	mu    sync.Mutex
	ended []string
	gone  []storage.UserID
	users []storage.UserID
}

func (e *ears) hear(events []storage.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, event := range events {
		switch event.Kind {
		case storage.EventSignIn:
			e.ended = append(e.ended, event.ID)
		case storage.EventToken:
			e.ended = append(e.ended, tokenSignIn+event.ID)
		case storage.EventPerson:
			e.users = append(e.users, event.Users...)
		}
	}
}

func (e *ears) Apply(event storage.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.gone = append(e.gone, event.Users...)
}

type fixture struct {
	*Service
	t     *testing.T
	store *memory.Store
	clock *clock
	ears  *ears
}

func newFixture(t *testing.T, change func(*Config)) fixture {
	t.Helper()
	f := fixture{t: t, store: memory.New(), clock: newClock(), ears: &ears{}}
	f.store.Hear(f.ears.hear)
	cfg := Config{
		Store: f.store, Listener: f.ears, Secret: sealed.Of("0123456789abcdef0123456789abcdef"), Hash: cheap, Now: f.clock.Now,
		Loopback: true,
	}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.Service = s
	return f
}

// account makes an account and returns who it is, with its cookie's token.
func (f fixture) account(name string) (collab.Identity, Proof) {
	f.t.Helper()
	user, proof, err := f.signUp(context.Background(), From{Address: name}, nil, NewAccount{
		Name: name, Email: name + "@example.org", Password: "correct horse " + name,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	signIns, err := f.store.SignIns(context.Background(), user.ID, f.clock.Now())
	if err != nil || len(signIns) == 0 {
		f.t.Fatal(signIns, err)
	}
	return identify(user, signIns[0]), proof
}

// ask runs authenticate on a request with these headers, given as name, value, name, value.
func (f fixture) ask(method, target string, authenticate func(*fiber.Ctx) (collab.Identity, error), headers ...string) (collab.Identity, error) {
	f.t.Helper()
	var who collab.Identity
	var err error
	app := fiber.New(fiber.Config{Immutable: true, EnableTrustedProxyCheck: true})
	app.All("/*", func(c *fiber.Ctx) error {
		who, err = authenticate(c)
		return nil
	})
	req := httptest.NewRequest(method, target, nil)
	req.RequestURI = req.URL.RequestURI() // as browsers send it: the host stands in its header
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Add(headers[i], headers[i+1])
	}
	res, testErr := app.Test(req, -1)
	if testErr != nil {
		f.t.Fatal(testErr)
	}
	res.Body.Close()
	return who, err
}

// status is that of a problem; 0 for no error.
func status(err error) int {
	var p *problem.Problem
	switch {
	case err == nil:
		return 0
	case errors.As(err, &p):
		return p.Status
	}
	return -1
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// inside runs look within a request.
func (f fixture) inside(look func(*fiber.Ctx), headers ...string) {
	f.t.Helper()
	_, _ = f.ask("GET", "/", func(c *fiber.Ctx) (collab.Identity, error) {
		look(c)
		return collab.Identity{}, nil
	}, headers...)
}

// fields are those a problem names.
func fields(err error) []problem.Field {
	var p *problem.Problem
	errors.As(err, &p)
	if p == nil {
		return nil
	}
	return p.Errors
}

// signUp makes an account where no letter is needed.
func (f fixture) signUp(ctx context.Context, from From, current *collab.Identity, in NewAccount) (storage.User, Proof, error) {
	made, err := f.SignUp(ctx, from, current, in)
	return made.User, made.Proof, err
}
