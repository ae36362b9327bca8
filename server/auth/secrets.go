package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// purpose keeps the uses of SECRET_KEY apart: what is signed for one never verifies for another.
type purpose string

const (
	forTicket purpose = "quire socket ticket v1"
	forLink   purpose = "quire link v1"
	forSetup  purpose = "quire set-up code v1"

	forInvitation       purpose = "quire invitation v1"
	forNewcomer         purpose = "quire letter of a new account v1"
	forInvitationLetter purpose = "quire letter of an invitation v1"
	forDevice           purpose = "quire known browser v1"
	forProof            purpose = "quire proof for a sensitive change v1"
	forOIDC             purpose = "quire sign-in through a provider v1"
)

var encoding = base64.RawURLEncoding // alphabet of subprotocols, paths and cookies

// sign returns the HMAC-SHA256 of message under a key derived for its purpose.
func (s *Service) sign(p purpose, message []byte) []byte {
	key := hmac.New(sha256.New, s.cfg.Secret.Bytes())
	key.Write([]byte(p))
	mac := hmac.New(sha256.New, key.Sum(nil))
	mac.Write(message)
	return mac.Sum(nil)
}

// randomToken returns 256 random bits in 43 characters.
func randomToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return encoding.EncodeToString(b[:])
}

// RandomID returns 128 random bits in 22 characters, as the id of a document, user, sign-in or link.
func RandomID() string {
	var b [16]byte
	rand.Read(b[:])
	return encoding.EncodeToString(b[:])
}

// hashToken returns the hash under which a token is stored. Tokens are random, so a plain digest is enough.
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
