package ai

import "strings"

// StopReason says why the text ended.
type StopReason string

// The reasons, the same for all providers.
const (
	StopEnd     StopReason = "end"
	StopLength  StopReason = "length"  // cut at the token limit
	StopRefusal StopReason = "refusal" // the model or its filter refused
	// StopBroken means that the provider could not go on. It is a failure: no response
	// has it.
	StopBroken StopReason = "broken"
)

// stops are the words of all providers, without the characters between words.
var stops = map[StopReason][]string{
	StopEnd: {
		"stop", "end", "endturn", "stopsequence", "stopsequencereached", "eos", "eostoken", "endoftext", "eot",
		"complete", "completed", "done", "finished", "success", "toolcalls", "tooluse", "functioncall", "pauseturn",
	},
	StopLength: {
		"length", "maxtokens", "maxlength", "maxoutputtokens", "maxcompletiontokens", "maxnewtokens", "maxtoken",
		"tokenlimit", "tokenlimitreached", "outputlimit", "modellength", "modelcontextwindowexceeded",
		"contextlength", "contextlengthexceeded", "contextwindowexceeded", "incomplete", "truncated",
	},
	StopRefusal: {
		"refusal", "refused", "contentfilter", "contentfiltered", "contentfiltering", "filtered", "filter", "safety",
		"recitation", "blocklist", "blocked", "prohibitedcontent", "spii", "guardrailintervened", "guardrail",
		"sensitive", "moderation", "moderated", "flagged", "policy", "policyviolation", "contentpolicy",
		"contentpolicyviolation", "language", "imagesafety", "imageprohibitedcontent", "modelarmor",
	},
	StopBroken: {
		"error", "networkerror", "servererror", "internalerror", "providererror", "modelerror", "streamerror",
		"insufficientsystemresource", "insufficientsystemresources", "abort", "aborted", "cancel", "cancelled",
		"canceled", "interrupted", "timeout", "failed", "failure", "unavailable", "overloaded",
	},
}

// StopFor judges a provider's word for why a text ended. Case, and what stands
// between words, do not matter. An unknown word is an end, and known is false.
func StopFor(word string) (reason StopReason, known bool) {
	word = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(word)))
	word = strings.TrimPrefix(word, "finishreason")
	for reason, words := range stops {
		for _, w := range words {
			if w == word {
				return reason, true
			}
		}
	}
	return StopEnd, false
}
