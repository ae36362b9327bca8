package auth

import (
	"context"
	"strings"

	"quire/collab"
)

// Still returns an error if the sign-in or API token with which who authenticated has ended, or their account. It is for responses
// that go on after their request: archives. An application's token can't be ended, so of it nothing is checked.
func (s *Service) Still(ctx context.Context, who collab.Identity) error {
	if who.Claims != nil {
		return nil
	}
	if id, ok := strings.CutPrefix(who.SignIn, tokenSignIn); ok {
		_, err := s.byAPITokenTicket(ctx, who.User, id)
		return err
	}
	_, _, err := s.signInOf(ctx, who.SignIn)
	return err
}
