package domain

import (
	"crypto/sha256"
	"fmt"
)

// ItemUUID makes a UUID (RFC 9562, version 8) of an item's ids, which are never given out
// twice. It is no address, so it survives another slug, host or restore.
func ItemUUID(installation string, workspaceID, contentID int64) string {
	return uuidOf(installation, workspaceID, "item", contentID)
}

// EventUUID is like [ItemUUID] for a calendar event.
func EventUUID(installation string, workspaceID, eventID int64) string {
	return uuidOf(installation, workspaceID, "event", eventID)
}

func uuidOf(installation string, workspaceID int64, noun string, id int64) string {
	u := sha256.Sum256(fmt.Appendf(nil, "vellocity %s workspace %d %s %d", installation, workspaceID, noun, id))
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
