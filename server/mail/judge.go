package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"
)

// judge returns why a letter was not sent, and whether another try is worthwhile. The reason never quotes the mail server, whose
// messages contain addresses.
func judge(err error) (reason string, again bool) {
	var refused *gomail.SendError
	var said *textproto.Error
	var line *net.OpError
	var name *net.DNSError
	switch {
	case errors.Is(err, errAddress):
		return errAddress.Error(), false
	case errors.Is(err, errUnwritten):
		return errUnwritten.Error(), true
	case errors.As(err, &refused) && refused.ErrorCode() != 0:
		return fmt.Sprintf("the mail server said %d %s", refused.ErrorCode(), refused.EnhancedStatusCode()), refused.IsTemp()
	case errors.As(err, &said):
		return fmt.Sprintf("the mail server said %d", said.Code), said.Code < 500
	case errors.As(err, &name):
		return "the mail server's name is not known", true
	case errors.As(err, &line):
		return "the mail server can't be reached: " + line.Op, true
	case errors.Is(err, context.DeadlineExceeded):
		return "the mail server took too long", true
	}
	return fmt.Sprintf("%T", unwrapped(err)), true
}

// unwrapped returns the innermost error. The log gets only its type.
func unwrapped(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
