package auth

import (
	"context"
	"crypto/hmac"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/oauth2"

	"quire/collab"
	"quire/server/problem"
	"quire/storage"
)

// oidcFlow is what a browser keeps in a signed cookie while it is at the provider. State ties the redirect back to this browser, and
// so do Nonce the ID token and Verifier the code (PKCE).
type oidcFlow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Return   string `json:"r"`
	Until    int64  `json:"t"` // ms
	Fresh    bool   `json:"f,omitempty"`
}

// Reasons why a sign-in with the provider failed, in the query of /signin. The app translates them.
const (
	oidcDenied     = "denied"
	oidcExpired    = "expired"
	oidcNoProvider = "provider"
	oidcUnverified = "unverified"
	oidcOther      = "other"
	oidcClosed     = "closed"
	oidcSuspended  = "suspended"
	oidcInvite     = "invite"
	oidcNoEmail    = "email"
	oidcFault      = "fault"
	oidcStale      = "stale"
)

func refusedAs(word string) string { return "/signin?refused=" + word }

// StartOIDC sets the browser's oidcFlow cookie and returns where to redirect it: to the provider or, if that does not answer, to
// the sign-in page. fresh: the provider shall ask who it is, also somebody who is signed in there.
func (s *Service) StartOIDC(c *fiber.Ctx, back string, fresh bool) string {
	if s.oidc == nil {
		return refusedAs(oidcNoProvider)
	}
	provider, err := s.oidc.ask()
	if err != nil {
		s.log.Warn("the OIDC provider can't be asked", "issuer", s.oidc.cfg.Issuer,
			"err", fmt.Sprintf("%.300s", err)) // it repeats the answer, a whole page if the address is wrong
		return refusedAs(oidcNoProvider)
	}
	f := oidcFlow{
		State: randomToken(), Nonce: randomToken(), Verifier: oauth2.GenerateVerifier(), Return: ownPath(back),
		Until: s.now().Add(oidcLasts).UnixMilli(), Fresh: fresh,
	}
	body, err := json.Marshal(f)
	if err != nil {
		return refusedAs(oidcFault)
	}
	payload := encoding.EncodeToString(body)
	s.setCookie(c, cookieOIDC, payload+"."+encoding.EncodeToString(s.sign(forOIDC, []byte(payload))), oidcLasts)
	flow := s.oidc.flow(provider)
	options := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	if fresh {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return flow.AuthCodeURL(f.State, options...)
}

// FinishOIDC handles a browser that comes back from the provider. It returns where to redirect it, and the proof if it is signed in.
func (s *Service) FinishOIDC(c *fiber.Ctx, from From, state, code, fault string) (string, *Proof) {
	if s.oidc == nil {
		return refusedAs(oidcNoProvider), nil
	}
	f, ok := s.flowOf(c)
	s.setCookie(c, cookieOIDC, "", -1)
	if !ok || !equal(state, f.State) {
		return refusedAs(oidcExpired), nil
	}
	if _, first := s.oidc.used.take(f.State); !first {
		return refusedAs(oidcExpired), nil
	}
	if fault == "access_denied" {
		return refusedAs(oidcDenied), nil
	} else if fault != "" {
		s.log.Warn("the OIDC provider refuses", "error", fmt.Sprintf("%.60q", fault))
		return refusedAs(oidcNoProvider), nil
	}
	ctx := c.UserContext()
	claims, err := s.oidc.redeem(ctx, code, f)
	if err != nil {
		s.log.Warn("sign-in through the OIDC provider failed", "reason", oidcReason(err))
		return refusedAs(oidcNoProvider), nil
	}
	way := wayElsewhere
	switch asked := claims.AuthTime.age(s.now()); {
	case asked < ProofLasts, f.Fresh && claims.AuthTime == 0:
		way = "oidc"
	case f.Fresh:
		return refusedAs(oidcStale), nil
	}
	current, err := s.cameAs(c)
	if err != nil {
		s.log.Error("sign-in through the OIDC provider failed", "err", err)
		return refusedAs(oidcFault), nil
	}
	user, word, err := s.accountOf(ctx, from, current, claims)
	if err == nil && word == "" {
		var proof Proof
		if proof, err = s.newSignIn(ctx, user, from, way); err == nil {
			return f.Return, &proof
		}
	}
	switch {
	case user.Suspended():
		word = oidcSuspended
	case err != nil:
		s.log.Error("sign-in through the OIDC provider failed", "err", err)
		word = oidcFault
	}
	s.signInFailed(ctx, from, user.ID, "oidc", word)
	return refusedAs(word), nil
}

// cameAs returns who the browser is signed in as, or nil: a guest becomes the account. It does not check the origin, because the
// provider's page sent the browser here; the cookie of StartOIDC shows that the flow began on our page.
func (s *Service) cameAs(c *fiber.Ctx) (*collab.Identity, error) {
	token := c.Cookies(s.cookieName(c, cookieSignIn))
	if token == "" {
		return nil, nil
	}
	who, err := s.byCookieToken(c, token)
	if err != nil && problem.From(err).Status == fiber.StatusUnauthorized {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return &who, nil
}

// flowOf reads the cookie that StartOIDC set; ok is false if it is missing or invalid.
func (s *Service) flowOf(c *fiber.Ctx) (f oidcFlow, ok bool) {
	payload, signature, _ := strings.Cut(c.Cookies(s.cookieName(c, cookieOIDC)), ".")
	mac, err := encoding.DecodeString(signature)
	if err != nil || !hmac.Equal(mac, s.sign(forOIDC, []byte(payload))) {
		return f, false
	}
	body, err := encoding.DecodeString(payload)
	if err != nil || json.Unmarshal(body, &f) != nil {
		return f, false
	}
	return f, s.now().Before(time.UnixMilli(f.Until))
}

// oidcReason returns the cause of err for the log, without the provider's text, which may contain a code or token.
func oidcReason(err error) string {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		status := 0
		if refused.Response != nil {
			status = refused.Response.StatusCode
		}
		return fmt.Sprintf("the provider does not take the code: %d %.60q", status, refused.ErrorCode)
	}
	var unreachable *url.Error
	if errors.As(err, &unreachable) {
		return "the provider can't be reached: " + unreachable.Err.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "the provider took too long"
	}
	return fmt.Sprintf("what the provider said does not count: %.300s", err)
}

// ownPath returns path if it is a path of our app, else "/".
func ownPath(path string) string {
	u, err := url.Parse(path)
	bad := strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f })
	if err != nil || bad || len(path) > 1000 || u.Scheme != "" || u.Host != "" || u.User != nil ||
		!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, "/api/") {
		return "/"
	}
	return path
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// accountOf returns the account of the provider's person, creating one if that is allowed here; else word is the reason. Accounts
// are found by issuer and subject. One that only has the same e-mail is linked if both sides have verified that address: otherwise
// somebody who registered another person's address on either side could get into their account.
func (s *Service) accountOf(ctx context.Context, from From, current *collab.Identity, c oidcClaims) (user storage.User, word string, err error) {
	issuer := oidcIssuer + s.oidc.cfg.Issuer
	user, err = s.store.UserBySubject(ctx, issuer, c.Subject)
	if err == nil || !isAbsent(err) {
		return user, "", err
	}
	email, err := checkEmail(c.Email, "")
	if err != nil {
		return user, oidcNoEmail, nil
	}
	user, err = s.store.UserByEmail(ctx, email)
	switch {
	case err == nil && user.Issuer != "":
		return user, oidcOther, nil
	case err == nil && (!bool(c.Verified) || user.VerifiedAt.IsZero()):
		return user, oidcUnverified, nil
	case err == nil:
		user, err = s.link(ctx, from, user, issuer, c.Subject)
		return user, "", err
	case !isAbsent(err):
		return user, "", err
	}
	return s.signUpBySubject(ctx, from, current, c, email, issuer)
}

// link stores the provider's issuer and subject with an account, so that this person can sign in to it.
func (s *Service) link(ctx context.Context, from From, user storage.User, issuer, subject string) (storage.User, error) {
	change := storage.UserChange{Issuer: &issuer, Subject: &subject}
	return s.change(ctx, from, user.ID, user, change, `{"linked":"oidc"}`)
}
