package api

import (
	"context"
	"net/http"
	"time"

	"quire/collab/access"
	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

// Invitation gives a role to one person, who either opens its URL or has an account with its e-mail, verified.
type Invitation struct {
	ID        string `json:"id"`
	Email     string `json:"email" doc:"Shown to whoever typed it and to administrators; of it others see a…@e….org"`
	Role      string `json:"role" enum:"viewer,commenter,editor"`
	URL       string `json:"url,omitempty" doc:"A secret, shown to whoever made the invitation: it lets one person in"`
	CreatedAt Time   `json:"created_at"`
	ExpiresAt Time   `json:"expires_at"`
	Expired   bool   `json:"expired"`
	CreatedBy Person `json:"created_by"`
}

// InvitationMade is a new invitation, or one that was sent again with a new URL.
type InvitationMade struct {
	Invitation
	Mailed bool `json:"mailed" doc:"It was handed to the mail server; else send the address yourself"`
}

// Invitations is a document's open invitations, oldest first.
type Invitations struct {
	Items []Invitation `json:"items" nullable:"false"`
}

// InvitationPreview is what an invitation's URL shows before it is used.
type InvitationPreview struct {
	Document  PreviewDocument `json:"document"`
	Role      string          `json:"role" enum:"viewer,commenter,editor"`
	Inviter   Inviter         `json:"inviter"`
	EmailHint string          `json:"email_hint" doc:"Whom it was sent to, most of it hidden"`
	ExpiresAt Time            `json:"expires_at"`
}

// AccessGiven is the result of accepting an invitation.
type AccessGiven struct {
	DocumentID string `json:"document_id"`
	Role       string `json:"role" enum:"viewer,commenter,editor,owner" doc:"Yours now: a higher one is kept"`
}

type InvitationPath struct {
	DocumentPath
	Invitation string `path:"invitation"`
}

type inviteIn struct {
	DocumentPath
	Body struct {
		Email   string `json:"email" maxLength:"254"`
		Role    string `json:"role" enum:"viewer,commenter,editor"`
		Message string `json:"message,omitempty" maxLength:"2000" doc:"Its first 300 characters go into the mail, marked as yours; it is not kept"`
	}
}

const invitationLasts = 14 * 24 * time.Hour

func (a *API) registerInvitations() {
	add(a, route{id: "list-invitations", method: http.MethodGet, path: "/documents/{id}/invitations", tag: "Sharing",
		summary: "Invitations that wait"}, a.invitations)
	add(a, route{id: "make-invitation", method: http.MethodPost, path: "/documents/{id}/invitations", tag: "Sharing",
		status: http.StatusCreated, summary: "Invite somebody by e-mail",
		about: "The answer is the same whether there is an account of that e-mail. It lasts 14 days; one to the same e-mail " +
			"takes the place of an older one."}, a.invite)
	add(a, route{id: "resend-invitation", method: http.MethodPost, path: "/documents/{id}/invitations/{invitation}/resend",
		tag: "Sharing", summary: "Give an invitation a new address and 14 more days",
		about: "Its maker alone is shown the address, whoever sends it again."},
		a.resendInvitation)
	add(a, route{id: "withdraw-invitation", method: http.MethodDelete, path: "/documents/{id}/invitations/{invitation}",
		tag: "Sharing", status: http.StatusNoContent, summary: "Withdraw an invitation"}, a.withdrawInvitation)
	add(a, route{id: "preview-invitation", method: http.MethodPost, path: "/invitations/preview", tag: "Sharing", public: true,
		summary: "What an invitation leads to"}, a.previewInvitation)
	add(a, route{id: "claim-invitation", method: http.MethodPost, path: "/invitations/claim", tag: "Sharing",
		summary: "Use an invitation's address",
		about: "It needs an account; then the invitation is used up. Its address ends when its maker may no longer share the " +
			"document; whom it was sent to then finds it in list-my-invitations."},
		a.claimInvitation)
	a.registerInbox()
}

func (a *API) invitations(ctx context.Context, req *request, in *DocumentPath) (*bodyOf[Invitations], error) {
	items, err := ofDocument(ctx, a, req, in, access.Share, a.store.Invitations, invitedBy,
		func(_ seen, i storage.Invitation, by storage.User) (Invitation, error) {
			return a.invitation(req, i, by), nil
		})
	return &bodyOf[Invitations]{Invitations{items}}, err
}

func invitedBy(i storage.Invitation) storage.UserID { return i.CreatedBy }

// invitation returns i as shown to the caller. Only its maker sees the URL, which is a secret between them and the recipient, and
// the address, which they typed. Other owners can resend the invitation.
func (a *API) invitation(req *request, i storage.Invitation, by storage.User) Invitation {
	shown := Invitation{
		ID: i.ID, Email: i.Email, Role: i.Role, CreatedAt: Time(i.CreatedAt), ExpiresAt: Time(i.ExpiresAt),
		Expired: a.ended(i.ExpiresAt), CreatedBy: personOf(by),
	}
	if !req.seesAddressesOf(i.CreatedBy) {
		shown.Email = maskEmail(i.Email)
	}
	if i.CreatedBy == req.who.User {
		shown.URL = a.auth.BaseURL(req.fiber) + "/i/" + a.auth.InvitationToken(i.ID)
	}
	return shown
}

func (a *API) invite(ctx context.Context, req *request, in *inviteIn) (*bodyOf[InvitationMade], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	email, err := auth.CheckEmail(in.Body.Email, "body.email")
	if err != nil {
		return nil, err
	}
	i := storage.Invitation{Email: email, Role: in.Body.Role, CreatedBy: req.who.User, Token: auth.TokenID(req.who)}
	return a.sendInvitation(ctx, req, s, i, in.Body.Message)
}

// sendInvitation stores i with a new address, replacing an older invitation to the same e-mail, and mails it if the server sends
// mail. i has the e-mail, the role and who typed the e-mail.
func (a *API) sendInvitation(ctx context.Context, req *request, s seen, i storage.Invitation, message string) (*bodyOf[InvitationMade], error) {
	if err := a.auth.TryAs(req.who.User); err != nil {
		return nil, err
	}
	by, err := a.auth.Me(ctx, req.who)
	if err != nil {
		return nil, err
	}
	id, now := auth.RandomID(), a.now()
	i.ID, i.TokenHash, i.Document = id, auth.HashLink(a.auth.InvitationToken(id)), s.ID
	i.CreatedAt, i.ExpiresAt = now, now.Add(invitationLasts)
	mailed, err := a.sharing.Invite(ctx, a.by(req), i, auth.InvitationLetter{
		By: by, Title: s.Title, Message: message, Token: a.auth.InvitationToken(id),
	})
	if err != nil {
		return nil, full(err, "At most 200 invitations to a document wait at a time. Withdraw some that are not needed.")
	}
	maker, err := a.people(ctx, []storage.UserID{i.CreatedBy})
	if err != nil {
		return nil, err
	}
	return &bodyOf[InvitationMade]{InvitationMade{Invitation: a.invitation(req, i, maker[i.CreatedBy]), Mailed: mailed}}, nil
}

// resendInvitation leaves an invitation its maker's: another owner who sends it again learns neither whom it is to nor its address.
func (a *API) resendInvitation(ctx context.Context, req *request, in *InvitationPath) (*bodyOf[InvitationMade], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	i, err := a.invitationOf(ctx, s.ID, in.Invitation)
	if err != nil {
		return nil, err
	}
	stands, err := a.stands(ctx, i)
	if err == nil && !stands {
		err = problem.Conflict("Who made this invitation no longer shares the document. Withdraw it, and invite them yourself.")
	}
	if err != nil {
		return nil, err
	}
	return a.sendInvitation(ctx, req, s, i, "")
}

func (a *API) invitationOf(ctx context.Context, d storage.DocumentID, id string) (storage.Invitation, error) {
	list, err := a.store.Invitations(ctx, d)
	if err != nil {
		return storage.Invitation{}, err
	}
	for _, i := range list {
		if i.ID == id {
			return i, nil
		}
	}
	return storage.Invitation{}, problem.NotFound()
}

func (a *API) withdrawInvitation(ctx context.Context, req *request, in *InvitationPath) (*none, error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	i, err := a.invitationOf(ctx, s.ID, in.Invitation)
	if err != nil {
		return nil, err
	}
	return nil, a.sharing.WithdrawInvitation(ctx, a.by(req), i)
}
