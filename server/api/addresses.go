package api

import (
	"strings"
	"unicode/utf8"

	"quire/storage"
)

// Whose addresses a response may carry. An e-mail is shown to whose it is, to administrators, and to whoever typed that very
// address. An IP address is shown to whose request came from it, and to administrators. Roles on documents and places in groups
// show neither: whoever makes a group or a link could otherwise collect the addresses of everybody here.

// seesAddressesOf reports whether the caller may be shown the e-mail and the IP addresses of user.
func (r *request) seesAddressesOf(user storage.UserID) bool {
	return r.who.Admin || user != "" && user == r.who.User
}

// emailFor returns u's e-mail if the caller may see it, else "".
func emailFor(req *request, u storage.User) string {
	if req.seesAddressesOf(u.ID) {
		return u.Email
	}
	return ""
}

// maskEmail shortens an e-mail so that only who knows it recognizes it: a…@e….org.
func maskEmail(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	ending := ""
	if dot := strings.LastIndexByte(domain, '.'); dot >= 0 {
		ending = domain[dot:]
	}
	return firstOf(local) + "…@" + firstOf(domain) + "…" + ending
}

func firstOf(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	return text[:size]
}

// hideAddresses removes from an audit entry the addresses that its reader may not see: all but those of their own acts, and of
// acts about themselves. Only the mask of an e-mail remains.
func hideAddresses(e storage.AuditEntry, shown *AuditEntry, reader storage.UserID) {
	if e.Actor == reader {
		return
	}
	shown.Address = ""
	if e.Subject == string(reader) {
		return
	}
	if strings.Contains(shown.Subject, "@") {
		shown.Subject = maskEmail(shown.Subject)
	}
	for name, value := range shown.Detail {
		if text, ok := value.(string); ok && strings.Contains(text, "@") && (name == "email" || name == "was") {
			shown.Detail[name] = maskEmail(text)
		}
	}
}
