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

// Session is what a connection needs of the engine. *session.Session implements it; see there for the contracts.
type Session interface {
	Receive(ctx context.Context, frame []byte)
	ReceiveOversized(prefix []byte, size int64)
	Pull(dst []wire.Frame, maxBytes int) []wire.Frame
	PullNow(dst []wire.Frame, maxBytes int) (frames []wire.Frame, more bool)
	Leave()
}

// Gate decides who may open a socket. *auth.Service implements it.
type Gate interface {
	// AuthenticateSocket returns who sent the request. Its error is answered as a problem.
	AuthenticateSocket(*fiber.Ctx) (collab.Identity, error)
	// OwnOrigin reports whether origin is that of our own pages, as seen from this request.
	OwnOrigin(c *fiber.Ctx, origin string) bool
	// AllowedOrigin reports whether origin is another site whose pages may open sockets, with a token or ticket.
	AllowedOrigin(origin string) bool
}

// Config configures the sockets.
type Config struct {
	Join    func(collab.Transport, collab.Identity) Session
	Gate    Gate
	Address func(*fiber.Ctx) string // returns the client's address behind proxies; nil: the peer's
	Limits  Limits
	Timing  Timing
	Log     *slog.Logger // nil: none
}

// Limits bounds what connections may cost. A field that is zero or negative means its default.
type Limits struct {
	Frame      int   // bytes of a message that the session receives; default wire.DefaultFrame (W4)
	Discard    int64 // bytes of a message that is read at all, so that it can be refused; default 64 MiB
	Assembling int64 // bytes of unfinished large messages on all connections together, of which each user has a fair share; default 256 MiB
	PerUser    int   // connections; default 2,000
	PerAddress int   // connections; default 20,000
}

// Timing is how long things may take. A field that is zero or negative means its default.
type Timing struct {
	PingEvery time.Duration // of silence before a ping; default 25 s
	PongWait  time.Duration // after a ping until anything arrives; default 30 s
	WriteWait time.Duration // for a write of at most 64 KiB to make progress; default 30 s
	CloseWait time.Duration // for pending frames, the close frame and its answer; default 3 s
	Message   time.Duration // for one message to arrive completely; default 2 min
	Stall     time.Duration // until more of a message that has begun arrives; default 30 s
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
	setDefault(&t.Stall, 30*time.Second)
	return t
}

func setDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// ErrNotTuned reports an app that would reuse memory or connections that sockets still use.
var ErrNotTuned = errors.New("socket: the app needs fiber.Config.Immutable, and socket.Tune before Listen")

// Tune sets the options of the app's server that sockets need. Call it before Listen. The app must have been made with
// fiber.Config{Immutable: true}, which cannot be set later; else the error is ErrNotTuned.
func Tune(app *fiber.App) error {
	if !app.Config().Immutable {
		return ErrNotTuned
	}
	server := app.Server()
	server.KeepHijackedConns = true // else fasthttp closes the connection when the handler returns, and reuses its wrapper
	server.ReduceMemoryUsage = true // else every socket keeps a request reader while it is open
	return nil
}
