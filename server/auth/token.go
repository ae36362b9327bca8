package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"quire/collab"
	"quire/collab/access"
	"quire/server/problem"
	"quire/storage"
	"quire/storage/sealed"
)

// TokenConfig says which applications' tokens are accepted. With neither Secrets nor KeysURL none is. With both, HS256 tokens are
// checked with the secrets only, and all others with the keys only.
type TokenConfig struct {
	Secrets  []sealed.Text // HS256; several while one replaces another
	KeysURL  sealed.Text   // of a key set (JWKS), for signatures by a private key
	Client   *http.Client  // fetches it; nil: one of our own
	Issuer   string        // "" takes any
	Audience string        // "" takes any
}

// Bounds of a token.
const (
	tokenLeeway     = 30 * time.Second // for clocks that differ, on nbf and iat; exp is exact (W9)
	maxTokenClaims  = 1000             // keys of documents
	maxTokenSubject = 255              // bytes
	anyIssuer       = "application"    // of a token that names none, where none is asked for
)

// tokenClaims are the claims we read; others are ignored. documents maps a document's id, or a prefix that ends in "*", to a
// role; without it the token grants nothing.
type tokenClaims struct {
	jwt.RegisteredClaims
	Name      string            `json:"name"`
	Picture   string            `json:"picture"`
	Documents map[string]string `json:"documents"`
}

type tokenVerifier struct {
	cfg    TokenConfig
	keys   *tokenKeys // nil: none
	parser *jwt.Parser
	now    func() time.Time
}

func newTokenVerifier(cfg TokenConfig, now func() time.Time, log *slog.Logger) (*tokenVerifier, error) {
	v := &tokenVerifier{cfg: cfg, now: now}
	var methods []string
	if len(cfg.Secrets) > 0 {
		methods = append(methods, jwt.SigningMethodHS256.Alg())
	}
	if cfg.KeysURL.IsSet() {
		keys, err := newTokenKeys(cfg, now, log)
		if err != nil {
			return nil, fmt.Errorf("auth: the address of the token keys: %w", err)
		}
		v.keys, methods = keys, append(methods, asymmetric()...)
		if cfg.Audience == "" { // no error: whoever has keys for Quire alone needs none
			log.Warn("JWT_JWKS_URL is set without JWT_AUDIENCE: a token that its keys sign for another application counts here, too")
		}
	}
	options := []jwt.ParserOption{
		jwt.WithValidMethods(methods),
		jwt.WithExpirationRequired(), jwt.WithLeeway(tokenLeeway), jwt.WithIssuedAt(), jwt.WithTimeFunc(now),
	}
	if cfg.Issuer != "" {
		options = append(options, jwt.WithIssuer(cfg.Issuer))
	}
	if cfg.Audience != "" {
		options = append(options, jwt.WithAudience(cfg.Audience))
	}
	v.parser = jwt.NewParser(options...)
	return v, nil
}

// key returns the keys to verify a token's signature with. The algorithm alone decides between secrets and public keys, so that
// a public key can never serve as an HS256 secret.
func (v *tokenVerifier) key(ctx context.Context, token *jwt.Token) (any, error) {
	if _, critical := token.Header["crit"]; critical { // RFC 7515, 4.1.11: who does not know an extension named there refuses
		return nil, problem.SignedOut("The token's header has crit: it asks for an extension that this server does not know.")
	}
	if token.Method == jwt.SigningMethodHS256 {
		var secrets jwt.VerificationKeySet
		for _, secret := range v.cfg.Secrets {
			secrets.Keys = append(secrets.Keys, secret.Bytes())
		}
		return secrets, nil
	}
	return v.keys.find(ctx, token)
}

// verify checks a token and returns its claims.
func (v *tokenVerifier) verify(ctx context.Context, token string) (tokenClaims, error) {
	var claims tokenClaims
	if len(v.cfg.Secrets) == 0 && v.keys == nil {
		return claims, problem.SignedOut("This server takes no application tokens: neither JWT_SECRET nor JWT_JWKS_URL is set.")
	}
	_, err := v.parser.ParseWithClaims(token, &claims, func(t *jwt.Token) (any, error) { return v.key(ctx, t) })
	if err != nil {
		return claims, v.refuse(err)
	}
	switch {
	case !v.now().Before(claims.ExpiresAt.Time):
		return claims, v.refuse(jwt.ErrTokenExpired)
	case claims.Subject == "" || len(claims.Subject) > maxTokenSubject:
		return claims, problem.SignedOut("The token's sub claim is missing or longer than 255 bytes.")
	case !distinct(claims.Subject) || !distinct(claims.Issuer):
		return claims, problem.SignedOut("The token's sub or iss claim has a NUL, half a surrogate pair or U+FFFD, so it could be another's.")
	case strings.HasPrefix(claims.Issuer, oidcIssuer):
		return claims, problem.SignedOut("The token's iss claim begins with oidc:, which is for people who sign in themselves.")
	case len(claims.Documents) > maxTokenClaims:
		return claims, problem.SignedOut("The token's documents claim has more than 1,000 keys. Use prefixes.")
	}
	if claims.Issuer == "" {
		claims.Issuer = anyIssuer
	}
	return claims, nil
}

