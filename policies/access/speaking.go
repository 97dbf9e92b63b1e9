package access

// identity is what of a principal's own policies speaks of an action.
type identity struct{ identity, boundary []*statement }

// asking is who asks for which action.
type asking struct {
	who    *Principal
	action string
}

// identity finds a principal's statements once: AWS's own policies name hundreds of actions.
func (m *Model) identity(who *Principal, action string) identity {
	if known, ok := m.spoken.Load(asking{who, action}); ok {
		return known.(identity)
	}
	i := identity{speaking(who.identity, action), speaking(who.boundary, action)}
	m.spoken.Store(asking{who, action}, i)
	return i
}

// speaking returns the statements that speak, or may speak, of an action.
func speaking(list []*statement, action string) []*statement {
	var kept []*statement
	for _, s := range list {
		if s.open.action || s.Covers(action) {
			kept = append(kept, s)
		}
	}
	return kept
}
