package load

import (
	"errors"
	"fmt"
)

const (
	spareFiles   = 64
	quireUser    = 2_000  // connections of one user that Quire takes (W4)
	quireAddress = 20_000 // of one address
	portsOfOne   = 28_000 // connections from one address to one server, as most systems are set up
)

// checkLimits says, before anything starts, which limit the run would meet, and what to do about it.
func checkLimits(cfg Config, t target) error {
	n := cfg.sockets()
	var wrong []error
	if have, err := raiseFiles(); err != nil {
		wrong = append(wrong, fmt.Errorf("the limit of open files cannot be read: %w", err))
	} else if need := uint64(n + spareFiles); have < need {
		wrong = append(wrong, fmt.Errorf("%d connections need %d open files, and this shell allows %d: raise it with `ulimit -Hn %d` (as root), or LimitNOFILE= of a systemd unit",
			n, need, have, need))
	}
	if have, ok := filesOf(cfg.ServerPID); ok && have < uint64(n+spareFiles) {
		wrong = append(wrong, fmt.Errorf("%d connections need as many open files in the server, and process %d may open %d: start it after `ulimit -n %d`",
			n, cfg.ServerPID, have, n+spareFiles))
	}
	if cfg.Token != "" && n > quireUser {
		wrong = append(wrong, fmt.Errorf("%d connections with one --token are one user's, and Quire takes %d of a user: give --jwt-secret, which makes as many users as it takes",
			n, quireUser))
	}
	if !t.loopback() {
		const why = "; on this machine give --url with 127.0.0.1, and the connections come from several addresses"
		switch {
		case cfg.withToken() && n > quireAddress:
			wrong = append(wrong, fmt.Errorf("%d connections come from one address, and Quire takes %d of one"+why, n, quireAddress))
		case n > portsOfOne:
			wrong = append(wrong, fmt.Errorf("%d connections come from one address, which has about %d ports"+why, n, portsOfOne))
		}
	}
	return errors.Join(wrong...)
}

func (c Config) withToken() bool { return c.Token != "" || c.JWTSecret != "" }
