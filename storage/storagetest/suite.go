package storagetest

import (
	"slices"
	"testing"

	"quire/storage"
)

// Damager is a store that can flip a bit of a stored snapshot's body. DamageSnapshot reports whether there is such a snapshot.
type Damager interface {
	DamageSnapshot(doc storage.DocumentID, revision storage.Revision) bool
}

// rule is one sentence of the contract and what checks it.
type rule struct {
	id    string // the rule's in design.md; if it has none there, its subject
	says  string
	check func(t *testing.T, s storage.Store)
}

// Run checks every rule of the contract. open returns a fresh, empty store and registers its cleanup.
func Run(t *testing.T, open func(t *testing.T) storage.Store) {
	rules := slices.Concat(
		logRules, readRules, snapshotRules, documentRules, listRules, peopleRules, grantRules, settingRules,
		groupRules, sharingRules, transferRules, madeWithRules, invitationRules, credentialRules, linkRules, auditRules, adminRules, limitRules,
		deletionRules, applicationRules, eventRules,
	)
	for _, r := range rules {
		t.Run(r.id+" "+r.says, func(t *testing.T) { r.check(t, open(t)) })
	}
	t.Run("random calls are answered as the model answers", func(t *testing.T) { runModel(t, open) })
}
