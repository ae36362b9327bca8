package auth

import (
	"crypto/hmac"
	"strings"
	"time"
	"unicode"

	"quire/server/mail"
	"quire/storage"
)

// InvitationLetter is the content of an invitation's mail.
type InvitationLetter struct {
	To      string       // e-mail
	By      storage.User // who invites
	Title   string       // of the document
	Message string       // theirs; "" for none
	Token   string
	Ends    time.Time
}

// What of a sender's own words a letter shows, in characters: it comes from our address, to whomever they like.
const (
	maxLetterTitle   = 80
	maxLetterMessage = 300
)

// MailInvitation queues the letter and reports whether it did. It returns false if this server sends no mail, if it does not know
// who the sender is (mayWrite), or if the recipient got enough letters today, from whomever.
func (s *Service) MailInvitation(l InvitationLetter) bool {
	if !s.Mails() || !mayWrite(l.By) {
		return false
	}
	if _, ok := s.tries.invited.take(storage.Fold(l.To)); !ok {
		return false
	}
	from, title := l.By.Name, "a document"
	if t := brief(l.Title, maxLetterTitle); t != "" {
		title = "“" + t + "”"
	}
	lines := []string{"Hello,", from + " invites you to " + title + " at " + s.host() + "."}
	if message := brief(l.Message, maxLetterMessage); message != "" {
		lines = append(lines, "In their own words, which Quire has not checked: “"+message+"”")
	}
	account := "You need an account to use it, which takes a minute."
	if s.Signup() == SignupClosed {
		account = "You need an account to use it; ask whoever runs " + s.host() + " for one."
	}
	return s.cfg.Mail.Send(mail.Letter{
		Kind: "invitation", To: l.To, Subject: from + " invites you to " + title, Lines: lines,
		Words: "Open the document", Link: s.page("/i/"+l.Token) + "#" + s.invitationProof(l.Token, l.To),
		After: []string{"The address is for you alone, and works until " + l.Ends.Format("2 January 2006") + ". " + account +
			" If you don't know " + from + ", you need do nothing."},
	})
}

// mayWrite reports whether letters go out in somebody's name: if their address is known to be theirs, an administrator's, or if an
// application answers for them.
func mayWrite(by storage.User) bool { return by.Known() || by.Admin || by.OfApplication() }

// brief returns text as one line of visible characters, at most that many.
func brief(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, storage.Text(text))
	letters := []rune(strings.Join(strings.Fields(text), " "))
	if len(letters) > most {
		return strings.TrimSpace(string(letters[:most-1])) + "…"
	}
	return string(letters)
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
