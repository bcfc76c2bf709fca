package engine

import (
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/studio"
	"vellocity/internal/engine/work"
	"vellocity/internal/text"
	"vellocity/internal/verb"
)

// What verbs share.
type (
	ID           = verb.ID
	Precondition = verb.Precondition
	Piece        = text.Piece
)

// The inputs and outputs of capabilities and executions.
type (
	ListCapabilities  = work.ListCapabilities
	CapabilityDetails = work.CapabilityDetails
	Execute           = work.Execute
	Started           = work.Started
	ListExecutions    = work.ListExecutions
	ExecutionRow      = work.ExecutionRow
	ExecutionDetails  = work.ExecutionDetails
	Assets            = work.Assets
	Update            = work.Update
)

// The inputs and outputs of content.
type (
	BoardFilter    = content.BoardFilter
	Column         = content.Column
	Move           = content.Move
	BulkMove       = content.BulkMove
	MoveResult     = content.MoveResult
	SearchItems    = content.SearchItems
	ItemDetails    = content.ItemDetails
	EditItem       = content.EditItem
	ListVersions   = content.ListVersions
	RestoreVersion = content.RestoreVersion
	ExportItem     = content.ExportItem
	Export         = content.Export
	Feed           = content.Feed
	FeedItem       = content.FeedItem
	ListAgents     = content.ListAgents
)

// The inputs and outputs of the studio.
type (
	GenerateOutput = studio.GenerateOutput
	GeneratedText  = studio.GeneratedText
	TextStatus     = studio.TextStatus
	ProviderStatus = studio.ProviderStatus
)

// The inputs and outputs of the account.
type (
	UpdateProfile = account.UpdateProfile
	SetWorkspace  = account.SetWorkspace
	GrantCredits  = account.GrantCredits
	ListKeys      = account.ListKeys
	CreateKey     = account.CreateKey
	NewKey        = account.NewKey
	RotateKey     = account.RotateKey
	FirstStart    = account.FirstStart
)

// UsualScopes are the scopes of a key that is created without any.
func UsualScopes() []domain.Scope { return account.UsualScopes() }
