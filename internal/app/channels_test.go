package app

import (
	"slices"
	"strings"
	"testing"

	"vellocity/internal/config"
	"vellocity/internal/domain"
)

// Each kind of the list can be built, and the schema of the API knows it.
func TestChannelKinds(t *testing.T) {
	var slugs []string
	for _, k := range channelKinds() {
		slugs = append(slugs, string(k.Slug))
		_, address := k.Address(map[string]string{"url": "x"})
		if k.Connect == nil || k.Preview == nil || k.Name == "" || k.Help == "" || k.Secret.Label == "" || address == "" {
			t.Errorf("%s is incomplete", k.Slug)
		}
	}
	if want := domain.ChannelKind("").Values(); !slices.Equal(slugs, want) {
		t.Errorf("the program builds %v, the domain knows %v", slugs, want)
	}
}

// Channels lead to public addresses over https, and where the operator allows it.
func TestWhereChannelsLead(t *testing.T) {
	for _, c := range []struct {
		address, networks, says string
	}{
		{"https://127.0.0.1", "", "private or reserved network"},
		{"https://[::1]/x", "", "private or reserved network"},
		{"https://169.254.169.254/latest", "", "private or reserved network"},
		{"https://localhost", "", "this machine"},
		{"http://93.184.216.34", "", "must start with https://"},
		{"ftp://93.184.216.34", "127.0.0.0/8", "must start with https://"},
		{"https://ada:secret@93.184.216.34", "", "must not contain a user name"},
		{"https://2130706433", "", "usual form"},
		{"", "", "is not a URL"},
		{"https://", "", "is not a URL"},
		{"https://93.184.216.34", "", ""},
		{"https://93.184.216.34:8443/blog", "", ""},
		{"http://127.0.0.1:8080", "127.0.0.0/8", ""},
		{"http://10.1.2.3", "127.0.0.0/8", "must start with https://"},
		{"https://10.1.2.3", "127.0.0.0/8", "private or reserved network"},
		{"http://93.184.216.34", "127.0.0.0/8", "must start with https://"},
		{"http://10.1.2.3", "10.1.2.3", ""},
	} {
		a := &App{cfg: &config.Config{}}
		if c.networks != "" {
			a.cfg.ChannelNetworks = []string{c.networks}
		}
		client, err := a.channelClient(t.Context(), c.address)
		switch {
		case c.says == "" && (err != nil || client == nil):
			t.Errorf("%s with %q: %v", c.address, c.networks, err)
		case c.says != "" && (domain.CodeOf(err) != domain.CodeValidation || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s with %q: %v", c.address, c.networks, err)
		}
	}
}
