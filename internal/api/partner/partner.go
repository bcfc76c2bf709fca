// Package partner has the rows about selling with AWS: listings, opportunities and analytics.
package partner

import (
	"slices"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// Rows returns the area's rows. profile returns the caller's workspace, whose time zone days are read in.
func Rows(v *partner.Verbs, profile wire.Profile) []ops.Op {
	return slices.Concat(listingRows(v), opportunityRows(v), analyticsRows(v, profile), awsRows(v))
}

const toolset = "partners"

// Resource is a thing of the area as callers see it: its id has a prefix.
type Resource[A any] struct {
	Type       string     `json:"type" doc:"What it is"`
	ID         string     `json:"id" doc:"Identifier, never reused"`
	Attributes A          `json:"attributes"`
	Links      wire.Links `json:"links"`
}

// Sync is what a record knows of its copy at AWS.
type Sync struct {
	Origin   domain.RecordOrigin `json:"origin" doc:"Where it was first created"`
	RemoteID *string             `json:"remote_id" doc:"Its id at AWS"`
	SyncedAt *time.Time          `json:"synced_at" doc:"When both were last the same"`
}

// listingID reads the id in a path. What is none names nothing.
func listingID(ref string) (int64, error) {
	id, ok := domain.ListingID(ref)
	if !ok {
		return 0, domain.NotFound("Listing")
	}
	return id, nil
}

func opportunityID(ref string) (int64, error) {
	id, ok := domain.OpportunityID(ref)
	if !ok {
		return 0, domain.NotFound("Opportunity")
	}
	return id, nil
}

// target is what a conditional change acts on.
func target(id int64, c ops.Conditional) verb.ID {
	return verb.ID{ID: id, Precondition: verb.Precondition{IfMatch: c.Revisions()}}
}

func syncOf(s domain.Synced) Sync {
	return Sync{s.Origin, wire.Optional(s.RemoteID), wire.Time(s.SyncedAt)}
}
