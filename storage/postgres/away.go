package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
)

// Away reports whether err says that the database cannot be reached for now: nothing listens, its name is not known yet, it does not
// answer, starts, stops or has no connection free. It is false for what waiting does not mend: a wrong password, an unknown
// database, a refused setting or certificate.
func Away(err error) bool {
	switch code(err) {
	case "57P01", "57P02", "57P03", "53300": // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections
		return true
	case "":
	default:
		return false // it is there, and has refused
	}
	var line *net.OpError
	if errors.As(err, &line) && line.Op != "remote error" { // which is how crypto/tls names the other side's alert
		return true
	}
	var name *net.DNSError
	return errors.As(err, &name) || errors.Is(err, errSilent) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || notConnected(err) && errors.Is(err, context.DeadlineExceeded)
}
