package api

import (
	"net/http"
)

// MyInvitation is one that waits for me.
type MyInvitation struct {
	ID        string          `json:"id"`
	Document  PreviewDocument `json:"document"`
	Role      string          `json:"role" enum:"viewer,commenter,editor"`
	Inviter   Inviter         `json:"inviter"`
	CreatedAt Time            `json:"created_at"`
	ExpiresAt Time            `json:"expires_at"`
}

// MyInvitations lists those that wait for my verified e-mail, oldest first.
type MyInvitations struct {
	Items []MyInvitation `json:"items" nullable:"false"`
}

type myInvitationPath struct {
	Invitation string `path:"invitation"`
}

func (a *API) registerInbox() {
	add(a, route{id: "list-my-invitations", method: http.MethodGet, path: "/me/invitations", tag: "Me",
		summary: "Invitations that wait for me", about: "Those to my e-mail, once it is verified."},
		soon[struct{}, bodyOf[MyInvitations]])
	add(a, route{id: "accept-invitation", method: http.MethodPost, path: "/me/invitations/{invitation}/accept", tag: "Me",
		summary: "Accept an invitation"}, soon[myInvitationPath, bodyOf[AccessGiven]])
	add(a, route{id: "decline-invitation", method: http.MethodDelete, path: "/me/invitations/{invitation}", tag: "Me",
		status: http.StatusNoContent, summary: "Decline an invitation"}, soon[myInvitationPath, none])
}
