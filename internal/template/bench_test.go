package template_test

import (
	"encoding/json"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/expression"
	"vellocity/internal/template"
)

// BenchmarkRead, BenchmarkPreview and BenchmarkRank measure what answers while a person types:
// with the database and HTTP around it, a plan, a validation or a suggestion has 10 ms.
func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		if _, err := template.Read(own(post()), find); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPreview(b *testing.B) {
	p, err := template.Read(own(post()), find)
	if err != nil {
		b.Fatal(err)
	}
	given := expression.Given{Inputs: json.RawMessage(`{"topic":"Tea"}`), StartedAt: time.Unix(0, 0)}
	for b.Loop() {
		var problems domain.Problems
		if _, err := p.Preview(&problems, given); err != nil || problems.Err() != nil {
			b.Fatal(err, problems.Err())
		}
	}
}

func BenchmarkRank(b *testing.B) {
	all := template.Builtin()
	for b.Loop() {
		if list := template.Rank("a blog post about tea and social posts", all); len(list) == 0 {
			b.Fatal("nothing was found")
		}
	}
}
