package storage

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"
)

// CheckBatches returns ErrInvalid for each batch that is invalid, else nil: no document, a negative base, no ops, or a document
// that an earlier batch has too. Every backend begins Append with it.
func CheckBatches(batches []Batch) []error {
	faults := make([]error, len(batches))
	seen := make(map[DocumentID]bool, len(batches))
	for i, b := range batches {
		switch {
		case b.Document == "":
			faults[i] = fmt.Errorf("%w: batch without a document", ErrInvalid)
		case b.Base < 0:
			faults[i] = fmt.Errorf("%w: base %d", ErrInvalid, b.Base)
		case len(b.Ops) == 0:
			faults[i] = fmt.Errorf("%w: batch without ops", ErrInvalid)
		case seen[b.Document]:
			faults[i] = fmt.Errorf("%w: document twice in one commit", ErrInvalid)
		}
		seen[b.Document] = true
	}
	return faults
}

// CheckRewinds sets ErrRewound as the outcome of batches that were made before the last time the log went back (N12). It keeps
// outcomes that are errors already.
func CheckRewinds(outcomes []error, batches []Batch, rewinds int64) {
	for i, b := range batches {
		if outcomes[i] == nil && b.Rewinds != rewinds {
			outcomes[i] = fmt.Errorf("%w: doc=%s base=%d", ErrRewound, b.Document, b.Base)
		}
	}
}

// CheckDocument returns ErrInvalid if d cannot be created, else nil.
func CheckDocument(d Document) error {
	if d.ID == "" || (d.Owner == "") == (d.Application == "") {
		return fmt.Errorf("%w: a document needs an id and an owner, a person or an application", ErrInvalid)
	}
	return nil
}

// CheckGrant returns ErrInvalid if g is invalid, else nil.
func CheckGrant(g Grant) error {
	if g.Document == "" || g.User == "" || g.Role == "" || g.Role == AnyRole {
		return fmt.Errorf("%w: a grant needs a document, a user and a role", ErrInvalid)
	}
	return nil
}

// CheckUser returns ErrInvalid if u is invalid, else nil.
func CheckUser(u User) error {
	if u.ID == "" || (u.Issuer == "") != (u.Subject == "") {
		return fmt.Errorf("%w: a user needs an id, and an issuer with its subject", ErrInvalid)
	}
	return nil
}

// CleanUser returns u as it is stored.
func CleanUser(u User) User {
	u.Email, u.Name, u.PasswordHash = Text(u.Email), Text(u.Name), Text(u.PasswordHash)
	u.Issuer, u.Subject = Text(u.Issuer), Text(u.Subject)
	u.CreatedAt, u.VerifiedAt = Milli(u.CreatedAt), Milli(u.VerifiedAt)
	u.KnownAt, u.SuspendedAt = Milli(u.KnownAt), Milli(u.SuspendedAt)
	return u
}

// NewUser returns u as it is stored when it is created: without picture and not deleted.
func NewUser(u User) User {
	u.Picture, u.DeletedAt = "", time.Time{}
	return CleanUser(u)
}

// Account reports whether u is an account: neither a guest nor only an application's person.
func (u User) Account() bool { return u.Email != "" && !u.Guest }

// InCharge reports whether u is an administrator who can act as one. While there is one, there always is: a change that would leave
// none returns ErrLastAdmin.
func (u User) InCharge() bool { return u.Admin && !u.Suspended() && u.DeletedAt.IsZero() }

// OfApplication reports whether u is only the subject of an application's tokens. The tokens alone decide what such a person may
// do: their grants have no effect.
func (u User) OfApplication() bool { return u.Issuer != "" && u.Email == "" && !u.Guest }

// Span limits the revisions from and to that a reader asked for to a log that ends at head; to may be Newest. If to ≤ from the
// span is empty. ErrAhead if from is beyond the head, ErrInvalid for a negative revision.
func Span(head, from, to Revision) (Revision, Revision, error) {
	if from < 0 || to < Newest {
		return 0, 0, fmt.Errorf("%w: from %d to %d", ErrInvalid, from, to)
	}
	if from > head {
		return 0, 0, fmt.Errorf("%w: from %d, head %d", ErrAhead, from, head)
	}
	if to == Newest || to > head {
		to = head
	}
	return from, max(from, to), nil
}

// Reach returns the revision that Load must reach in a log that ends at head; at may be Newest. ErrAhead if at is beyond the head,
// ErrInvalid if it is negative.
func Reach(head, at Revision) (Revision, error) {
	switch {
	case at == Newest:
		return head, nil
	case at < 0:
		return 0, fmt.Errorf("%w: revision %d", ErrInvalid, at)
	case at > head:
		return 0, fmt.Errorf("%w: revision %d, head %d", ErrAhead, at, head)
	}
	return at, nil
}

// CheckSnapshot returns why s cannot be stored in a log that ends at head and went back rewinds times: ErrRewound, ErrInvalid or
// ErrAhead; nil if it can.
func CheckSnapshot(head Revision, s Snapshot, rewinds int64) error {
	if s.Rewinds != rewinds {
		return fmt.Errorf("%w: snapshot of revision %d", ErrRewound, s.Revision)
	}
	if s.Revision < 0 {
		return fmt.Errorf("%w: snapshot of revision %d", ErrInvalid, s.Revision)
	}
	_, err := Reach(head, s.Revision)
	return err
}

// Grow returns the head after ops.
func (h Head) Grow(ops []Op) Head {
	for _, op := range ops {
		h.Revision++
		h.Bytes += int64(op.Size())
		h.UpdatedAt = Milli(op.At)
		if op.Author != "" {
			h.UpdatedBy = op.Author
		}
	}
	return h
}

// Cut returns the longest prefix of ops whose Sizes sum to at most limitBytes, but at least one op; all if limitBytes ≤ 0.
func Cut(ops []Op, limitBytes int) []Op {
	if limitBytes <= 0 {
		return ops
	}
	for i, op := range ops {
		if limitBytes -= op.Size(); limitBytes < 0 && i > 0 {
			return ops[:i]
		}
	}
	return ops
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// SnapshotSum returns the checksum (CRC-32C) that is stored with a snapshot: over its document, revision and body.
func SnapshotSum(doc DocumentID, revision Revision, body []byte) uint32 {
	place := append([]byte(doc), 0)
	place = binary.BigEndian.AppendUint64(place, uint64(revision))
	return crc32.Update(crc32.Checksum(place, castagnoli), castagnoli, body)
}
