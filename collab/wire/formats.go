package wire

import (
	_ "embed"

	"quire/collab/delta"
)

//go:embed testdata/formats.json
var formatsJSON []byte

// Formats returns the table of formats that documents may hold (E3). The editor's registry and paste filter are made from
// the same file, so the server never refuses what our editor sends.
func Formats() (*delta.Formats, error) { return delta.ParseFormats(formatsJSON) }
