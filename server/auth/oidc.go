package auth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"quire/storage/sealed"
)

// OIDCConfig configures a provider that people can sign in with. Without an Issuer there is none.
type OIDCConfig struct {
	Issuer       string // its URL, exactly as in its tokens
	ClientID     string
	ClientSecret sealed.Text
	Scopes       []string     // nil: openid, email, profile
	Name         string       // on the button; "": the issuer's host
	Client       *http.Client // nil: one of our own
}

const (
	oidcIssuer    = "oidc:" // before the issuer where an application's issuer would stand, so that neither can be the other
	oidcCallback  = "/api/v1/auth/oidc/callback"
	oidcWait      = 10 * time.Second // for an answer of the provider
	oidcLasts     = 10 * time.Minute // from leaving for the provider to coming back
	oidcFresh     = 24 * time.Hour   // how long what the provider says of itself is believed
	oidcTryAgain  = 5 * time.Second  // after it could not be asked
	oidcStayFresh = time.Minute      // after it could not be asked again
)

// oidcProvider holds the provider's metadata. It is fetched when somebody first signs in, so that the server starts without the
// provider, and fetched again after failures.
type oidcProvider struct {
	cfg    OIDCConfig
	back   string // URL to which the provider sends browsers back
	client *http.Client
	now    func() time.Time
	used   *buckets // states that came back: each is accepted once

	mu       sync.Mutex
	provider *oidc.Provider // nil: not fetched yet
	err      error          // of the last failed fetch
	until    time.Time      // no further fetch before then
}

func newOIDCProvider(cfg OIDCConfig, public *url.URL, now func() time.Time) *oidcProvider {
	if cfg.Issuer == "" {
		return nil
	}
	if cfg.Scopes == nil {
		cfg.Scopes = []string{oidc.ScopeOpenID, "email", "profile"}
	}
	if !slices.Contains(cfg.Scopes, oidc.ScopeOpenID) {
		cfg.Scopes = append([]string{oidc.ScopeOpenID}, cfg.Scopes...)
	}
	if issuer, err := url.Parse(cfg.Issuer); cfg.Name == "" && err == nil {
		cfg.Name = issuer.Host
	}
	return &oidcProvider{
		cfg: cfg, back: strings.TrimSuffix(public.String(), "/") + oidcCallback, now: now,
		client: strictClient(cfg.Client, oidcWait),
		used:   newBuckets(1, 2*oidcLasts, 20_000, now),
	}
}

// OIDCName returns the provider's name; "" for none.
func (s *Service) OIDCName() string {
	if s.oidc == nil {
		return ""
	}
	return s.oidc.cfg.Name
}

// ask returns the provider's metadata, fetching it if needed.
func (p *oidcProvider) ask() (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Before(p.until) {
		return p.provider, p.err
	}
	// not the request's context: the provider's keys are fetched under this one later on
	found, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.client), p.cfg.Issuer)
	switch {
	case err == nil:
		p.provider, p.err, p.until = found, nil, now.Add(oidcFresh)
	case p.provider != nil:
		p.until = now.Add(oidcStayFresh)
	default:
		p.err, p.until = err, now.Add(oidcTryAgain)
	}
	return p.provider, p.err
}

func (p *oidcProvider) flow(provider *oidc.Provider) oauth2.Config {
	return oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret.Reveal(), RedirectURL: p.back, Scopes: p.cfg.Scopes,
		Endpoint: provider.Endpoint(),
	}
}

// oidcClaims are the claims of an ID token that we read.
type oidcClaims struct {
	Subject  string  `json:"sub"`
	Email    string  `json:"email"`
	Verified anyBool `json:"email_verified"`
	Name     string  `json:"name"`
	Username string  `json:"preferred_username"`

	AuthorizedParty string  `json:"azp"`
	AuthTime        seconds `json:"auth_time"` // when it asked them who they are; 0: it does not say
}

// anyBool is a JSON boolean, also as the string "true", which some providers write.
type anyBool bool

func (b *anyBool) UnmarshalJSON(data []byte) error {
	*b = string(data) == "true" || string(data) == `"true"`
	return nil
}

// seconds are s since 1970. What is no number counts as 0.
type seconds int64

func (t *seconds) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	if err == nil && n > 0 && n < 1e11 {
		*t = seconds(n)
	}
	return nil
}

// age returns how long ago t was at now; of 0 more than any bound.
func (t seconds) age(now time.Time) time.Duration { return now.Sub(time.Unix(int64(t), 0)) }

var (
	errNonce    = errors.New("the ID token is not for this browser")
	errParty    = errors.New("the ID token was issued to another client")
	errSubject  = errors.New("its sub can't be told from another's")
	errUserInfo = errors.New("its user info can't be read")
)

// redeem exchanges code for an ID token, verifies it and returns its claims.
func (p *oidcProvider) redeem(ctx context.Context, code string, f oidcFlow) (oidcClaims, error) {
	var claims oidcClaims
	provider, err := p.ask()
	if err != nil {
		return claims, err
	}
	ctx, stop := context.WithTimeout(oidc.ClientContext(ctx, p.client), oidcWait)
	defer stop()
	flow := p.flow(provider)
	token, err := flow.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return claims, err
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: p.cfg.ClientID, Now: p.now}).Verify(ctx, raw)
	if err != nil {
		return claims, err
	}
	if id.Nonce == "" || !equal(id.Nonce, f.Nonce) {
		return claims, errNonce
	}
	if err := id.Claims(&claims); err != nil {
		return claims, err
	}
	claims.Subject = id.Subject
	if !issuedTo(p.cfg.ClientID, id.Audience, claims.AuthorizedParty) {
		return claims, errParty
	}
	if !distinct(id.Subject) {
		return claims, errSubject
	}
	if claims.Email == "" && provider.UserInfoEndpoint() != "" { // some tell it only there
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return claims, errUserInfo // not err: it repeats the answer, which may repeat the access token
		}
		if info.Subject == id.Subject {
			err = info.Claims(&claims)
			claims.Subject = id.Subject
		}
		return claims, err
	}
	return claims, nil
}

// issuedTo reports whether an ID token was issued to us: it may name several audiences, then azp says to which of them (OpenID Connect
// Core, 3.1.3.7).
func issuedTo(client string, audience []string, azp string) bool {
	return azp == client || azp == "" && len(audience) == 1
}
