package api

func (a *API) finish() error {
	a.tools = newToolbox(a)
	return a.document()
}
