package main

import (
	"bytes"
	"os"
	"testing"
)

// The browser client's types are generated from this file: it is the API's document, byte for byte.
func TestTheClientsDescriptionIsTheServers(t *testing.T) {
	kept, err := os.ReadFile("../../frontend/client/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	now, err := once("", "openapi")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, []byte(now)) {
		t.Error("frontend/client/openapi.json is not what quire openapi prints; run: go run ./cmd/quire openapi > frontend/client/openapi.json, " +
			"then npm run generate there")
	}
}
