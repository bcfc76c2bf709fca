package content

import "vellocity/internal/engine/content"

// lineageView is the items that belong together with one.
type lineageView struct{ content.Lineage }

// Any reports whether there is anything to show.
func (v lineageView) Any() bool { return len(v.From)+len(v.Made)+len(v.Sources) > 0 }
