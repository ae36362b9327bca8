package api

import "net/http"

type deleteMeIn struct {
	Body struct {
		Password string `json:"password,omitempty" maxLength:"4096" doc:"Needed by who has one"`
		Confirm  string `json:"confirm,omitempty" maxLength:"254" doc:"My e-mail, for an account without a password"`
		Shared   string `json:"shared" enum:"transfer,delete" doc:"What becomes of shared documents that only I own: they go to the longest-standing member with the highest role who has an account, or are deleted"`
	}
}

// Farewell says what became of the documents that only the deleted person owned.
type Farewell struct {
	Transferred int `json:"transferred"`
	Deleted     int `json:"deleted"`
}

func (a *API) registerFarewell() {
	add(a, route{id: "delete-me", method: http.MethodPost, path: "/me/delete", tag: "Me", personal: true,
		summary: "Delete my account",
		about: "Documents that only I own and nobody shares are deleted for good. In shared ones what I wrote stays, under " +
			"“Deleted account”."}, soon[deleteMeIn, bodyOf[Farewell]])
}
