package budget

import (
	"cmp"
	"slices"
	"sync"
)

// Shares bounds the sum of its reservations and divides it between persons, so that however much some want, others get something.
//
// One part of Limit is divided as Choudhury and Hahne's dynamic threshold does (1998), by what is free now: a person may hold up
// to a quarter of what is free of it besides. So one greedy person gets a fifth of it, and k of them who never return anything
// leave (4/5)^k of it free; the next one gets a fifth of that. The other part, Single, is for what is larger, or comes when
// little is left: each person may hold one reservation of any size from it. So something large passes sometime, and never takes
// what is divided.
//
// The key "" is the node itself, for what is only kept: it gets what is left of Limit, and is not in the way of persons. Whoever keeps
// something asks Over, and gives it up. A key without reservations takes no memory. A Shares must not be copied.
type Shares struct {
	Limit  int64
	Single int64 // of Limit: for one reservation of each person beyond their share; 0: half of it
	Alone  bool  // one reservation may exceed Limit, while there is no other from Single: it counts as all of that

	mu      sync.Mutex
	real    int64 // sum of all reservations
	divided int64
	single  int64
	node    int64
	persons map[string]*person
	waiting line
}

// greedy is how many persons' shares what is free stands for.
const greedy = 4

// person is what one person has of a Shares.
type person struct {
	share  int64 // sum of those in their share
	larges int   // beyond it
	claims int
	held   int64 // sum of all, also those that others pay for
}

// Use is how much a person holds.
type Use struct {
	Person string
	Used   int64
}

// Share is one person's part of a Shares.
type Share struct {
	of     *Shares
	person string
}

// Of returns the part of a person, which is also the node's for "".
func (s *Shares) Of(person string) Share { return Share{s, person} }

// Full reports whether a person has all of their share, so that not even 1 more is in it.
func (sh Share) Full() bool {
	sh.of.mu.Lock()
	defer sh.of.mu.Unlock()
	return !sh.of.inShare(sh.person, 1)
}

// Used returns the sum of all reservations.
func (s *Shares) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.real
}

// Over reports whether more than Limit is reserved, with what is only kept.
func (s *Shares) Over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.divided+s.single+s.node > s.Limit
}

// Keys returns the number of persons that have reservations.
func (s *Shares) Keys() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.persons)
}

// Top returns the n persons who hold the most, in order.
func (s *Shares) Top(n int) []Use {
	s.mu.Lock()
	uses := make([]Use, 0, len(s.persons))
	for key, p := range s.persons {
		uses = append(uses, Use{key, p.held})
	}
	s.mu.Unlock()
	slices.SortFunc(uses, func(a, b Use) int {
		return cmp.Or(cmp.Compare(b.Used, a.Used), cmp.Compare(a.Person, b.Person))
	})
	return uses[:min(n, len(uses))]
}

// singleLimit returns how much of the whole is not divided.
func (s *Shares) singleLimit() int64 {
	if s.Single > 0 {
		return s.Single
	}
	return s.Limit / 2
}

// admit counts a reservation of n in a person's account, if there is room. single says that it may be from Single. mu is held.
func (s *Shares) admit(key string, n int64, single bool) (account, bool) {
	c := &claim{of: s, key: key}
	single = single && !s.hasLarge(key)
	used := s.divided + s.single
	switch fits := used <= s.Limit-n; {
	case key == "":
		if used += s.node; used > s.Limit-n && !(s.Alone && used == 0) {
			return nil, false
		}
	case fits && s.inShare(key, n):
	case single && s.inSingle(n, used):
		c.large = true
	default:
		return nil, false
	}
	c.put(n, true, c.large)
	return c, true
}

// inShare reports whether a person with n more holds no more than their share of what is then free.
func (s *Shares) inShare(key string, n int64) bool {
	held := int64(0)
	if p := s.persons[key]; p != nil {
		held = p.share
	}
	free := s.Limit - s.singleLimit() - s.divided - n
	return free >= 0 && held+n <= free/greedy
}

// inSingle reports whether somebody's one reservation beyond their share fits.
func (s *Shares) inSingle(n, used int64) bool {
	if n > s.Limit && !s.Alone {
		return false
	}
	n = min(n, s.singleLimit())
	return s.single <= s.singleLimit()-n && used <= s.Limit-n
}

// hasLarge reports whether a person has their one reservation beyond their share.
func (s *Shares) hasLarge(key string) bool {
	p := s.persons[key]
	return p != nil && p.larges > 0
}

func (sh Share) take(n int64) (account, bool) {
	sh.of.mu.Lock()
	defer sh.of.mu.Unlock()
	if sh.of.waiting.has(sh.person) { // behind them
		return nil, false
	}
	return sh.of.admit(sh.person, n, len(sh.of.waiting.turns) == 0)
}

func (sh Share) whose() string { return sh.person }

// counted counts a reservation that exists already.
func (s *Shares) counted(person string, n int64, paying bool) account {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &claim{of: s, key: person}
	c.put(n, paying, false)
	return c
}

func (sh Share) join(n int64) (account, bool) {
	s := sh.of
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &claim{of: s, key: sh.person}
	if c.key != "" && !s.inShare(c.key, n) {
		if s.hasLarge(c.key) {
			return nil, false
		}
		c.large = true
	}
	c.put(n, false, false)
	return c, true
}
