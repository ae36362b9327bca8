package auth

import "time"

// InvitationLetter is what an invitation's mail says.
type InvitationLetter struct {
	To      string // e-mail
	From    string // name of whoever invites
	Title   string // of the document
	Message string // theirs; "" for none
	Token   string
	Ends    time.Time
}

// MailInvitation sends the letter and reports whether it is on its way; false where no mail is sent.
func (s *Service) MailInvitation(InvitationLetter) bool { return false }
