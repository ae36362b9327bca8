package auth

import "quire/storage"

// forDocument derives the ids of documents that are made with an Idempotency-Key.
const forDocument purpose = "quire document of a key v1"

// DocumentOfKey returns the id of the document that user creates with an Idempotency-Key. It is always the same, and as hard for
// others to guess as a random one.
func (s *Service) DocumentOfKey(user storage.UserID, key string) storage.DocumentID {
	return storage.DocumentID(encoding.EncodeToString(s.sign(forDocument, []byte(string(user)+"\x00"+key))[:16]))
}
