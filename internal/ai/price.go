package ai

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"time"

	"vellocity/internal/domain"
)

//go:embed prices.json
var embeddedPrices []byte

// PriceTable knows what models cost, which are about to be retired, and which
// one to use by default. It is data: prices.json, changed by an
// operator's own file. A nil table knows nothing.
type PriceTable struct {
	version     string
	prices      map[string]price
	retirements map[string]Retirement
	defaults    map[string]string
}

// price is one row: micro-USD per million tokens.
type price struct {
	Model         string `json:"model"`
	EffectiveFrom string `json:"effective_from"`
	Source        string `json:"source"`
	rates
	Tiers []tier `json:"tiers"`
}

type rates struct {
	Input  int64 `json:"input"`
	Output int64 `json:"output"`
	// Cached and CacheWrite are for input read from and written to the provider's
	// cache; where absent, the input rate holds.
	Cached     *int64 `json:"cached"`
	CacheWrite *int64 `json:"cache_write"`
}

// tier replaces the rates of a whole call whose input is larger than a bound.
type tier struct {
	Above int64 `json:"above_input_tokens"`
	rates
}

// Retirement says when a model stops working, and what to use instead.
type Retirement struct {
	Model   string
	On      time.Time // midnight UTC
	Instead string
}

// Days returns the whole days left at the moment now; 0 or less: it is over.
func (r Retirement) Days(now time.Time) int { return int(r.On.Sub(now).Hours() / 24) }

// retirementNotice is how long before its end a model is warned about.
const retirementNotice = 60 * 24 * time.Hour

// priceFile is the format of prices.json and of an operator's file.
type priceFile struct {
	Version     string            `json:"version"`
	Defaults    map[string]string `json:"defaults"`
	Models      []price           `json:"models"`
	Retirements []struct {
		Model, On, Instead string
	} `json:"retirements"`
}

// LoadPrices returns the built-in table with the rows of an operator's file, in
// the same format, replacing or added to its own; nil adds
// nothing. Costs then carry both versions.
func LoadPrices(override []byte) (*PriceTable, error) {
	t := &PriceTable{prices: map[string]price{}, retirements: map[string]Retirement{}, defaults: map[string]string{}}
	if err := t.add(embeddedPrices); err != nil {
		return nil, fmt.Errorf("read built-in prices: %w", err)
	}
	if len(override) > 0 {
		if err := t.add(override); err != nil {
			return nil, fmt.Errorf("read price file: %w", err)
		}
	}
	return t, nil
}

func (t *PriceTable) add(data []byte) error {
	var f priceFile
	if err := json.Unmarshal(data, &f); err != nil {
		return err
	}
	if f.Version == "" {
		return fmt.Errorf("it has no version")
	}
	for _, p := range f.Models {
		if err := p.check(); err != nil {
			return err
		}
		t.prices[p.Model] = p
	}
	for _, r := range f.Retirements {
		on, err := time.Parse(time.DateOnly, r.On)
		if err != nil {
			return fmt.Errorf("retirement of %q: %w", r.Model, err)
		}
		t.retirements[r.Model] = Retirement{Model: r.Model, On: on, Instead: r.Instead}
	}
	maps.Copy(t.defaults, f.Defaults)
	t.version = strings.TrimPrefix(t.version+"+"+f.Version, "+")
	return nil
}

func (p price) check() error {
	if p.Model == "" {
		return fmt.Errorf("a row names no model")
	}
	for _, r := range append([]tier{{rates: p.rates}}, p.Tiers...) {
		if r.Input < 0 || r.Output < 0 || at(r.Cached, 0) < 0 || at(r.CacheWrite, 0) < 0 {
			return fmt.Errorf("a price of %q is negative", p.Model)
		}
	}
	return nil
}

// Version names the table, as it is stored beside each cost.
func (t *PriceTable) Version() string { return t.version }

// DefaultModel returns the model to use at a provider where none was chosen; ""
// where there is none, as with a local server.
func (t *PriceTable) DefaultModel(provider string) string { return t.defaults[provider] }

// dated is a release date that providers append to a model's name.
var dated = regexp.MustCompile(`[-@](\d{8}|\d{4}-\d{2}-\d{2}|latest)$`)

// find looks a model up by its name, then by its name without a date.
func find[V any](rows map[string]V, model string) (V, bool) {
	if row, ok := rows[model]; ok {
		return row, true
	}
	row, ok := rows[dated.ReplaceAllString(model, "")]
	return row, ok
}

// Cost returns what the tokens cost. For a model that the table does not have,
// Known is false: its price is unknown, not 0.
func (t *PriceTable) Cost(model string, u Usage) domain.Cost {
	if t == nil {
		return domain.Cost{}
	}
	row, ok := find(t.prices, model)
	if !ok {
		return domain.Cost{PriceVersion: t.version, Estimated: u.Estimated}
	}
	r := row.rates
	for _, tier := range row.Tiers {
		if u.InputTokens > tier.Above {
			r = tier.rates
		}
	}
	return domain.Cost{MicroUSD: r.cost(u), PriceVersion: t.version, Estimated: u.Estimated, Known: true}
}

// free reports whether the model is known to cost nothing, whatever it writes.
func (t *PriceTable) free(model string) bool {
	if t == nil {
		return false
	}
	row, ok := find(t.prices, model)
	return ok && row.Input == 0 && row.Output == 0 && len(row.Tiers) == 0
}

// cost is rounded up to a whole millionth of a dollar.
func (r rates) cost(u Usage) int64 {
	plain := max(0, u.InputTokens-u.CachedTokens-u.CacheWriteTokens)
	sum := plain*r.Input + u.CachedTokens*at(
		r.Cached,
		r.Input,
	) + u.CacheWriteTokens*at(
		r.CacheWrite,
		r.Input,
	) + u.OutputTokens*r.Output
	return (sum + 999_999) / 1_000_000
}

func at(rate *int64, otherwise int64) int64 {
	if rate == nil {
		return otherwise
	}
	return *rate
}

// Retiring reports whether a model has been retired or will be within 60 days.
func (t *PriceTable) Retiring(model string, now time.Time) (Retirement, bool) {
	if t == nil {
		return Retirement{}, false
	}
	r, ok := find(t.retirements, model)
	return r, ok && now.Add(retirementNotice).After(r.On)
}
