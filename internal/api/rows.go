package api

import "slices"

// rows is the whole table, in the order that documents show it.
func rows(a *API) []Op {
	e := a.opts.Engine
	return slices.Concat(
		profileRows(e), keyRows(e), capabilityRows(e), executionRows(e), kanbanRows(e), contentRows(e), voiceRows(e), writerRows(e),
		a.schemaRows(), a.feedRows(), a.healthRows(),
	)
}
