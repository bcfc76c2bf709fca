package enginetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each area has its verbs checked.
func TestEveryAreaChecksItsVerbs(t *testing.T) {
	folders, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if !f.IsDir() || f.Name() == "enginetest" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", f.Name(), "verbs_test.go"))
		if err != nil || !strings.Contains(string(text), "enginetest.CheckVerbs(t, reflect.TypeFor[*"+f.Name()+".Verbs]()") {
			t.Errorf("the verbs of %s are not checked: %v", f.Name(), err)
		}
	}
}
