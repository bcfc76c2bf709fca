package verb_test

import (
	"os"
	"testing"

	"vellocity/internal/engine/enginetest"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }
