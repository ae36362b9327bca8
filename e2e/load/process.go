package load

import "time"

// usage is what the processes have used so far. A process without an id, or that cannot be read, is not ok.
type usage struct {
	server, database process
	own              time.Duration // CPU
}

// process is a process with all its descendants.
type process struct {
	cpu      time.Duration // including children that have ended
	resident int64         // bytes; for several processes the sum of their proportional shares
	ok       bool
}

func sample(cfg Config) usage {
	return usage{server: inspect(cfg.ServerPID), database: inspect(cfg.DatabasePID), own: ownCPU()}
}