// distinct reports whether a name from elsewhere is stored as it is. NUL and what is no Unicode become U+FFFD, so two such names
// would be one person.
func distinct(name string) bool {
	return name == storage.Text(name) && !strings.ContainsRune(name, utf8.RuneError)
}

// refuse returns the problem for an invalid token, with a reason that its issuer can act on and that does not help forge one.
func (v *tokenVerifier) refuse(err error) error {
	var ours *problem.Problem // the keys could not be fetched
	if errors.As(err, &ours) {
		return ours
	}
	unsigned := "The token is not signed with " + v.signers() + "."
	reasons := []struct {
		is     error
		detail string
	}{
		{jwt.ErrTokenMalformed, "The token can't be read: it is not a JSON Web Token, or a claim has the wrong type."},
		{jwt.ErrTokenSignatureInvalid, unsigned},
		{jwt.ErrTokenUnverifiable, unsigned},
		{jwt.ErrTokenRequiredClaimMissing, "The token lacks a claim this server asks for: exp always, iss and aud if set."},
		{jwt.ErrTokenExpired, "The token has expired."},
		{jwt.ErrTokenNotValidYet, "The token is not valid yet."},
		{jwt.ErrTokenUsedBeforeIssued, "The token was issued in the future: the clocks differ."},
		{jwt.ErrTokenInvalidIssuer, "The token is from another issuer than JWT_ISSUER."},
		{jwt.ErrTokenInvalidAudience, "The token is for another audience than JWT_AUDIENCE."},
	}
	for _, r := range reasons {
		if errors.Is(err, r.is) {
			return problem.SignedOut(r.detail).Caused(err)
		}
	}
	return problem.SignedOut("The token does not count.").Caused(err)
}

func (v *tokenVerifier) signers() string {
	const secret, keys = "HS256 and this server's JWT_SECRET", "a key of this server's JWT_JWKS_URL"
	switch {
	case v.keys == nil:
		return secret
	case len(v.cfg.Secrets) == 0:
		return keys
	}
	return secret + ", nor with " + keys
}

// KeepTokenKeys fetches the keys of application tokens regularly until ctx ends. Without a KeysURL it returns at once.
func (s *Service) KeepTokenKeys(ctx context.Context) {
	if s.tokens.keys != nil {
		s.tokens.keys.keep(ctx)
	}
}

// TokenKeys returns the state of the keys of application tokens: ok, stale (the last fetch failed, older keys stay in use) or
// missing; "" without a KeysURL.
func (s *Service) TokenKeys() string {
	if s.tokens.keys == nil {
		return ""
	}
	return s.tokens.keys.state()
}

func (s *Service) byBearer(ctx context.Context, header string) (collab.Identity, error) {
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "bearer") || token == "" {
		return collab.Identity{}, problem.SignedOut("Authorization takes the form: Bearer, a space, the token.")
	}
	claims, err := s.tokens.verify(ctx, token)
	if err != nil {
		return collab.Identity{}, err
	}
	roles := make(map[string]access.Role, len(claims.Documents))
	for key, name := range claims.Documents {
		role, ok := access.Parse(name)
		if !ok {
			return collab.Identity{}, problem.SignedOut("The token's documents claim names an unknown role. " +
				"There are viewer, commenter, editor and owner.")
		}
		roles[key] = role
	}
	user, err := s.subject(ctx, claims)
	if err != nil {
		return collab.Identity{}, err
	}
	return collab.Identity{
		User: user.ID, Name: user.Name, Color: user.Color, Expires: claims.ExpiresAt.Time, Claims: roles,
		Application: user.Issuer,
	}, nil
}

// subject returns the user with a token's issuer and sub, creating them the first time, and updates their name from the token.
func (s *Service) subject(ctx context.Context, claims tokenClaims) (storage.User, error) {
	name := cleanName(claims.Name)
	for {
		user, err := s.store.UserBySubject(ctx, claims.Issuer, claims.Subject)
		switch {
		case err == nil && (name == "" || user.Name == name):
			return user, nil
		case err == nil:
			user, err = s.store.ChangeUser(ctx, user.ID, storage.UserChange{Name: &name})
			if err != nil {
				return user, unavailable(err)
			}
			return user, nil
		case !errors.Is(err, storage.ErrNotFound):
			return user, unavailable(err)
		}
		user = storage.User{
			ID: storage.UserID(RandomID()), Name: name, Issuer: claims.Issuer, Subject: claims.Subject, CreatedAt: s.now(),
		}
		if user.Name == "" {
			user.Name = "Someone"
		}
		user.Color = colorOf(user.ID)
		err = s.store.CreateUser(ctx, user)
		if err == nil {
			return user, nil
		} else if !errors.Is(err, storage.ErrExists) { // ErrExists: another request just created them, so read again
			return user, unavailable(err)
		}
	}
}
