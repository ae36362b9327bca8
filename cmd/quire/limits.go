package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"quire/collab"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/server"
	"quire/server/api"
	"quire/server/socket"
)

// limits are the bounds on what clients send (W4).
type limits struct {
	frame              int // bytes
	components         int // of an op
	document           int // UTF-16 code units
	depth              int // of JSON
	connectionsUser    int
	connectionsAddress int
	httpConnections    int
	httpAddress        int
	bodies, messages   int64 // bytes
}

// limitSettings returns the settings of W4. The editor needs their minimum; their maximum is what was tested.
func limitSettings() []setting {
	return []setting{
		{name: "LIMIT_FRAME", fallback: "1MiB", help: "bytes of one message on the socket; from 64KiB to 64MiB",
			set: func(c *config, v string) error {
				n, err := bytesOf(v)
				if err == nil && (n < 64<<10 || n > 64<<20) {
					err = fmt.Errorf("there may be 64KiB to 64MiB")
				}
				c.limits.frame = int(n)
				return err
			}},
		{name: "LIMIT_COMPONENTS", fallback: strconv.Itoa(delta.DefaultComponents), help: "components of one op",
			set: func(c *config, v string) error { return setCount(&c.limits.components, v, 100, 1_000_000) }},
		{name: "LIMIT_DOCUMENT", fallback: strconv.Itoa(collab.DefaultDocument), help: "UTF-16 code units of one document",
			set: func(c *config, v string) error { return setCount(&c.limits.document, v, 1_000, 100_000_000) }},
		{name: "LIMIT_DEPTH", fallback: "32", help: "nesting of JSON that clients send",
			set: func(c *config, v string) error { return setCount(&c.limits.depth, v, 8, 1_000) }},
		{name: "LIMIT_CONNECTIONS_USER", fallback: "2000", help: "open sockets of one person",
			set: func(c *config, v string) error { return setCount(&c.limits.connectionsUser, v, 1, 1_000_000) }},
		{name: "LIMIT_CONNECTIONS_ADDRESS", fallback: "20000", help: "open sockets from one address",
			set: func(c *config, v string) error { return setCount(&c.limits.connectionsAddress, v, 1, 1_000_000) }},
		{name: "LIMIT_HTTP_CONNECTIONS", fallback: "10000", help: "open connections besides sockets, of all together",
			set: func(c *config, v string) error { return setCount(&c.limits.httpConnections, v, 10, 1_000_000) }},
		{name: "LIMIT_HTTP_CONNECTIONS_ADDRESS", fallback: "1000", help: "open connections besides sockets, from one address; this machine and TRUST_PROXY are not counted",
			set: func(c *config, v string) error { return setCount(&c.limits.httpAddress, v, 1, 1_000_000) }},
		{name: "LIMIT_BODIES", fallback: "512MiB", help: "bytes of all large uploads in memory at once, of which each person has a fair share; from 128MiB",
			set: func(c *config, v string) error { return setShared(&c.limits.bodies, v) }},
		{name: "LIMIT_MESSAGES", fallback: "256MiB", help: "bytes of all large messages that are arriving on sockets, of which each person has a fair share; from 128MiB",
			set: func(c *config, v string) error { return setShared(&c.limits.messages, v) }},
	}
}

// setShared reads the size of something that all people share: it holds the largest request and message twice.
func setShared(field *int64, v string) (err error) {
	if *field, err = bytesOf(v); err == nil && *field < 128<<20 {
		err = errors.New("there may be 128MiB or more")
	}
	return err
}

// setCount reads a number; people may write 10_000_000.
func setCount(field *int, v string, least, most int) error {
	n, err := strconv.Atoi(strings.ReplaceAll(v, "_", ""))
	if err != nil || n < least || n > most {
		return fmt.Errorf("is not a number from %d to %d", least, most)
	}
	*field = n
	return nil
}

func (l limits) op() delta.Limits { return delta.Limits{Components: l.components, Depth: l.depth} }

// engine returns the limits that the hub enforces.
func (c config) engine() collab.Limits {
	quota := c.quotaDocument
	if quota == 0 {
		quota = math.MaxInt64
	}
	l := collab.Limits{
		DocumentBytes: quota, FrameBytes: c.limits.frame, DocumentUnits: c.limits.document,
		Wire: wire.Limits{Depth: c.limits.depth, Op: c.limits.op()},
	}
	c.shared.bound(&l)
	return l
}

// rest returns the limits that the API enforces and reports.
func (c config) rest() api.Bounds {
	return api.Bounds{
		QuotaUser: c.quotaUser, QuotaApplication: c.quotaApp, QuotaDocument: c.quotaDocument, Trash: c.trash,
		Frame: c.limits.frame, Document: c.limits.document, Delta: c.limits.op(),
	}
}

// peers returns the limits on those who ask by HTTP.
func (c config) peers() server.PeerLimits {
	return server.PeerLimits{Connections: c.limits.httpConnections, PerAddress: c.limits.httpAddress}
}

// sockets returns the limits that the transport enforces.
func (c config) sockets() socket.Limits {
	return socket.Limits{
		Frame: c.limits.frame, Assembling: c.limits.messages, PerUser: c.limits.connectionsUser, PerAddress: c.limits.connectionsAddress,
	}
}
