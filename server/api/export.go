package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

func (a *API) registerExport() {
	add(a, route{id: "export-me", method: http.MethodGet, path: "/me/export", tag: "Me", personal: true,
		summary: "All that is kept about me, as a ZIP archive",
		about: "profile.json, sign-ins.json, tokens.json, documents.json, audit.json, and for each document I own its text " +
			"(documents/{id}.txt) and its content (documents/{id}.json).",
		responses: answers(http.StatusOK, "The archive", map[string]*huma.Schema{
			"application/zip": {Type: huma.TypeString, ContentEncoding: "binary"}})},
		soon[struct{}, huma.StreamResponse])
}
