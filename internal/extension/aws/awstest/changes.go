package awstest

// ChangeSets returns how many change sets of an intent (VALIDATE or APPLY) were started.
func (s *Server) ChangeSets(intent string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.changes {
		if c.intent == intent {
			n++
		}
	}
	return n
}

// Hold stops all change sets where they are, or lets them go on.
func (s *Server) Hold(held bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = held
}

// Finish brings all change sets to their end, as if time had passed.
func (s *Server) Finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.changeOrder {
		for range 2 {
			s.advance(s.changes[id])
		}
	}
}

// Lock locks a product as a change set that somebody else has started does; an empty id of the change set unlocks it.
func (s *Server) Lock(product, changeSet string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.product(product); p != nil {
		p.lockedBy = changeSet
	}
}
