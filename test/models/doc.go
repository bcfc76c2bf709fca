// Package models tests the built program against doubles of the model providers:
// aimock, which others wrote and keep in step with the real APIs, and
// internal/ai/aitest for timing that aimock cannot script.
//
// aimock needs Node and the package in package.json: npm ci --prefix test/models.
// Without them its tests are skipped; VELLOCITY_REQUIRE_ALL=1 makes that a
// failure.
package models
