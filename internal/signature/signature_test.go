package signature_test

import (
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/signature"
)

// TestSign holds the vector of Standard Webhooks' own libraries, with both forms of a secret.
func TestSign(t *testing.T) {
	for _, secret := range []domain.Secret{
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", " MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
	} {
		key, ok := signature.Key(secret)
		at, body := time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)
		got := signature.Headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body)
		if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; !ok || got[signature.HeaderSignature] != want {
			t.Errorf("%q signs %v", secret, got)
		}
		if got[signature.HeaderID] != "msg_p5jXN8AQM9LWM0D4loKWxJek" || got[signature.HeaderTimestamp] != "1614265330" {
			t.Errorf("headers %v", got)
		}
	}
}

// TestSecretsHaveABoundedLength: 24 to 64 bytes of base64, and nothing else.
func TestSecretsHaveABoundedLength(t *testing.T) {
	for secret, want := range map[domain.Secret]bool{
		"": false, "whsec_": false, "too short": false, "not base64 at all!!": false,
		"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS": false, // 23 bytes
		signature.NewSecret():             true,
		"whsec_" + signature.NewSecret():  true,
	} {
		if _, ok := signature.Key(secret); ok != want {
			t.Errorf("%q: %v", secret, ok)
		}
	}
	one, other := signature.NewSecret(), signature.NewSecret()
	if len(one) != 64 || one == other {
		t.Error("a new secret has 64 random characters")
	}
}
