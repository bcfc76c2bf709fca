package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

// UnsubscribeToken returns what a link in an e-mail carries to stop the e-mails to its
// recipient. It is signed, needs no account, never expires, and allows nothing else.
func (v *Vault) UnsubscribeToken(r domain.Recipient) string {
	what := strings.Join([]string{
		strconv.FormatInt(r.WorkspaceID, 36), strconv.FormatInt(r.UserID, 36), r.Address,
	}, ":")
	text := base64.RawURLEncoding.EncodeToString([]byte(what))
	return text + "." + base64.RawURLEncoding.EncodeToString(v.sign("unsubscribe", text))
}

// Unsubscriber returns the recipient of a token; ok is false for one that was not
// signed with this master key.
func (v *Vault) Unsubscriber(token string) (r domain.Recipient, ok bool) {
	text, signature, _ := strings.Cut(token, ".")
	got, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || !hmac.Equal(got, v.sign("unsubscribe", text)) {
		return r, false
	}
	what, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return r, false
	}
	parts := strings.SplitN(string(what), ":", 3)
	if len(parts) != 3 {
		return r, false
	}
	var err1, err2 error
	r.WorkspaceID, err1 = strconv.ParseInt(parts[0], 36, 64)
	r.UserID, err2 = strconv.ParseInt(parts[1], 36, 64)
	r.Address = parts[2]
	return r, err1 == nil && err2 == nil
}

// sign returns the HMAC of a text that is used for one purpose.
func (v *Vault) sign(purpose, text string) []byte {
	h := hmac.New(sha256.New, v.mac)
	h.Write([]byte(purpose + "\n" + text))
	return h.Sum(nil)
}
