package socket

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/collab/wire"
)

// Session is what a connection asks of the engine; *session.Session is one. See there for what each may do.
type Session interface {
	Receive(ctx context.Context, frame []byte)
	ReceiveOversized(prefix []byte, size int64)
	Pull(dst []wire.Frame, maxBytes int) []wire.Frame
	PullNow(dst []wire.Frame, maxBytes int) (frames []wire.Frame, more bool)
	Leave()
}

// Gate says who may open a socket; *auth.Service is one.
type Gate interface {
	// AuthenticateSocket says who asks. Its error is written as a problem.
	AuthenticateSocket(*fiber.Ctx) (collab.Identity, error)
	// OwnOrigin reports whether origin is that of our own pages, seen from this request.
	OwnOrigin(c *fiber.Ctx, origin string) bool
	// AllowedOrigin reports whether origin is another site whose pages may come with a proof of their own.
	AllowedOrigin(origin string) bool
}

// Config is what the sockets need.
type Config struct {
	Join    func(collab.Transport, collab.Identity) Session
	Gate    Gate
	Address func(*fiber.Ctx) string // who really asks, behind proxies; nil: the peer
	Limits  Limits
	Timing  Timing
	Log     *slog.Logger // nil: none
}

// Limits bounds what connections may cost. A zero field takes its default.
type Limits struct {
	Frame      int   // bytes of a message that is handed on; wire.DefaultFrame (W4)
	Discard    int64 // bytes of a message that is still read, to be refused by name; 64 MiB
	Assembling int64 // bytes of unfinished large messages in all connections together; 256 MiB
	PerUser    int   // connections; 2,000
	PerAddress int   // connections; 20,000
}

// Timing is how long things may take. A zero field takes its default.
type Timing struct {
	PingEvery time.Duration // of silence, then a ping; 25 s
	PongWait  time.Duration // for anything to come after a ping; 30 s
	WriteWait time.Duration // for a write of at most 64 KiB to make progress; 30 s
	CloseWait time.Duration // for the last words, the close frame and its answer; 3 s
	Message   time.Duration // for one message to arrive whole; 2 min
}

func (l Limits) orDefault() Limits {
	setDefault(&l.Frame, wire.DefaultFrame)
	setDefault(&l.Discard, 64<<20)
	setDefault(&l.Assembling, 256<<20)
	setDefault(&l.PerUser, 2_000)
	setDefault(&l.PerAddress, 20_000)
	return l
}

func (t Timing) orDefault() Timing {
	setDefault(&t.PingEvery, 25*time.Second)
	setDefault(&t.PongWait, 30*time.Second)
	setDefault(&t.WriteWait, 30*time.Second)
	setDefault(&t.CloseWait, 3*time.Second)
	setDefault(&t.Message, 2*time.Minute)
	return t
}

func setDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// ErrNotTuned: the app would reuse memory or connections that sockets still use.
var ErrNotTuned = errors.New("socket: the app needs fiber.Config.Immutable, and socket.Tune before Listen")

// Tune sets what sockets need of the app's server. Call it before Listen. The app must have been made with
// fiber.Config{Immutable: true}, which cannot be set later.
func Tune(app *fiber.App) error {
	if !app.Config().Immutable {
		return ErrNotTuned
	}
	server := app.Server()
	server.KeepHijackedConns = true // else fasthttp closes the connection when the handler returns, and reuses its wrapper
	server.ReduceMemoryUsage = true // else every socket keeps a request reader for its whole life
	return nil
}
