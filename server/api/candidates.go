package api

import (
	"context"
	"net/http"

	"quire/collab/access"
	"quire/server/problem"
	"quire/storage"
)

// Candidate is somebody with an account here who can be chosen by name.
type Candidate struct {
	Person
	Known     bool `json:"known" doc:"Their e-mail is verified, or an administrator vouches for them. Of others anybody may have made the account"`
	CreatedAt Time `json:"created_at"`
}

// Candidates is a list of people by name. It never shows an e-mail.
type Candidates struct {
	Items []Candidate `json:"items" nullable:"false"`
}

type CandidatesQuery struct {
	Query string `query:"q" maxLength:"400" doc:"Only those whose name contains this, whatever the case"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

type documentCandidatesIn struct {
	DocumentPath
	CandidatesQuery
}

type groupCandidatesIn struct {
	GroupPath
	CandidatesQuery
}

const candidatesAbout = "By name, never by e-mail. 403 where the administrator has turned the list off (people_list)."

func (a *API) registerCandidates() {
	add(a, route{id: "list-document-candidates", method: http.MethodGet, path: "/documents/{id}/candidates", tag: "Sharing",
		summary: "People here who could be given a role", about: "For a document's owners. " + candidatesAbout}, a.documentCandidates)
	add(a, route{id: "list-group-candidates", method: http.MethodGet, path: "/groups/{id}/candidates", tag: "Groups",
		summary: "People here who could be in the group", about: "For a group's managers. " + candidatesAbout}, a.groupCandidates)
}

func (a *API) documentCandidates(ctx context.Context, req *request, in *documentCandidatesIn) (*bodyOf[Candidates], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	grants, err := a.store.Grants(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	there := map[storage.UserID]bool{}
	for _, g := range grants {
		there[g.User] = true
	}
	return a.candidates(ctx, req, in.CandidatesQuery, there)
}

func (a *API) groupCandidates(ctx context.Context, req *request, in *groupCandidatesIn) (*bodyOf[Candidates], error) {
	g, err := a.manage(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	there := map[storage.UserID]bool{}
	for _, id := range g.people() {
		there[id] = true
	}
	for _, o := range g.offers {
		there[o.User] = true
	}
	return a.candidates(ctx, req, in.CandidatesQuery, there)
}

// candidates lists accounts, except those in there, who have a place already. The caller must have an account.
func (a *API) candidates(ctx context.Context, req *request, in CandidatesQuery, there map[storage.UserID]bool) (*bodyOf[Candidates], error) {
	if err := a.mayChoosePeople(ctx, req); err != nil {
		return nil, err
	}
	list, err := a.store.Accounts(ctx, in.Query, in.Limit+len(there))
	if err != nil {
		return nil, err
	}
	found := Candidates{Items: []Candidate{}}
	for _, u := range list {
		if !there[u.ID] && len(found.Items) < in.Limit {
			found.Items = append(found.Items, Candidate{Person: personOf(u), Known: u.Known(), CreatedAt: Time(u.CreatedAt)})
		}
	}
	return &bodyOf[Candidates]{found}, nil
}

// mayChoosePeople returns a problem if the caller may not see the list of people.
func (a *API) mayChoosePeople(ctx context.Context, req *request) error {
	_, err := a.account(ctx, req, "The list of people is for those with an account.")
	if err == nil && !a.cfg.Settings.Values().People {
		err = problem.Forbidden("People can't be chosen from a list here. Use their e-mail.")
	}
	return err
}
