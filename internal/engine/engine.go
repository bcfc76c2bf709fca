// Package engine has every verb of Vellocity once, a file per noun. A verb
// validates, authorises the [domain.Actor] in the context, opens one
// transaction, appends its event, enqueues its job and commits. REST, MCP, the
// dashboard, the command line and the clock all end here, so that they cannot
// drift apart. It knows no HTTP.
package engine

// Engine holds what the verbs need.
type Engine struct{}
