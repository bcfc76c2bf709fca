// Package domain holds the nouns of Vellocity, the rules that bind them, their
// states, limits, events and errors. It imports the standard library only; every
// other package imports it.
//
// # A tour
//
// A caller (a program over REST, an AI client over MCP, a person in the
// dashboard, a trigger) asks for a [Capability]. The server records a durable
// [Execution], plans it into steps ([PlanStep]), runs them one recorded result
// at a time ([StepResult]), checks the text with guardrails ([Finding]), charges
// credits exactly once ([Movement]), and puts the result on a board as a
// [ContentItem] that moves generated → review → ready → published.
//
//	doors   ops with rest, mcp, openapi, cli; api (the rows); web; feed
//	verbs   engine/<area> over verb
//	work    execution, template, item, capability, text, live, queue
//	parts   ai, compose, guard, seo, prose, channel, schema, expression, auth, …
//	ground  store over store/db; domain
//
// Imports run down only; layout_test.go at the root of the module says which.
// The caller's identity travels in the context as an [Actor].
//
// # Glossary
//
// One word for one thing, in code, API, pages and docs.
//
//   - action: what was done about a finding: flagged, redacted, retried, blocked.
//   - agent: what carries out capabilities, with a provider, a model, instructions
//     and a guardrail policy.
//   - attempt: one call of a provider, or one request of a delivery.
//   - board, column: where items stand; an item's status is its column.
//   - board rule: moves clean items of executions on by itself; a condition says which.
//   - brand voice: how a workspace's texts should sound.
//   - capability: one thing that can be asked for, such as generate-blog-post.
//   - caller: who makes a call; an actor is a caller that was authenticated.
//   - composer: builds a text by rules from the caller's inputs, without a model.
//   - content item, or item: a text on the board. It has versions.
//   - conversation, or chat: questions and answers, as a tree of messages. A citation is a
//     passage of an item or a source that an answer rests on.
//   - credits: what an execution costs: held, then captured or released. Cost is
//     money, beside credits.
//   - delivery: one event on its way to one webhook.
//   - event: an entry of the log of what happened.
//   - execution: one durable run of a capability. "Run" is the verb.
//   - finding: one thing that a guardrail says about a text. A blocking finding
//     stops publication; in an error it is a blocker.
//   - generated text: what generate-output writes.
//   - guardrail: a check of a text; a policy says what follows from its findings.
//   - key: an API key. Scopes say what it may do, a role what its owner may.
//   - limit: the allowed size of a field.
//   - message: for chat only, and in error texts. The wire's message_id of
//     generate-output is older, and that of a delivery is Standard Webhooks' own.
//   - notification: tells one person about one event, in the inbox, by e-mail or both. A
//     digest is the e-mail with a day's notifications.
//   - origin: what wrote a text, a model or the composer; "engine" on the wire.
//   - plan: the steps of an execution; also what a workspace has bought.
//   - provider: a service with models, such as OpenAI.
//   - publication: a version of an item on a channel, such as the feed.
//   - scope, role: the two layers of permission.
//   - settings: what a caller gives a capability.
//   - slot: a place in the queue; a workspace has a limited number of them.
//   - step: one part of an execution, recorded with its output.
//   - template, or workflow template: capabilities that run as one execution. What a
//     caller gives it are inputs; what it gives its capabilities are settings.
//   - trigger: starts executions of a template, on a schedule or after events. A firing is
//     an instant or an event with what came of it, in the trigger's history.
//   - webhook: an address that gets events as signed requests. A channel of the kind webhook gets
//     items.
//   - workspace: one tenant.
package domain
