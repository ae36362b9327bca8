package api

import "net/http"

// PersonListed is a person as an administrator sees them.
type PersonListed struct {
	User
	Application bool            `json:"application" doc:"Comes with an application's tokens"`
	CreatedAt   Time            `json:"created_at"`
	LastSeenAt  Nullable[Time]  `json:"last_seen_at" doc:"To the hour; null: not signed in anywhere"`
	Documents   int             `json:"documents" doc:"They own"`
	Bytes       int64           `json:"bytes" doc:"Of the logs of these"`
	Quota       Nullable[int64] `json:"quota" doc:"Bytes of their own bound; negative: none; null: the installation's"`
}

// PeoplePage is a page of people, by name.
type PeoplePage struct {
	Items      []PersonListed   `json:"items" nullable:"false"`
	NextCursor Nullable[string] `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
}

type listPeopleIn struct {
	Query  string `query:"q" maxLength:"400" doc:"Only people whose name or e-mail contains this, whatever the case"`
	Guests bool   `query:"guests" doc:"Guests and people of applications too"`
	Cursor string `query:"cursor" maxLength:"400"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type AdminPersonPath struct {
	ID string `path:"id" doc:"The person's id"`
}

type addPersonIn struct {
	Body struct {
		Name  string `json:"name" maxLength:"400"`
		Email string `json:"email" maxLength:"254"`
	}
}

// AddedPerson is a new account and how its owner gets in.
type AddedPerson struct {
	User   User   `json:"user"`
	URL    string `json:"url" doc:"A secret, good once, for three days: there they choose a password"`
	Mailed bool   `json:"mailed" doc:"The address was mailed to them too"`
}

type changePersonIn struct {
	AdminPersonPath
	Body struct {
		Admin *bool  `json:"admin,omitempty"`
		Quota *int64 `json:"quota,omitempty" doc:"Bytes; 0: the installation's; negative: no bound"`
	}
}

type deletePersonIn struct {
	AdminPersonPath
	Shared string `query:"shared" enum:"transfer,delete" required:"true" doc:"What becomes of shared documents that only they own, as in delete-me"`
}

type AdminSignInPath struct {
	AdminPersonPath
	SignIn string `path:"signin"`
}

// AdminSignIns is where a person is signed in, and their tokens.
type AdminSignIns struct {
	Items  []SignIn   `json:"items" nullable:"false"`
	Tokens []APIToken `json:"tokens" nullable:"false"`
}

func (a *API) registerAdminPeople() {
	add(a, route{id: "admin-list-people", method: http.MethodGet, path: "/admin/people", tag: "Administration", admin: true,
		summary: "People"}, soon[listPeopleIn, bodyOf[PeoplePage]])
	add(a, route{id: "admin-add-person", method: http.MethodPost, path: "/admin/people", tag: "Administration", admin: true,
		status: http.StatusCreated, summary: "Make an account for somebody"}, soon[addPersonIn, bodyOf[AddedPerson]])
	add(a, route{id: "admin-change-person", method: http.MethodPatch, path: "/admin/people/{id}", tag: "Administration", admin: true,
		summary: "Make or unmake an administrator, set a quota"}, soon[changePersonIn, bodyOf[PersonListed]])
	add(a, route{id: "admin-delete-person", method: http.MethodDelete, path: "/admin/people/{id}", tag: "Administration", admin: true,
		summary: "Delete somebody's account"}, soon[deletePersonIn, bodyOf[Farewell]])
	add(a, route{id: "admin-list-sign-ins", method: http.MethodGet, path: "/admin/people/{id}/sign-ins", tag: "Administration", admin: true,
		summary: "Where somebody is signed in"}, soon[AdminPersonPath, bodyOf[AdminSignIns]])
	add(a, route{id: "admin-end-sign-ins", method: http.MethodDelete, path: "/admin/people/{id}/sign-ins", tag: "Administration", admin: true,
		status: http.StatusNoContent, summary: "End all sign-ins and tokens of somebody",
		about: "Their open sockets are closed."}, soon[AdminPersonPath, none])
	add(a, route{id: "admin-end-sign-in", method: http.MethodDelete, path: "/admin/people/{id}/sign-ins/{signin}", tag: "Administration", admin: true,
		status: http.StatusNoContent, summary: "End one sign-in or token of somebody"}, soon[AdminSignInPath, none])
}
