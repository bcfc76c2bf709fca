package auth

import (
	"encoding/hex"
	"strconv"
)

// ExternalID returns the external id of a workspace at AWS: the same for as long as the master key is, and not to be
// guessed from another workspace's. AWS does not treat it as a secret, so it may be shown.
func (v *Vault) ExternalID(workspaceID int64) string {
	id := strconv.FormatInt(workspaceID, 10)
	return "vellocity-" + id + "-" + hex.EncodeToString(v.sign("aws external id", id)[:16])
}
