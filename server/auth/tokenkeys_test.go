package auth

import (
	"context"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quire/storage/sealed"
)

func TestEveryAsymmetricAlgorithmCountsWithItsOwnKeyOnly(t *testing.T) {
	i := newIssuer(t)
	rsa1, rsa2 := rsaKey(t), rsaKey(t)
	p256, p384, p521, ed := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P384()), ecKey(t, elliptic.P521()), edKey(t)
	i.publishes(jwk(t, rsa1, "rsa", nil), jwk(t, p256, "p256", nil), jwk(t, p384, "p384", nil), jwk(t, p521, "p521", nil),
		jwk(t, ed, "ed", nil))
	f := newFixture(t, i.tokens)
	for _, c := range []struct {
		method       jwt.SigningMethod
		kid          string
		key, another any
	}{
		{jwt.SigningMethodRS256, "rsa", rsa1, rsa2}, {jwt.SigningMethodRS384, "rsa", rsa1, rsa2}, {jwt.SigningMethodRS512, "rsa", rsa1, rsa2},
		{jwt.SigningMethodPS256, "rsa", rsa1, rsa2}, {jwt.SigningMethodPS384, "rsa", rsa1, rsa2}, {jwt.SigningMethodPS512, "rsa", rsa1, rsa2},
		{jwt.SigningMethodES256, "p256", p256, ecKey(t, elliptic.P256())}, {jwt.SigningMethodES384, "p384", p384, ecKey(t, elliptic.P384())},
		{jwt.SigningMethodES512, "p521", p521, ecKey(t, elliptic.P521())}, {jwt.SigningMethodEdDSA, "ed", ed, edKey(t)},
	} {
		t.Run(c.method.Alg(), func(t *testing.T) {
			f := f
			f.t = t
			f.wants(signed(t, c.method, c.key, kid(c.kid), f.claims(nil)), 0, "")
			f.wants(signed(t, c.method, c.another, kid(c.kid), f.claims(nil)), 401, "JWT_JWKS_URL")
			for _, other := range []string{"rsa", "p256", "p384", "p521", "ed"} {
				if other != c.kid {
					f.wants(signed(t, c.method, c.key, kid(other), f.claims(nil)), 401, "JWT_JWKS_URL")
				}
			}
			for name, change := range map[string]func(jwt.MapClaims){
				"expired":          func(c jwt.MapClaims) { c["exp"] = f.clock.Now().Add(-time.Second).Unix() },
				"lacks a claim":    func(c jwt.MapClaims) { delete(c, "exp") },
				"not valid yet":    func(c jwt.MapClaims) { c["nbf"] = f.clock.Now().Add(time.Hour).Unix() },
				"another issuer":   func(c jwt.MapClaims) { c["iss"] = "https://evil.example" },
				"another audience": func(c jwt.MapClaims) { c["aud"] = "other" },
				"sub claim":        func(c jwt.MapClaims) { delete(c, "sub") },
			} {
				f.wants(signed(t, c.method, c.key, kid(c.kid), f.claims(change)), 401, name)
			}
		})
	}
}

// A public key is known to everybody: whatever is made with it alone must not count.
func TestAPublicKeyIsNobodysSecret(t *testing.T) {
	i := newIssuer(t)
	key, own := rsaKey(t), rsaKey(t)
	secret := []byte("a secret that the key set holds by mistake")
	p256 := ecKey(t, elliptic.P256())
	i.publishes(jwk(t, key, "one", nil), jwk(t, p256, "two", nil),
		`{"kty":"oct","kid":"oct","k":"`+base64.RawURLEncoding.EncodeToString(secret)+`"}`)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"keys only":       i.tokens,
		"keys and secret": func(c *Config) { i.tokens(c); c.Tokens.Secrets = []sealed.Text{sealed.Of(string(tokenSecret))} },
	} {
		f := newFixture(t, change)
		for attack, token := range map[string]string{
			"HS256 with the PEM":           signed(t, jwt.SigningMethodHS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), kid("one"), f.claims(nil)),
			"HS256 with the DER":           signed(t, jwt.SigningMethodHS256, der, kid("one"), f.claims(nil)),
			"HS256 with the PKCS1":         signed(t, jwt.SigningMethodHS256, x509.MarshalPKCS1PublicKey(&key.PublicKey), kid("one"), f.claims(nil)),
			"HS256 with the modulus":       signed(t, jwt.SigningMethodHS256, key.N.Bytes(), kid("one"), f.claims(nil)),
			"HS256 with nothing":           signed(t, jwt.SigningMethodHS256, []byte{}, kid("one"), f.claims(nil)),
			"HS512 with the DER":           signed(t, jwt.SigningMethodHS512, der, kid("one"), f.claims(nil)),
			"HS256 with a published oct":   signed(t, jwt.SigningMethodHS256, secret, kid("oct"), f.claims(nil)),
			"none":                         signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid("one"), f.claims(nil)),
			"RS256 by another, with jwk":   signed(t, jwt.SigningMethodRS256, own, map[string]any{"kid": "one", "jwk": json.RawMessage(jwk(t, own, "one", nil))}, f.claims(nil)),
			"RS256 by another, without":    signed(t, jwt.SigningMethodRS256, own, nil, f.claims(nil)),
			"RS256 named as the EC key":    signed(t, jwt.SigningMethodRS256, own, kid("two"), f.claims(nil)),
			"RS256 with a kid of no text":  signed(t, jwt.SigningMethodRS256, key, map[string]any{"kid": 1}, f.claims(nil)),
			"RS256 with a kid of null":     signed(t, jwt.SigningMethodRS256, key, map[string]any{"kid": nil}, f.claims(nil)),
			"RS256 with the secret's name": signed(t, jwt.SigningMethodRS256, own, kid("oct"), f.claims(nil)),
		} {
			if got, said := f.bearer(token); got != 401 {
				t.Errorf("%s: %s = %d %s, want 401", name, attack, got, said)
			}
		}
		f.wants(signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil)), 0, "")
		want := 401
		if name == "keys and secret" {
			want = 0
		}
		f.wants(signed(t, jwt.SigningMethodHS256, tokenSecret, nil, f.claims(nil)), want, "")
	}
}

