package wordpress

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"

	"vellocity/internal/extension/wire"
)

type site struct{ wire.Config }

// post is a post as the API shows it for editing.
type post struct {
	ID      int64  `json:"id"`
	Slug    string `json:"slug"`
	Status  string `json:"status"`
	Link    string `json:"link"`
	Title   raw    `json:"title"`
	Content raw    `json:"content"`
	Excerpt raw    `json:"excerpt"`
	Cover   int64  `json:"featured_media"`
}

type raw struct {
	Raw string `json:"raw"`
}

// address returns the address of a route. The form with rest_route works on every site, the
// one below /wp-json only on those with readable addresses.
func (s *site) address(route string, query url.Values) string {
	base := strings.TrimRight(s.Settings["url"], "/")
	base = strings.TrimSuffix(strings.TrimSuffix(base, "/wp-admin"), "/wp-json")
	out := base + "/?rest_route=" + url.QueryEscape("/wp/v2/"+route)
	if len(query) > 0 {
		out += "&" + query.Encode()
	}
	return out
}

// call carries out a request and reads its JSON. Where it fails, code is WordPress's own.
func (s *site) call(
	ctx context.Context, method, route string, query url.Values, body, into any,
) (code string, err error) {
	return s.send(ctx, wire.Request{Method: method, URL: s.address(route, query), Header: http.Header{}, Body: body}, into)
}

// send signs a request and carries it out.
func (s *site) send(ctx context.Context, in wire.Request, into any) (code string, err error) {
	sign := base64.StdEncoding.EncodeToString([]byte(s.Settings["user"] + ":" + s.Secret.Reveal()))
	in.Header.Set("Authorization", "Basic "+sign)
	res, err := wire.Do(ctx, s.HTTP, in)
	if err != nil {
		return "", err
	}
	if res.OK() {
		if !strings.Contains(res.Header.Get("Content-Type"), "json") { // a theme's page, where the API is off
			return "", wire.Faultf(wire.Settings, "WordPress's REST API does not answer at this address. Check the "+
				"address, and that no plugin switches the API off.")
		}
		return "", res.Decode(into)
	}
	code, message := reason(res)
	return code, refusal(res, code, message)
}

// refusal sorts WordPress's errors by their codes.
func refusal(res wire.Response, code, message string) error {
	f := wire.Refusal(res, html.UnescapeString(message))
	switch code {
	case "rest_not_logged_in", "incorrect_password", "invalid_username", "invalid_email",
		"invalid_application_credentials", "application_passwords_disabled", "application_passwords_disabled_for_user":
		f = wire.Faultf(wire.Settings, "WordPress did not accept the user name and application password. Create a new "+
			"application password under Users > Profile. Some hosts remove the header Authorization; ask yours. "+
			"WordPress says: %s", message)
	case "rest_cannot_create", "rest_cannot_edit", "rest_cannot_publish", "rest_forbidden_context", "rest_cannot_delete":
		f = wire.Faultf(wire.Settings, "The user may not do that in WordPress. Give it the role Author or more. "+
			"WordPress says: %s", message)
	case "rest_upload_unknown_error", "rest_upload_sideload_error", "rest_upload_file_too_big", "rest_upload_no_data":
		f = wire.Faultf(wire.Refused, "WordPress did not take an image: %s", message)
	case "empty_content", "rest_invalid_param", "rest_invalid_json":
		f.Kind = wire.Refused
	}
	return f
}

// reason reads WordPress's error.
func reason(res wire.Response) (code, message string) {
	var failed struct{ Code, Message string }
	_ = json.Unmarshal(res.Body, &failed) // a proxy's error has no JSON; its status says enough
	return failed.Code, failed.Message
}
