package budget

// claim is the account of one reservation in a Shares.
type claim struct {
	of     *Shares
	key    string
	size   int64 // counted in this account
	single bool  // from Shares.Single; then it may count as less than its size
}

func (c *claim) change(by int64) bool {
	s := c.of
	s.mu.Lock()
	defer s.mu.Unlock()
	c.count(c.size + by)
	if by < 0 {
		s.serve()
	}
	return s.divided+s.single+s.node <= s.Limit
}

func (c *claim) pass(to account) {
	s, next := c.of, to.(*claim)
	s.mu.Lock()
	defer s.mu.Unlock()
	size := c.size
	c.count(0)
	next.single, c.single = c.single && next.key != "", false
	next.count(size)
	s.serve()
}

func (c *claim) nobody() account {
	if c.key == "" {
		return c
	}
	return &claim{of: c.of}
}

// counts returns as how much a reservation counts.
func (c *claim) counts(size int64) int64 {
	if c.single {
		return min(size, c.of.singleLimit())
	}
	return size
}

// count changes the size that is counted. Shares.mu is held.
func (c *claim) count(size int64) {
	s, by, counts := c.of, size-c.size, c.counts(size)-c.counts(c.size)
	singles := 0
	if c.single && (size > 0) != (c.size > 0) {
		singles = 1
		if size == 0 {
			singles = -1
		}
	}
	c.size = size
	s.real += by
	if c.key == "" {
		s.node += counts
		return
	}
	p := s.persons[c.key]
	if p == nil {
		if by == 0 {
			return
		}
		if s.persons == nil {
			s.persons = map[string]*person{}
		}
		p = &person{}
		s.persons[c.key] = p
	}
	p.real += by
	p.singles += singles
	if c.single {
		s.single += counts
	} else {
		p.divided += counts
		s.divided += counts
	}
	if p.real == 0 {
		delete(s.persons, c.key)
	}
}
