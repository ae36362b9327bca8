package load

import "time"

// usage is what the processes have taken so far. A process whose id was not given, or cannot be looked at, is not ok.
type usage struct {
	server, database process
	own              time.Duration // CPU
}

// process is a process with all its descendants.
type process struct {
	cpu      time.Duration // with that of children which have ended
	resident int64         // bytes; of several processes, their proportional shares
	ok       bool
}

func sample(cfg Config) usage {
	return usage{server: inspect(cfg.ServerPID), database: inspect(cfg.DatabasePID), own: ownCPU()}
}
