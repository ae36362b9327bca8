package load

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

const (
	perUser   = 1_500 // connections of one user, below Quire's limit of 2,000, since connections of an earlier run may still be open
	tokenLife = 3 * longest
)

// tokens returns a function from a connection's number to its token: the configured one, or one signed for one of as many users as
// needed.
func (c Config) tokens() func(connection int) string {
	switch {
	case c.Token != "":
		return func(int) string { return c.Token }
	case c.JWTSecret != "":
		return func(connection int) string {
			return sign(c.JWTSecret, fmt.Sprintf("bench-%d", connection/perUser), time.Now().Add(tokenLife))
		}
	}
	return func(int) string { return "" }
}

// sign returns an application token that owns the documents of the bench (RFC 7519, HS256).
func sign(secret, subject string, expires time.Time) string {
	claims, err := json.Marshal(map[string]any{
		"sub": subject, "name": "Bench", "exp": expires.Unix(), "documents": map[string]string{prefix + "*": "owner"},
	})
	if err != nil {
		panic(err) // impossible for strings and a number
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}
