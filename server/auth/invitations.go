package auth

import (
	"time"

	"quire/server/mail"
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
	return s.cfg.Mail.Send(mail.Letter{
		Kind: "invitation", To: l.To, Subject: l.From + " invites you to " + title, Lines: lines,
		Words: "Open the document", Link: s.page("/i/" + l.Token),
		After: []string{"The address is for you alone, and works until " + l.Ends.Format("2 January 2006") + ". You need an account " +
			"to use it, which takes a minute. If you don't know " + l.From + ", you need do nothing."},
	})
}
