package api

import (
	"net/http"
)

// Invitation gives its role to one person, who opens its address or has its e-mail, verified.
type Invitation struct {
	ID        string `json:"id"`
	Email     string `json:"email"`
	Role      string `json:"role" enum:"viewer,commenter,editor"`
	URL       string `json:"url,omitempty" doc:"A secret, shown to whoever made the invitation: it lets one person in"`
	CreatedAt Time   `json:"created_at"`
	ExpiresAt Time   `json:"expires_at"`
	Expired   bool   `json:"expired"`
	CreatedBy Person `json:"created_by"`
}

// InvitationMade is a new invitation, or one with a new address.
type InvitationMade struct {
	Invitation
	Mailed bool `json:"mailed" doc:"It was handed to the mail server; else send the address yourself"`
}

// Invitations lists a document's that wait, oldest first.
type Invitations struct {
	Items []Invitation `json:"items" nullable:"false"`
}

// InvitationPreview is what an invitation's address shows before it is used.
type InvitationPreview struct {
	Document  PreviewDocument `json:"document"`
	Role      string          `json:"role" enum:"viewer,commenter,editor"`
	Inviter   Inviter         `json:"inviter"`
	EmailHint string          `json:"email_hint" doc:"Whom it was sent to, most of it hidden"`
	ExpiresAt Time            `json:"expires_at"`
}

// AccessGiven is what accepting something gave.
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
		Message string `json:"message,omitempty" maxLength:"2000" doc:"Goes into the mail; it is not kept"`
	}
}

func (a *API) registerInvitations() {
	add(a, route{id: "list-invitations", method: http.MethodGet, path: "/documents/{id}/invitations", tag: "Sharing",
		summary: "Invitations that wait"}, soon[DocumentPath, bodyOf[Invitations]])
	add(a, route{id: "make-invitation", method: http.MethodPost, path: "/documents/{id}/invitations", tag: "Sharing",
		status: http.StatusCreated, summary: "Invite somebody by e-mail",
		about: "The answer is the same whether there is an account of that e-mail. It lasts 14 days; one to the same e-mail " +
			"takes the place of an older one."}, soon[inviteIn, bodyOf[InvitationMade]])
	add(a, route{id: "resend-invitation", method: http.MethodPost, path: "/documents/{id}/invitations/{invitation}/resend",
		tag: "Sharing", summary: "Give an invitation a new address and 14 more days"},
		soon[InvitationPath, bodyOf[InvitationMade]])
	add(a, route{id: "withdraw-invitation", method: http.MethodDelete, path: "/documents/{id}/invitations/{invitation}",
		tag: "Sharing", status: http.StatusNoContent, summary: "Withdraw an invitation"}, soon[InvitationPath, none])
	add(a, route{id: "preview-invitation", method: http.MethodPost, path: "/invitations/preview", tag: "Sharing", public: true,
		summary: "What an invitation leads to"}, soon[tokenIn, bodyOf[InvitationPreview]])
	add(a, route{id: "claim-invitation", method: http.MethodPost, path: "/invitations/claim", tag: "Sharing",
		summary: "Use an invitation's address", about: "It needs an account; then the invitation is used up."},
		soon[tokenIn, bodyOf[AccessGiven]])
	a.registerInbox()
}
