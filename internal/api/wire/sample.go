package wire

import (
	"time"

	"vellocity/internal/domain"
)

// The samples that examples of several areas are made of. An example in the documents
// is a sample shown by its row's own view, so that it cannot be untrue.

// SampleTime returns the time at which everything in the examples happens.
func SampleTime() time.Time { return time.Date(2026, 2, 26, 10, 0, 0, 0, time.UTC) }

// SampleOrigin returns what wrote the sample item.
func SampleOrigin() domain.Origin {
	return domain.Origin{Kind: domain.OriginModel, Provider: "openai", Model: "gpt-5", AI: true}
}

// SampleCost returns what the sample execution cost.
func SampleCost() domain.Cost {
	return domain.Cost{MicroUSD: 1830, PriceVersion: "2026-11", Known: true}
}

// SampleAgent returns the agent of the examples.
func SampleAgent() domain.Agent {
	return domain.Agent{
		ID:              5,
		Name:            "Content Writer",
		Type:            domain.AgentInternal,
		Description:     "Writes posts, articles and e-mails.",
		IsActive:        true,
		Version:         1,
		CreatedAt:       SampleTime(),
		UpdatedAt:       SampleTime(),
		GuardrailPolicy: domain.GuardrailPolicy{"banned-terms": "retry"},
	}
}

// SampleItem returns the content item of the examples, without its text.
func SampleItem() domain.ContentItem {
	return domain.ContentItem{
		ID:          101,
		ExecutionID: 789,
		Title:       "Cloud Cost Optimization Guide",
		Type:        domain.ContentBlog,
		Status:      domain.ItemGenerated,
		Preview:     "Cloud cost optimization is one of...",
		WordCount:   1200,
		Language:    "en",
		Slug:        "cloud-cost-optimization-guide",
		Keywords:    []string{"cloud cost"},
		Scores:      map[string]float64{"seo": 82},
		Origin:      SampleOrigin(),
		Version:     1,
		Revision:    1,
		CreatedAt:   SampleTime(),
		UpdatedAt:   SampleTime(),
	}
}

// SampleFinding returns the finding of the examples.
func SampleFinding() domain.Finding {
	return domain.Finding{
		Guardrail: "unsupported-numbers",
		Step:      "section-1",
		Severity:  domain.SeverityWarning,
		Action:    domain.ActionFlagged,
		Message:   "Neither the input nor a source supports this number. Give a source or remove it.",
		ContentID: 101,
		Version:   1,
		Matches:   []domain.Match{{Start: 120, End: 124, Text: "40 %"}},
	}
}
