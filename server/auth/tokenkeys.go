package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quire/server/problem"
	"quire/storage/sealed"
)

// How often the key set of an application is fetched. A token signed with an unknown key causes a fetch at once, because the
// application may have a new key. A budget of several fetches bounds that: forged tokens can't cause a stream of them, and a
// single forged one does not delay a real key.
const (
	keysEvery     = time.Hour
	keysRetry     = 30 * time.Second // after a fetch that failed
	keysTimeout   = 5 * time.Second
	keysBudget    = 3
	keysBudgetPer = 10 * time.Second
)

// tokenKeys holds the public keys (JWKS) of an application's tokens. After a failed fetch the old keys stay valid, so that nobody
// is signed out while the application restarts.
type tokenKeys struct {
	url    sealed.Text
	client *http.Client
	now    func() time.Time
	log    *slog.Logger
	budget *buckets // of fetches that tokens cause

	mu     sync.Mutex // guards the fields below
	keys   []tokenKey
	known  bool          // whether any fetch succeeded
	failed error         // of the last fetch
	flight chan struct{} // closed when the fetch under way has ended; nil: there is none
}

// newTokenKeys returns an error for an address whose answers could be forged on the network (CheckKeysURL).
func newTokenKeys(cfg TokenConfig, now func() time.Time, log *slog.Logger) (*tokenKeys, error) {
	if err := CheckKeysURL(cfg.KeysURL.Reveal()); err != nil {
		return nil, err
	}
	return &tokenKeys{
		url: cfg.KeysURL, client: strictClient(cfg.Client, keysTimeout), now: now, log: log, budget: newBuckets(keysBudget, keysBudgetPer, 2, now),
	}, nil
}

// CheckKeysURL returns an error if keys must not be fetched from an address. It must be https or, on this machine, http.
func CheckKeysURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return errors.New("is not an address as in https://app.example.org/.well-known/jwks.json")
	}
	if u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()) {
		return nil
	}
	return errors.New("keys are fetched by https only; by http only from this machine")
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// keep fetches the keys at once and then every hour, until ctx ends.
func (k *tokenKeys) keep(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		next := keysEvery
		if err := k.fetch(ctx); err != nil {
			next = keysRetry
		}
		timer.Reset(next)
	}
}

// state returns ok, stale (the last fetch failed, older keys stay in use) or missing.
func (k *tokenKeys) state() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case !k.known:
		return "missing"
	case k.failed != nil:
		return "stale"
	}
	return "ok"
}

// find returns the keys to verify a token's signature with. For an unknown key it fetches the set again.
func (k *tokenKeys) find(ctx context.Context, token *jwt.Token) (any, error) {
	named, hasName := token.Header["kid"]
	kid, isText := named.(string)
	if hasName && !isText {
		return nil, jwt.ErrTokenMalformed
	}
	for range 3 { // a fetch under way may have begun before the application had the key
		keys, known := k.pick(token.Method.Alg(), kid, hasName)
		if len(keys) > 0 {
			return jwt.VerificationKeySet{Keys: keys}, nil
		}
		if known { // but not for this algorithm
			return nil, jwt.ErrTokenSignatureInvalid
		}
		fetched, err := k.learn(ctx)
		if err != nil {
			return nil, err
		}
		if fetched {
			break
		}
	}
	if keys, _ := k.pick(token.Method.Alg(), kid, hasName); len(keys) > 0 {
		return jwt.VerificationKeySet{Keys: keys}, nil
	}
	return nil, jwt.ErrTokenSignatureInvalid
}

// pick returns the keys with that kid that fit the algorithm, and whether the kid is known at all. A token without a kid is
// accepted only if a single key fits.
func (k *tokenKeys) pick(alg, kid string, hasName bool) (keys []jwt.VerificationKey, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range k.keys {
		if hasName && key.id != kid {
			continue
		}
		known = known || hasName
		if key.fits(alg) {
			keys = append(keys, key.public)
		}
	}
	if !hasName && len(keys) > 1 {
		return nil, true
	}
	return keys, known
}

// learn fetches the keys because a token names an unknown one. If a fetch is under way it waits for that and returns false.
func (k *tokenKeys) learn(ctx context.Context) (fetched bool, err error) {
	k.mu.Lock()
	flight, failed := k.flight, k.failed
	k.mu.Unlock()
	if flight != nil {
		select {
		case <-flight:
			return false, nil
		case <-ctx.Done():
			return false, keysAway(keysRetry).Caused(ctx.Err())
		}
	}
	if wait, ok := k.budget.take(""); !ok {
		if failed != nil {
			return false, keysAway(wait).Caused(failed)
		}
		return false, problem.TooMany("Too many tokens come with keys that JWT_JWKS_URL does not have.").RetryAfter(wait)
	}
	// others wait for this fetch, too: it does not end with the request that happened to be first
	if err := k.fetch(context.WithoutCancel(ctx)); err != nil {
		return false, keysAway(keysBudgetPer).Caused(err)
	}
	return true, nil
}

// keysAway returns the 503 problem while tokens cannot be checked: 401 would tell clients that they are signed out.
func keysAway(wait time.Duration) *problem.Problem {
	return problem.Unavailable("The server can't fetch the keys that application tokens are signed with. Nothing was changed.").
		RetryAfter(wait)
}

// fetch fetches the keys. Concurrent calls share one fetch.
func (k *tokenKeys) fetch(ctx context.Context) error {
	k.mu.Lock()
	if flight := k.flight; flight != nil {
		k.mu.Unlock()
		<-flight // bounded by its own timeout
		return k.lastFailure()
	}
	flight := make(chan struct{})
	k.flight = flight
	k.mu.Unlock()
	ctx, stop := context.WithTimeout(ctx, keysTimeout)
	defer stop()
	keys, err := k.get(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	defer close(flight)
	k.flight, k.failed = nil, err
	if err != nil {
		k.log.Warn("keys of application tokens not fetched; those that are there go on to count", "keys", len(k.keys), "err", err)
		return err
	}
	k.keys, k.known = keys, true
	k.log.Info("keys of application tokens fetched", "keys", len(keys))
	return nil
}

func (k *tokenKeys) lastFailure() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failed
}

// get requests the key set from the application's server.
func (k *tokenKeys) get(ctx context.Context) ([]tokenKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url.Reveal(), nil)
	if err != nil {
		return nil, withoutURL(err)
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	res, err := k.client.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %s", res.Status)
	}
	return readKeys(res.Body)
}

// withoutURL returns err without the URL, which may contain a secret.
func withoutURL(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}
