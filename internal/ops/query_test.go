package ops_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

func TestRefuseQuery(t *testing.T) {
	for query, want := range map[string]struct {
		code domain.Code
		says string
	}{
		"":                {},
		"?":               {},
		"?page=2":         {domain.CodeValidation, `"page"`},
		"?a=1&b=2":        {domain.CodeValidation, `"a"`},
		"?a=%zz":          {domain.CodeBadRequest, "malformed"},
		"?key=vell_pk_00": {domain.CodeUnauthorized, "Authorization"},
	} {
		err := ops.RefuseQuery(httptest.NewRequest("GET", "/api/v1/openapi.json"+query, nil))
		switch {
		case want.code == "" && err != nil:
			t.Errorf("%q: %v", query, err)
		case want.code != "" && (domain.CodeOf(err) != want.code || !strings.Contains(err.Error(), want.says)):
			t.Errorf("%q: %v, want %s that says %s", query, err, want.code, want.says)
		}
	}
}
