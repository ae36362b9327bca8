package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"quire/server/problem"
	"quire/storage"
)

// PersonListed is a person as an administrator sees them.
type PersonListed struct {
	User
	Application bool            `json:"application" doc:"Comes with an application's tokens"`
	CreatedAt   Time            `json:"created_at"`
	LastSeenAt  Nullable[Time]  `json:"last_seen_at" doc:"To the hour; null: not signed in anywhere"`
	Documents   int             `json:"documents" doc:"They own"`
	Bytes       int64           `json:"bytes" doc:"Of the logs of these"`
	Quota       Nullable[int64] `json:"quota" doc:"Bytes of their own bound; negative: none; null: the installation's"`
	SuspendedAt Nullable[Time]  `json:"suspended_at" doc:"Since when they are kept out; null: they are not"`
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

// AddedPerson is a new account, and how its owner can sign in first.
type AddedPerson struct {
	User   User   `json:"user"`
	URL    string `json:"url" doc:"A secret, good once, for three days: there they choose a password"`
	Mailed bool   `json:"mailed" doc:"The address was mailed to them too"`
}

type changePersonIn struct {
	AdminPersonPath
	Body struct {
		Admin *bool  `json:"admin,omitempty"`
		Known *bool  `json:"known,omitempty" doc:"Vouch for them: what waits for their e-mail finds them"`
		Quota *int64 `json:"quota,omitempty" doc:"Bytes; 0: the installation's; negative: no bound"`

		Suspended *bool `json:"suspended,omitempty" doc:"Signed out within a second and kept out; nothing of theirs is lost"`
	}
}

// ChangedPerson is a person after a change by an administrator.
type ChangedPerson struct {
	User
	Quota Nullable[int64] `json:"quota" doc:"Bytes of their own bound; negative: none; null: the installation's"`

	SuspendedAt Nullable[Time] `json:"suspended_at" doc:"Since when they are kept out; null: they are not"`
}

// PasswordReset is how somebody can set a new password.
type PasswordReset struct {
	URL string `json:"url" doc:"A secret, good once, for a day: there they choose a password"`
}

type deletePersonIn struct {
	AdminPersonPath
	Shared string `query:"shared" enum:"transfer,delete" required:"true" doc:"What becomes of shared documents that only they own, as in delete-me"`
}

type AdminSignInPath struct {
	AdminPersonPath
	SignIn string `path:"signin"`
}

// AdminSignIns is a person's sign-ins and API tokens.
type AdminSignIns struct {
	Items  []SignIn   `json:"items" nullable:"false"`
	Tokens []APIToken `json:"tokens" nullable:"false"`
}

func (a *API) registerAdminPeople() {
	add(a, route{id: "admin-list-people", method: http.MethodGet, path: "/admin/people", tag: "Administration", admin: true,
		summary: "People"}, a.adminPeople)
	add(a, route{id: "admin-add-person", method: http.MethodPost, path: "/admin/people", tag: "Administration", admin: true,
		status: http.StatusCreated, summary: "Make an account for somebody"}, a.adminAddPerson)
	add(a, route{id: "admin-change-person", method: http.MethodPatch, path: "/admin/people/{id}", tag: "Administration", admin: true,
		summary: "Make or unmake an administrator, vouch for or suspend somebody, set a quota"}, a.adminChangePerson)
	add(a, route{id: "admin-reset-password", method: http.MethodPost, path: "/admin/people/{id}/password-reset", tag: "Administration", admin: true, proves: true,
		summary: "Take somebody's password away and get the address at which they choose another",
		about:   "Ends all their sign-ins and tokens. Whoever opens the address is signed in as them: send it to nobody else."},
		a.adminResetPassword)
	add(a, route{id: "admin-delete-person", method: http.MethodDelete, path: "/admin/people/{id}", tag: "Administration", admin: true, proves: true,
		summary: "Delete somebody's account"}, a.adminDeletePerson)
	add(a, route{id: "admin-list-sign-ins", method: http.MethodGet, path: "/admin/people/{id}/sign-ins", tag: "Administration", admin: true,
		summary: "Where somebody is signed in"}, a.adminSignIns)
	add(a, route{id: "admin-end-sign-ins", method: http.MethodDelete, path: "/admin/people/{id}/sign-ins", tag: "Administration", admin: true,
		status: http.StatusNoContent, summary: "End all sign-ins and tokens of somebody",
		about: "Their open sockets are closed."}, a.adminEndSignIns)
	add(a, route{id: "admin-end-sign-in", method: http.MethodDelete, path: "/admin/people/{id}/sign-ins/{signin}", tag: "Administration", admin: true,
		status: http.StatusNoContent, summary: "End one sign-in or token of somebody"}, a.adminEndSignIn)
}

func (a *API) adminPeople(ctx context.Context, _ *request, in *listPeopleIn) (*bodyOf[PeoplePage], error) {
	q := storage.PersonQuery{Text: in.Query, Guests: in.Guests, Limit: in.Limit + 1}
	if in.Cursor != "" {
		plain, err := base64.RawURLEncoding.DecodeString(in.Cursor)
		id, name, ok := strings.Cut(string(plain), ":")
		if err != nil || !ok || id == "" {
			return nil, problem.Invalid("The cursor is not one that this server gave.").
				In("query.cursor", "is not a cursor of this server")
		}
		q.AfterID, q.AfterName = storage.UserID(id), name
	}
	rows, err := a.store.ListPeople(ctx, q)
	if err != nil {
		return nil, err
	}
	page := PeoplePage{Items: []PersonListed{}}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		last := rows[in.Limit-1].User
		page.NextCursor = some(base64.RawURLEncoding.EncodeToString([]byte(string(last.ID) + ":" + storage.Fold(last.Name))))
	}
	for _, r := range rows {
		page.Items = append(page.Items, personListed(r))
	}
	return &bodyOf[PeoplePage]{page}, nil
}

