package auth

import (
	"cmp"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"quire/server/problem"
)

// LimitConfig bounds tries: Burst at once, then one per Every. Zero fields take the default in their comment.
type LimitConfig struct {
	AddressBurst int           // 30: sign-ins, sign-ups, set-up codes and links tried from one address
	AddressEvery time.Duration // 2 s
	AccountBurst int           // 10: wrong passwords for one account, from one network or one known browser
	AccountEvery time.Duration // 30 s
	PersonBurst  int           // 60: requests by one person that bother others: invitations, requests for access
	PersonEvery  time.Duration // 10 s
	LaneBurst    int           // 100: wrong passwords for one account, from all networks together
	LaneEvery    time.Duration // 1 min
	Invited      int           // 5: letters of invitation to one address a day, of all senders
	Keys         int           // 20,000: addresses and accounts remembered, each
}

// tries limits what outsiders can try.
//
// Wrong passwords for an account are counted per network, so that guessing from one network locks out nobody else, and over all
// networks together, so that guessing from many gains little. The second limit alone would let anybody lock the owner out.
// Therefore a browser that has signed in to the account before (device.go) has a bucket of its own and is exempt from both.
// An owner without such a browser can still reset the password by mail.
type tries struct {
	address *buckets // by network
	person  *buckets // by the person who asks others for something
	account *buckets // by account and network, or account and browser
	lane    *buckets // by account
	letters *buckets // by recipient: mails that somebody asked for
	invited *buckets // by recipient: letters of invitation
}

func newTries(cfg LimitConfig, now func() time.Time) tries {
	keys := cmp.Or(cfg.Keys, 20_000)
	return tries{
		address: newBuckets(cmp.Or(cfg.AddressBurst, 30), cmp.Or(cfg.AddressEvery, 2*time.Second), keys, now),
		person:  newBuckets(cmp.Or(cfg.PersonBurst, 60), cmp.Or(cfg.PersonEvery, 10*time.Second), keys, now),
		account: newBuckets(cmp.Or(cfg.AccountBurst, 10), cmp.Or(cfg.AccountEvery, 30*time.Second), keys, now),
		lane:    newBuckets(cmp.Or(cfg.LaneBurst, 100), cmp.Or(cfg.LaneEvery, time.Minute), keys, now),
		invited: newBuckets(cmp.Or(cfg.Invited, 5), 24*time.Hour/time.Duration(cmp.Or(cfg.Invited, 5)), keys, now),
		letters: newBuckets(3, 10*time.Minute, keys, now),
	}
}

// tryPassword counts a try at an account's password: for the network of address or, if browser is not "", for a browser that the
// account knows. Call giveBack if the password was right.
func (t tries) tryPassword(account, address, browser string) (giveBack func(), err error) {
	if browser != "" {
		key := "browser " + browser
		if wait, ok := t.account.take(key); !ok {
			return nil, tooMany(wait)
		}
		return func() { t.account.give(key) }, nil
	}
	key := account + " " + Network(address)
	if wait, ok := t.account.take(key); !ok {
		return nil, tooMany(wait)
	}
	if wait, ok := t.lane.take(account); !ok {
		return nil, tooMany(wait)
	}
	return func() { t.account.give(key); t.lane.give(account) }, nil
}

// buckets holds a token bucket for each key, in two generations: when the younger is full, the older is dropped. A key in use
// moves to the younger, so a dropped key was unused while a whole generation filled. Memory is bounded whatever the keys are.
type buckets struct {
	burst float64
	every time.Duration
	keys  int // of each generation
	now   func() time.Time

	mu           sync.Mutex
	young, older map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newBuckets(burst int, every time.Duration, keys int, now func() time.Time) *buckets {
	return &buckets{burst: float64(burst), every: every, keys: max(1, keys/2), now: now, young: map[string]bucket{}}
}

// take takes one token from key's bucket, or returns how long to wait for the next.
func (b *buckets) take(key string) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.filled(key)
	if k.left < 1 {
		return time.Duration((1 - k.left) * float64(b.every)), false
	}
	k.left--
	b.put(key, k)
	return 0, true
}

// give puts back the token that take took.
func (b *buckets) give(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.filled(key)
	k.left = min(b.burst, k.left+1)
	b.put(key, k)
}

// filled returns key's bucket, refilled up to now.
func (b *buckets) filled(key string) bucket {
	now := b.now()
	k, ok := b.young[key]
	if !ok {
		k, ok = b.older[key]
	}
	if !ok {
		return bucket{left: b.burst, at: now}
	}
	k.left = min(b.burst, k.left+float64(now.Sub(k.at))/float64(b.every))
	k.at = now
	return k
}

func (b *buckets) put(key string, k bucket) {
	if _, ok := b.young[key]; !ok && len(b.young) >= b.keys {
		b.older, b.young = b.young, make(map[string]bucket)
	}
	b.young[key] = k
}

// tryFrom counts a try from address and returns a 429 problem after too many. Loopback is not counted: it is either whoever runs
// the server, or a proxy that TRUST_PROXY lacks, so that everybody shares the address.
func (t tries) tryFrom(address string) error {
	if ip, err := netip.ParseAddr(address); err == nil && ip.Unmap().IsLoopback() {
		return nil
	}
	if wait, ok := t.address.take(Network(address)); !ok {
		return tooMany(wait)
	}
	return nil
}

func tooMany(wait time.Duration) error {
	seconds := int64((wait + time.Second - 1) / time.Second)
	unit := "seconds"
	if seconds == 1 {
		unit = "second"
	}
	return problem.TooMany(fmt.Sprintf("Too many tries. Wait %d %s.", seconds, unit)).RetryAfter(wait)
}

// Network returns the part of address that one person controls: an IPv4 address, or an IPv6 /64 network.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap()
	if ip.Is6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
