package budget

// claim is the account of one holder of a reservation in a Shares. It is counted in the person's share in full, and in the whole only
// by the holder who pays.
type claim struct {
	of     *Shares
	key    string
	size   int64
	large  bool // it is the person's one beyond their share
	paying bool
	single bool // it is counted in Shares.Single; then possibly as less than its size
}

func (c *claim) change(by int64) bool {
	s := c.of
	s.mu.Lock()
	defer s.mu.Unlock()
	c.put(c.size+by, true, c.single)
	if by < 0 {
		s.serve()
	}
	return s.divided+s.single+s.node <= s.Limit
}

func (c *claim) pass(to account) {
	s, next := c.of, to.(*claim)
	s.mu.Lock()
	defer s.mu.Unlock()
	size, single := c.size, c.single
	c.put(0, false, false)
	next.put(size, true, single)
	s.serve()
}

func (c *claim) end() {
	s := c.of
	s.mu.Lock()
	defer s.mu.Unlock()
	c.put(0, false, false)
	s.serve()
}

func (c *claim) nobody() account {
	if c.key == "" {
		return c
	}
	return &claim{of: c.of}
}

// put changes what is counted. Shares.mu is held.
func (c *claim) put(size int64, paying, single bool) {
	c.tally(-1)
	c.size, c.paying, c.single = size, paying, single
	c.tally(1)
}

func (c *claim) tally(sign int64) {
	s := c.of
	if c.size == 0 {
		return
	}
	if c.paying {
		s.real += sign * c.size
		switch {
		case c.key == "":
			s.node += sign * c.size
		case c.single:
			s.single += sign * min(c.size, s.singleLimit())
		default:
			s.divided += sign * c.size
		}
	}
	if c.key != "" {
		s.tally(c, sign)
	}
}

// tally counts a claim in its person's account.
func (s *Shares) tally(c *claim, sign int64) {
	p := s.persons[c.key]
	if p == nil {
		if s.persons == nil {
			s.persons = map[string]*person{}
		}
		p = &person{}
		s.persons[c.key] = p
	}
	p.claims += int(sign)
	p.held += sign * c.size
	if c.large {
		p.larges += int(sign)
	} else {
		p.share += sign * c.size
	}
	if p.claims == 0 {
		delete(s.persons, c.key)
	}
}
