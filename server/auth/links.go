package auth

// LinkToken is the secret in a share link's address: its id and a signature over it, so that an owner can be shown the
// address again although only HashLink of it is stored.
func (s *Service) LinkToken(id string) string {
	return id + encoding.EncodeToString(s.sign(forLink, []byte(id))[:16])
}

// HashLink is what is stored of a link's token.
func HashLink(token string) []byte { return hashToken(token) }

// TryFrom counts a try of something that can be guessed, from address; the error is 429.
func (s *Service) TryFrom(address string) error { return s.tries.tryFrom(address) }
