package auth

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/server/problem"
	"quire/storage"
)

// ticketBody is the content of a ticket. For accounts and guests, the sign-in or API token is looked up again when the ticket is
// used. For an application's token, the ticket carries the token's claims and expires no later than the token.
type ticketBody struct {
	User    storage.UserID         `json:"u"`
	SignIn  string                 `json:"s"`
	Until   int64                  `json:"t"` // when the ticket expires, Unix ms
	Expires int64                  `json:"e"` // when the sign-in or token expires, Unix ms
	Claims  map[string]access.Role `json:"c,omitempty"`
	Token   bool                   `json:"j,omitempty"` // made by an application's token
}

// NewTicket returns a secret with which a browser can open a socket as who, within TicketLasts. It is a valid WebSocket
// subprotocol name.
func (s *Service) NewTicket(who collab.Identity) (ticket string, expires time.Time, err error) {
	expires = storage.Milli(s.now().Add(TicketLasts))
	body, err := json.Marshal(ticketBody{
		User: who.User, SignIn: who.SignIn, Until: expires.UnixMilli(), Expires: who.Expires.UnixMilli(),
		Claims: who.Claims, Token: who.Claims != nil,
	})
	if err != nil {
		return "", expires, err
	}
	if len(body) > 4096 {
		return "", expires, problem.TooLarge("The token's documents claim is too long for a ticket. Use prefixes, or send " +
			"the token itself as Authorization.")
	}
	payload := encoding.EncodeToString(body)
	return payload + "." + encoding.EncodeToString(s.sign(forTicket, []byte(payload))), expires, nil
}

func (s *Service) byTicket(ctx context.Context, ticket string) (collab.Identity, error) {
	foreign := problem.SignedOut("The ticket was not made by this server.")
	payload, signature, _ := strings.Cut(ticket, ".")
	mac, err := encoding.DecodeString(signature)
	if err != nil || !hmac.Equal(mac, s.sign(forTicket, []byte(payload))) {
		return collab.Identity{}, foreign
	}
	body, err := encoding.DecodeString(payload)
	if err != nil {
		return collab.Identity{}, foreign
	}
	var t ticketBody
	if err := json.Unmarshal(body, &t); err != nil {
		return collab.Identity{}, foreign
	}
	if !s.now().Before(time.UnixMilli(t.Until)) {
		return collab.Identity{}, problem.SignedOut("The ticket is older than 30 seconds. Get a new one.")
	}
	if t.Token {
		return s.byTokenTicket(ctx, t)
	}
	if id, ok := strings.CutPrefix(t.SignIn, tokenSignIn); ok {
		return s.byAPITokenTicket(ctx, t.User, id)
	}
	signIn, user, err := s.signInOf(ctx, t.SignIn)
	if err != nil {
		return collab.Identity{}, err
	}
	if user.ID != t.User {
		return collab.Identity{}, foreign
	}
	return identify(user, signIn), nil
}

func (s *Service) byTokenTicket(ctx context.Context, t ticketBody) (collab.Identity, error) {
	expires := time.UnixMilli(t.Expires)
	if !s.now().Before(expires) {
		return collab.Identity{}, problem.SignedOut("The token this ticket was made for has expired.")
	}
	user, err := s.store.User(ctx, t.User)
	if err != nil {
		return collab.Identity{}, unavailable(err)
	}
	if !user.OfApplication() { // deleted meanwhile
		return collab.Identity{}, problem.SignedOut("The person this ticket was made for is gone.")
	}
	if t.Claims == nil {
		t.Claims = map[string]access.Role{}
	}
	return collab.Identity{
		User: user.ID, Name: user.Name, Color: user.Color, SignIn: t.SignIn, Expires: expires, Claims: t.Claims,
		Application: user.Issuer,
	}, nil
}

func (s *Service) byAPITokenTicket(ctx context.Context, id storage.UserID, token string) (collab.Identity, error) {
	t, err := s.TokenOf(ctx, id, token)
	if errors.Is(err, storage.ErrNotFound) {
		return collab.Identity{}, problem.SignedOut("The API token this ticket was made for has ended.")
	} else if err != nil {
		return collab.Identity{}, unavailable(err)
	}
	user, err := s.store.User(ctx, id)
	if err != nil {
		return collab.Identity{}, unavailable(err)
	}
	if user.Suspended() {
		return collab.Identity{}, suspendedNow()
	}
	return identifyToken(user, t), nil
}
