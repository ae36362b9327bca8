package auth

import "quire/storage"

// LinkToken returns the secret in a share link's URL: the link's id and a signature of it, so that owners can be shown the URL
// again although only its HashLink is stored.
func (s *Service) LinkToken(id string) string {
	return id + encoding.EncodeToString(s.sign(forLink, []byte(id))[:16])
}

// InvitationToken returns the secret in an invitation's URL, made like LinkToken.
func (s *Service) InvitationToken(id string) string {
	return id + encoding.EncodeToString(s.sign(forInvitation, []byte(id))[:16])
}

// HashLink returns the hash under which a link's or an invitation's token is stored.
func HashLink(token string) []byte { return hashToken(token) }

// TryFrom counts a wrong guess from address, and returns a 429 problem after too many.
func (s *Service) TryFrom(address string) error { return s.tries.tryFrom(address) }

// TryAs counts a request by user that bothers other people: an invitation, a request for access, a role or a place in a group. It
// returns a 429 problem after too many.
func (s *Service) TryAs(user storage.UserID) error {
	if wait, ok := s.tries.person.take(string(user)); !ok {
		return tooMany(wait)
	}
	return nil
}

// CheckEmail returns an e-mail in the form to store, or a problem; field is its place in the request.
func CheckEmail(email, field string) (string, error) { return checkEmail(email, field) }
