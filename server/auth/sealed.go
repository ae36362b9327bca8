package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"time"

	"quire/storage"
)

const newcomerLasts = verifyLasts

// sealedAccount is the content of the code in a sign-up letter: the account to create when it is answered. It is encrypted with a
// key derived from SECRET_KEY, so nobody else can make one or read the address in it, and unanswered letters leave nothing stored.
type sealedAccount struct {
	Email   string         `json:"e"`
	Name    string         `json:"n,omitempty"` // given when signing up; the letter's reader may choose another
	Guest   storage.UserID `json:"g,omitempty"` // who asked
	Account storage.UserID `json:"i"`           // id of the new account: a code used twice finds it, even if it has another address by then
	Until   int64          `json:"t"`           // ms
}

func (s *Service) seal(n sealedAccount) string {
	n.Until = s.now().Add(newcomerLasts).UnixMilli()
	body, err := json.Marshal(n)
	if err != nil {
		panic(err) // texts and a number
	}
	return encoding.EncodeToString(s.newcomers().Seal(nil, nil, body, nil))
}

// unseal decrypts a code. ok is false if it was not made here or has expired.
func (s *Service) unseal(code string) (n sealedAccount, ok bool) {
	sealed, err := encoding.DecodeString(code)
	if err != nil {
		return n, false
	}
	body, err := s.newcomers().Open(nil, nil, sealed, nil)
	if err != nil || json.Unmarshal(body, &n) != nil {
		return sealedAccount{}, false
	}
	return n, s.now().Before(time.UnixMilli(n.Until))
}

func (s *Service) newcomers() cipher.AEAD {
	block, err := aes.NewCipher(s.sign(forNewcomer, nil))
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the right block
	}
	return aead
}
