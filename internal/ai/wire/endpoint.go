package wire

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Endpoint checks an address and a key as they were typed in, and returns the
// address with one slash at its end. The error is fit to be shown.
func Endpoint(provider, address, key, example string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimSuffix(address, "/") + "/")
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("the address of %s must be an http or https URL, such as %s", provider, example)
	}
	if strings.ContainsFunc(key, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return nil, fmt.Errorf("the key of %s has a space or a line break in it; copy it again", provider)
	}
	return base, nil
}
