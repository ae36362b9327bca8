package auth

import (
	"crypto/hmac"
	"time"

	"quire/server/mail"
	"quire/storage"
)

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

// invitationProof is what only the letter of an invitation holds beside its token, which whoever invites is shown too. It
// stands behind a #, which browsers keep to themselves.
func (s *Service) invitationProof(token, email string) string {
	return encoding.EncodeToString(s.sign(forInvitationLetter, []byte(token+"\x00"+storage.Fold(email)))[:18])
}

// InvitationProves reports whether proof is from the letter with an invitation's token that was sent to email: whoever has
// it reads what is sent there.
func (s *Service) InvitationProves(token, proof, email string) bool {
	return hmac.Equal([]byte(proof), []byte(s.invitationProof(token, email)))
}
