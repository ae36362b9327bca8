package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"time"

	"quire/storage"
)

const newcomerLasts = verifyLasts

// sealedAccount is what the code in a letter holds: who becomes an account when it is answered. It is sealed with a key derived
// from SECRET_KEY, so nobody else makes one or reads the address in it, and nothing is stored of those that nobody answers.
type sealedAccount struct {
	Email   string         `json:"e"`
	Name    string         `json:"n,omitempty"` // as it was asked with; its reader may choose another
	Guest   storage.UserID `json:"g,omitempty"` // who asked
	Account storage.UserID `json:"i"`           // its id: so one letter makes one account, also when that has left the address
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

// unseal returns what is in a code that was made here and has not ended.
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
