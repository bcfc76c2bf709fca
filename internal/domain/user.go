package domain

import "time"

// User is a person who can sign in.
type User struct {
	ID        int64
	Name      string
	Email     string
	CreatedAt time.Time
}
