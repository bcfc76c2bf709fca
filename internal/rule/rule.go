package rule

import (
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/expression"
)

// Rule is a board rule whose condition was read.
type Rule struct {
	domain.BoardRule
	test   *expression.Test
	broken string // why this version cannot read the condition; "" where it can
}

// Check notes what is wrong with the condition of a rule, at the field when.
func Check(p *domain.Problems, when string) {
	domain.LimitRuleCondition.Text(p, "when", when)
	if strings.TrimSpace(when) == "" || len([]rune(when)) > domain.LimitRuleCondition.Max {
		return
	}
	_, faults := parse(when)
	for _, f := range faults {
		p.Add("when", "The when field %s", f)
	}
}

func parse(when string) (*expression.Test, []error) {
	return expression.ParseTest(when, names(), Facts{})
}

// Read reads a rule that is stored, or was checked. One whose condition this version cannot
// read says no to everything, with that reason.
func Read(r domain.BoardRule) Rule {
	test, faults := parse(r.When)
	if len(faults) > 0 {
		first, _, _ := strings.Cut(faults[0].Error(), "\n")
		return Rule{BoardRule: r, broken: "The condition " + first}
	}
	return Rule{BoardRule: r, test: test}
}

// UsesVoice reports whether the rule looks at the brand voice, which takes time.
func (r Rule) UsesVoice() bool { return r.test != nil && r.test.Uses("voice") }

// Answer is what a rule says about an item.
type Answer struct {
	Yes bool
	Why string // a phrase: "scores.seo is 61, not at least 80"
}

// ask asks a rule about facts. What cannot be decided counts as no.
func (r Rule) ask(v *expression.Values, unknown error) Answer {
	switch {
	case r.broken != "":
		return Answer{Why: r.broken}
	case unknown != nil:
		return Answer{Why: "What it looks at cannot be read: " + unknown.Error()}
	}
	j := r.test.Judge(v)
	return Answer{Yes: j.Holds, Why: j.Why}
}

// Rules are the enabled rules of a workspace, in the order in which they are asked.
type Rules []Rule

// ReadAll reads the enabled ones of a workspace's rules.
func ReadAll(list []domain.BoardRule) (rules Rules) {
	for _, r := range list {
		if r.Enabled {
			rules = append(rules, Read(r))
		}
	}
	return rules
}

// UsesVoice reports whether any of the rules looks at the brand voice.
func (rules Rules) UsesVoice() bool {
	for _, r := range rules {
		if r.UsesVoice() {
			return true
		}
	}
	return false
}

// Verdict is what the rules say about an item.
type Verdict struct {
	By    *domain.BoardRule // the first that says yes; nil: none does
	Why   string            // why it says yes
	Noes  []No              // those that were asked before it
	Count int               // of the rules that were asked
}

// No is a rule that says no, and why.
type No struct{ Rule, Why string }

// Decide asks the rules about an item, one after the other, until one says yes. It may
// parse the item's text.
func (rules Rules) Decide(s Source) Verdict {
	facts := s.facts()
	if rules.UsesVoice() {
		facts = facts.withVoice(s)
	}
	var values *expression.Values
	text, err := facts.json()
	if err == nil {
		values, err = expression.NewFacts(text)
	}
	var v Verdict
	for _, r := range rules {
		v.Count++
		a := r.ask(values, err)
		if a.Yes {
			v.By, v.Why = &r.BoardRule, a.Why
			return v
		}
		v.Noes = append(v.Noes, No{r.Name, a.Why})
	}
	return v
}

// Reason says for an item's history why none of the rules moved it.
func (v Verdict) Reason() string {
	var b strings.Builder
	for i, n := range v.Noes {
		if i == domain.MostRuleReasons {
			fmt.Fprintf(&b, "\nand %s more", domain.Plural(len(v.Noes)-i, "rule"))
			break
		}
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s: %s.", n.Rule, strings.TrimSuffix(n.Why, "."))
	}
	return b.String()
}

// Held says for an item's history why the rule that said yes did not move it.
func (v Verdict) Held(why string) string {
	return fmt.Sprintf("%s says yes (%s), and the item stays: %s", v.By.Name, v.Why, why)
}