func personListed(r storage.PersonListed) PersonListed {
	p := PersonListed{
		User: userOf(r.User), Application: r.User.OfApplication(), CreatedAt: Time(r.User.CreatedAt),
		Documents: r.Documents, Bytes: r.Bytes,
	}
	if !r.LastSeenAt.IsZero() {
		p.LastSeenAt = some(Time(r.LastSeenAt))
	}
	p.SuspendedAt = since(r.User.SuspendedAt)
	if r.User.Quota != 0 {
		p.Quota = some(r.User.Quota)
	}
	return p
}

// since returns a time for a response; null for the zero time.
func since(at time.Time) Nullable[Time] {
	if at.IsZero() {
		return Nullable[Time]{}
	}
	return some(Time(at))
}

// person returns the user with that id; "not found" also if they are deleted.
func (a *API) person(ctx context.Context, id string) (storage.User, error) {
	user, err := a.store.User(ctx, storage.UserID(id))
	if err == nil && !user.DeletedAt.IsZero() {
		err = storage.ErrNotFound
	}
	return user, err
}

func (a *API) adminAddPerson(ctx context.Context, req *request, in *addPersonIn) (*bodyOf[AddedPerson], error) {
	user, code, mailed, err := a.auth.AddAccount(ctx, a.from(req), req.who.User, in.Body.Name, in.Body.Email, false)
	if err != nil {
		return nil, err
	}
	return &bodyOf[AddedPerson]{AddedPerson{User: userOf(user), URL: a.auth.BaseURL(req.fiber) + "/reset/" + code, Mailed: mailed}}, nil
}

func (a *API) adminChangePerson(ctx context.Context, req *request, in *changePersonIn) (*bodyOf[ChangedPerson], error) {
	user, err := a.person(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Body.Admin != nil {
		if user, err = a.auth.SetAdmin(ctx, a.from(req), req.who.User, user, *in.Body.Admin); err != nil {
			return nil, err
		}
	}
	if in.Body.Known != nil {
		if user, err = a.auth.SetKnown(ctx, a.from(req), req.who.User, user, *in.Body.Known); err != nil {
			return nil, err
		}
	}
	if in.Body.Suspended != nil {
		if user, err = a.auth.SetSuspended(ctx, a.from(req), req.who.User, user, *in.Body.Suspended); err != nil {
			return nil, err
		}
	}
	if in.Body.Quota != nil {
		if user, err = a.auth.SetQuota(ctx, a.from(req), req.who.User, user, *in.Body.Quota); err != nil {
			return nil, err
		}
	}
	changed := ChangedPerson{User: userOf(user), SuspendedAt: since(user.SuspendedAt)}
	if user.Quota != 0 {
		changed.Quota = some(user.Quota)
	}
	return &bodyOf[ChangedPerson]{changed}, nil
}

func (a *API) adminResetPassword(ctx context.Context, req *request, in *AdminPersonPath) (*bodyOf[PasswordReset], error) {
	user, err := a.person(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !user.Account() {
		return nil, problem.Invalid("Only somebody with an account has a password.").In("path.id", "has no account")
	}
	code, err := a.auth.ResetPassword(ctx, a.from(req), req.who.User, user)
	if err != nil {
		return nil, err
	}
	return &bodyOf[PasswordReset]{PasswordReset{URL: a.auth.BaseURL(req.fiber) + "/reset/" + code}}, nil
}

func (a *API) adminDeletePerson(ctx context.Context, req *request, in *deletePersonIn) (*bodyOf[Farewell], error) {
	user, err := a.person(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.auth.MayLose(ctx, user); err != nil {
		return nil, err
	}
	return a.farewell(ctx, req, user, in.Shared)
}

func (a *API) adminSignIns(ctx context.Context, req *request, in *AdminPersonPath) (*bodyOf[AdminSignIns], error) {
	user, err := a.person(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	signIns, err := a.auth.SignIns(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	tokens, err := a.auth.Tokens(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	return &bodyOf[AdminSignIns]{AdminSignIns{Items: signInsOf(signIns, req.who.SignIn), Tokens: tokensOf(tokens)}}, nil
}

func (a *API) adminEndSignIns(ctx context.Context, req *request, in *AdminPersonPath) (*none, error) {
	user, err := a.person(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.auth.EndAll(ctx, a.from(req), req.who.User, user.ID)
}

// adminEndSignIn ends the sign-in or API token that has the id.
func (a *API) adminEndSignIn(ctx context.Context, req *request, in *AdminSignInPath) (*none, error) {
	user, err := a.person(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.auth.EndAny(ctx, a.from(req), req.who.User, user.ID, in.SignIn)
}
