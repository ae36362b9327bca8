package auth

import (
	"crypto/hmac"
	"time"

	"quire/server/mail"
	"quire/storage"
)

// InvitationLetter is the content of an invitation's mail.
type InvitationLetter struct {
	To      string // e-mail
	From    string // name of whoever invites
	Title   string // of the document
	Message string // theirs; "" for none
	Token   string
	Ends    time.Time
}

// MailInvitation queues the letter and reports whether it did. It returns false if this server sends no mail.
func (s *Service) MailInvitation(l InvitationLetter) bool {
	if !s.Mails() {
		return false
	}
	title := "a document"
	if l.Title != "" {
		title = "“" + l.Title + "”"
	}
	lines := []string{"Hello,", l.From + " invites you to " + title + " at " + s.host() + "."}
	if l.Message != "" {
		lines = append(lines, l.From+" writes: “"+l.Message+"”")
	}
	account := "You need an account to use it, which takes a minute."
	if s.Signup() == SignupClosed {
		account = "You need an account to use it; ask whoever runs " + s.host() + " for one."
	}
	return s.cfg.Mail.Send(mail.Letter{
		Kind: "invitation", To: l.To, Subject: l.From + " invites you to " + title, Lines: lines,
		Words: "Open the document", Link: s.page("/i/"+l.Token) + "#" + s.invitationProof(l.Token, l.To),
		After: []string{"The address is for you alone, and works until " + l.Ends.Format("2 January 2006") + ". " + account +
			" If you don't know " + l.From + ", you need do nothing."},
	})
}

// invitationProof returns a secret that only the mail of an invitation contains; the token is shown to whoever invites, too. It is
// in the link's fragment, which browsers do not send.
func (s *Service) invitationProof(token, email string) string {
	return encoding.EncodeToString(s.sign(forInvitationLetter, []byte(token+"\x00"+storage.Fold(email)))[:18])
}

// InvitationProves reports whether proof is from the mail of the invitation token to email, so that whoever has it can read mail
// to that address.
func (s *Service) InvitationProves(token, proof, email string) bool {
	return hmac.Equal([]byte(proof), []byte(s.invitationProof(token, email)))
}
