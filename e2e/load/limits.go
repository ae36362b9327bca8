package load

import (
	"errors"
	"fmt"
)

const (
	spareFiles   = 64
	quireUser    = 2_000  // Quire's default limit of connections per user (LIMIT_CONNECTIONS_USER)
	quireAddress = 20_000 // and per address (LIMIT_CONNECTIONS_ADDRESS)
	portsOfOne   = 28_000 // connections from one address to one server, on most systems
)

// checkLimits returns, before anything starts, which limits the run would certainly exceed, and what to do about it.
func checkLimits(cfg Config, t target) error {
	n := cfg.sockets()
	need := uint64(n + spareFiles)
	var wrong []error
	if have, err := raiseFiles(); err != nil {
		wrong = append(wrong, fmt.Errorf("the limit of open files cannot be read: %w", err))
	} else if have < need {
		wrong = append(wrong, fmt.Errorf("%d connections need %d open files, and this shell allows %d: "+
			"raise it with `ulimit -Hn %d` (as root), or LimitNOFILE= of a systemd unit", n, need, have, need))
	}
	if have, ok := filesOf(cfg.ServerPID); ok && have < need {
		wrong = append(wrong, fmt.Errorf("%d connections need as many open files in the server, and process %d may open %d: "+
			"start it after `ulimit -n %d`", n, cfg.ServerPID, have, need))
	}
	if !t.loopback() && n > portsOfOne {
		wrong = append(wrong, fmt.Errorf("%d connections would come from one address, which has about %d ports; "+
			"on this machine give --url with 127.0.0.1, and they come from several", n, portsOfOne))
	}
	return errors.Join(wrong...)
}

// maybeLimits returns notes about settings of the server that may have to be raised. Their values are not visible from here.
func maybeLimits(cfg Config, t target) []string {
	n := cfg.sockets()
	var notes []string
	if cfg.Token != "" && n > quireUser {
		notes = append(notes, fmt.Sprintf("%d connections with one --token are one user's: "+
			"Quire takes %d unless LIMIT_CONNECTIONS_USER is raised; --jwt-secret makes as many users as it takes", n, quireUser))
	}
	if (cfg.Token != "" || cfg.JWTSecret != "") && !t.loopback() && n > quireAddress {
		notes = append(notes, fmt.Sprintf("%d connections come from one address: "+
			"Quire takes %d unless LIMIT_CONNECTIONS_ADDRESS is raised; to 127.0.0.1 they come from several addresses", n, quireAddress))
	}
	return notes
}
