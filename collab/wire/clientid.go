package wire

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// A client id is 96 random bits and the first 96 bits of a MAC over them and the user, as 32 characters of base64url. So nobody
// can claim an id of another user's, and every node that has the secret can verify it (W1).
const (
	clientRandom = 12
	clientMAC    = 12
)

// NewClientID returns an id for one page load by user.
func NewClientID(secret []byte, user string) string {
	var id [clientRandom + clientMAC]byte
	rand.Read(id[:clientRandom]) // never fails (crypto/rand)
	sealClientID(&id, secret, user)
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// VerifyClientID reports whether id was made by NewClientID with this secret for this user.
func VerifyClientID(secret []byte, user, id string) bool {
	var given [clientRandom + clientMAC]byte
	if len(id) != base64.RawURLEncoding.EncodedLen(len(given)) {
		return false
	}
	if _, err := base64.RawURLEncoding.Decode(given[:], []byte(id)); err != nil {
		return false
	}
	want := given
	sealClientID(&want, secret, user)
	return hmac.Equal(given[:], want[:])
}

func sealClientID(id *[clientRandom + clientMAC]byte, secret []byte, user string) {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("quire client id\x00"))
	mac.Write(id[:clientRandom])
	mac.Write([]byte(user))
	copy(id[clientRandom:], mac.Sum(nil))
}
