package domain

import "time"

// Key is an API key. The key itself is never stored, only its SHA-256.
type Key struct {
	ID          int64
	WorkspaceID int64
	Name        string
	Prefix      string // its first 12 characters
	Role        Role
	Scopes      []Scope
	AllowedIPs  []string // addresses or CIDR blocks; empty: any
	CreatedBy   string
	CreatorID   int64 // the person whose role caps the key's; 0: the operator, who is the owner
	CreatedAt   time.Time
	LastUsedAt  time.Time
	LastUsedIP  string
	ExpiresAt   time.Time // zero: never
	RevokedAt   time.Time // zero: not revoked; may lie ahead during a rotation's grace
	Revision    int64     // raised with each change but use, for ETags
}

// Live reports whether the key opens anything at the moment now.
func (k Key) Live(now time.Time) bool {
	return (k.ExpiresAt.IsZero() || now.Before(k.ExpiresAt)) && (k.RevokedAt.IsZero() || now.Before(k.RevokedAt))
}
