// Package domain holds the nouns of Vellocity, the rules that bind them, their
// states, events and errors. It imports the standard library only; every other
// room imports it.
//
// # A tour of the house
//
// A caller (a program over REST, an AI client over MCP, a person in the
// dashboard, a clock) asks for a [Capability]. The server records a durable
// [Execution], plans it into steps ([PlanStep]), runs them one recorded result
// at a time ([StepResult]), has guardrails look at the text ([Finding]),
// charges [Credits] exactly once, and puts the result on a board as a
// [ContentItem] that moves generated → review → ready → published.
//
//	cmd → app → {api, web, trigger} → engine → execution → {capability → ai;
//	guard; board, queue → store} → domain
//
// Arrows run down only; layout_test.go at the root of the module holds them.
//
//   - api turns a table of operations into REST routes, MCP tools, an OpenAPI
//     document and commands. web is the dashboard.
//   - engine has every verb once, a file per noun: it validates, authorises,
//     opens one transaction, appends the [Event] and enqueues the job.
//   - execution advances a run. capability says what a step does. guard checks
//     text. ai speaks to models. board applies what a run or a person does to
//     content.
//   - queue is the only room that knows River; store the only one that speaks SQL.
//
// The caller's identity travels in the context as an [Actor].
package domain
