package frontend

import (
	"embed"
	"io/fs"
)

// dist needs the all: prefix: without it a lone .gitkeep does not count as a file, and a checkout where nobody has run
// Vite would not compile.
//
//go:embed all:dist
var dist embed.FS

// Dist is the built web app, rooted where index.html lies. A checkout that was never built holds only .gitkeep; whoever
// serves it looks for index.html and says how to build when it is missing. Safe for concurrent use.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil { // only an invalid path fails here, and ours is a constant
		return dist
	}
	return sub
}
