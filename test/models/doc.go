// Package models tests the built program against doubles of the model providers:
// aimock, which others wrote and keep in step with the real APIs, and
// internal/ai/aitest for timing that aimock cannot script. OpenAI's own client reads the
// Responses of aitest, so that it has the shape of the real API. The libraries of Standard Webhooks
// and Svix verify what is sent to webhooks.
//
// aimock, the client and the libraries need Node and the packages in package.json: npm ci --prefix
// test/models. Without them their tests are skipped; VELLOCITY_REQUIRE_ALL=1 makes that
// a failure.
package models