// What a token says about where its key may be had is not listened to.
func TestATokenDoesNotSayWhereItsKeyIs(t *testing.T) {
	i, evil := newIssuer(t), newIssuer(t)
	key, own := rsaKey(t), rsaKey(t)
	i.publishes(jwk(t, key, "one", func(k map[string]any) { k["x5u"] = evil.URL }))
	evil.publishes(jwk(t, own, "one", nil))
	f := newFixture(t, i.tokens)
	for _, header := range []string{"jku", "x5u"} {
		token := signed(t, jwt.SigningMethodRS256, own, map[string]any{"kid": "one", header: evil.URL}, f.claims(nil))
		f.wants(token, 401, "JWT_JWKS_URL")
	}
	f.wants(signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil)), 0, "")
	if n := evil.asked.Load(); n != 0 {
		t.Errorf("the address in the token was asked %d times", n)
	}
}

func TestWhatAKeySaysItIsForCounts(t *testing.T) {
	i := newIssuer(t)
	key := rsaKey(t)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, i.tokens)
	for _, c := range []struct {
		name   string
		key    *rsa.PrivateKey
		change func(map[string]any)
		want   int
	}{
		{"nothing said", key, nil, 0},
		{"for signatures", key, func(k map[string]any) { k["use"] = "sig" }, 0},
		{"for encryption", key, func(k map[string]any) { k["use"] = "enc" }, 503},
		{"to verify", key, func(k map[string]any) { k["key_ops"] = []string{"verify"} }, 0},
		{"to encrypt", key, func(k map[string]any) { k["key_ops"] = []string{"encrypt"} }, 503},
		{"for RS256", key, func(k map[string]any) { k["alg"] = "RS256" }, 0},
		{"for PS256", key, func(k map[string]any) { k["alg"] = "PS256" }, 401},
		{"1,024 bits", small, nil, 503},
		{"an even exponent", key, func(k map[string]any) { k["e"] = "AQAA" }, 401},
	} {
		i.publishes(jwk(t, c.key, "one", c.change))
		f.clock.move(time.Hour)
		f.tokens.keys.keys = nil // as at the start
		got, said := f.bearer(signed(t, jwt.SigningMethodRS256, c.key, kid("one"), f.claims(nil)))
		if got != c.want {
			t.Errorf("%s: %d %s, want %d", c.name, got, said, c.want)
		}
	}
}

func TestATokenWithoutAKeyNameCountsWhereOneKeyFits(t *testing.T) {
	i := newIssuer(t)
	key, ec := rsaKey(t), ecKey(t, elliptic.P256())
	i.publishes(jwk(t, key, "one", nil), jwk(t, ec, "", nil))
	f := newFixture(t, i.tokens)
	f.wants(signed(t, jwt.SigningMethodRS256, key, nil, f.claims(nil)), 0, "")
	f.wants(signed(t, jwt.SigningMethodES256, ec, nil, f.claims(nil)), 0, "")
	i.publishes(jwk(t, key, "one", nil), jwk(t, rsaKey(t), "two", nil))
	if err := f.tokens.keys.fetch(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.wants(signed(t, jwt.SigningMethodRS256, key, nil, f.claims(nil)), 401, "JWT_JWKS_URL")
	f.wants(signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil)), 0, "")
}
