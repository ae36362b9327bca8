package auth

import "quire/storage"

// LinkToken is the secret in a share link's address: its id and a signature over it, so that an owner can be shown the
// address again although only HashLink of it is stored.
func (s *Service) LinkToken(id string) string {
	return id + encoding.EncodeToString(s.sign(forLink, []byte(id))[:16])
}

// InvitationToken is the secret in an invitation's address, made as a link's is.
func (s *Service) InvitationToken(id string) string {
	return id + encoding.EncodeToString(s.sign(forInvitation, []byte(id))[:16])
}

// HashLink is what is stored of a link's or an invitation's token.
func HashLink(token string) []byte { return hashToken(token) }

// TryFrom counts a try of something that can be guessed, from address; the error is 429.
func (s *Service) TryFrom(address string) error { return s.tries.tryFrom(address) }

// TryAs counts something that a signed-in person asks of people who did not ask for it: an invitation, a request for
// access, a role or a place in a group. The error is 429.
func (s *Service) TryAs(user storage.UserID) error {
	if wait, ok := s.tries.person.take(string(user)); !ok {
		return tooMany(wait)
	}
	return nil
}

// CheckEmail returns an e-mail as it is kept; field is where the request had it.
func CheckEmail(email, field string) (string, error) { return checkEmail(email, field) }
