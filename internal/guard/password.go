package guard

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// saidPatterns are the words in which people name a password in a sentence.
//
//nolint:gochecknoglobals // an expression, compiled once
var saidPatterns = together(branches(
	`(?i)(?:password|passcode|passphrase|passwort|kennwort|mots? de passe|code d.acc.s|contrase.a|clave (?:de acceso|secreta|maestra|del? (?:la )?(?:wi-?fi|red|administrador))|c.digo de acceso|mdp|cl. wi-?fi|`+
		`wachtwoord|toegangscode|senha|palavra-passe|chave de acesso|codice (?:d.|di )accesso|c.digo de acesso|parola d.ordine|chiave d.accesso|zugangscode|access code|secret key|access token|`+
		`パスワード|暗証番号|合言葉)`,
	true,
), branches(`(?i)api[- ]?key`, true), branches(`(?i)api[- ]schl(?:ue|.)ssel`, true))

// farthest is how many words after the name of a password it may stand.
const farthest = 9

// saidPasswords returns the passwords that a sentence names: "Das Passwort lautet …", "the password for the test
// server is …". A word right after "is" is one if it has digits among its letters; further away it must look random.
func (t *target) saidPasswords() (out []prose.Range) {
	for _, p := range saidPatterns() {
		for _, r := range locationsIn(p, t.Text, t.inSource.of(p)) {
			if r, ok := passwordAfter(t.Text, r.End); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// passwordAfter looks for a password in the words after an offset, in the same line.
func passwordAfter(text string, from int) (prose.Range, bool) {
	line := text[from:min(len(text), from+160)]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	said := false // the word before is "is"
	for at, n := 0, 0; n < farthest && at < len(line); n++ {
		for at < len(line) && betweenWords(line[at:]) > 0 {
			at += betweenWords(line[at:])
		}
		end := at
		for end < len(line) && betweenWords(line[end:]) == 0 {
			_, size := utf8.DecodeRuneInString(line[end:])
			end += size
		}
		label := false // a colon right before the word
		for at < end && (line[at] == ':' || strings.HasPrefix(line[at:], "：")) {
			_, size := utf8.DecodeRuneInString(line[at:])
			at, label = at+size, true
		}
		word := strings.TrimRight(line[at:end], ".,;:!?")
		signs := n == 0 && strings.ContainsAny(word, "#!?&%*+=@^~")
		if looksLikePassword(word) || (said || label || signs) && mixesDigits(word) {
			return prose.Range{Start: from + at, End: from + at + len(word)}, true
		}
		said = among(" is ist lautet est es è é sind = ", strings.ToLower(line[at:end])) ||
			strings.HasSuffix(line[at:end], ":") || label && at == end
		at = end
	}
	return prose.Range{}, false
}

// betweenWords returns the length of the space, quotation mark or Japanese particle that a text begins with.
func betweenWords(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r == ' ' || r == '\t' || strings.ContainsRune("\"'`“”„«»‘’「」『』()*\u00a0\u202f", r) ||
		r >= utf8.RuneSelf && eastAsian(r) {
		return n
	}
	return 0
}

// looksLikePassword reports whether a word changes between capitals, small letters, digits and signs so often that it
// is none of a language and no name of a product.
func looksLikePassword(w string) bool {
	if len(w) < 8 || len(w) > 64 || !passwordBytes(w) {
		return false
	}
	changes, digits, letters := 0, 0, 0
	var last int
	for _, r := range w {
		class := 4
		switch {
		case unicode.IsDigit(r):
			class = 1
			digits++
		case unicode.IsUpper(r):
			class = 2
			letters++
		case unicode.IsLower(r):
			class = 3
			letters++
		case strings.ContainsRune("-_./:,'", r):
			class = last
		}
		if last != 0 && class != last {
			changes++
		}
		last = class
	}
	return digits > 0 && letters > 0 && changes >= 4
}

// mixesDigits reports whether a word has letters and digits and is no name of a method or a length.
func mixesDigits(w string) bool {
	lower := strings.ToLower(w)
	if len(w) < 6 || len(w) > 64 || !passwordBytes(w) || strings.Contains(w, "-") || entropy(w) <= 2.5 ||
		hasAnyPrefix(lower, "sha", "md5", "aes", "base", "bcrypt", "utf", "oauth", "argon", "pbkdf") {
		return false
	}
	return strings.ContainsFunc(w, unicode.IsDigit) && strings.ContainsFunc(w, unicode.IsLetter)
}

// passwordBytes leaves out addresses, variables and code.
func passwordBytes(w string) bool {
	return !strings.Contains(w, "://") && !strings.ContainsAny(w, "${}<>()[]\\|`/") && !strings.Contains(w, "...") &&
		!(strings.Contains(w, "@") && strings.Contains(w[strings.Index(w, "@"):], ".")) || dollarOnly(w)
}

// dollarOnly reports whether a dollar is one of the signs of a word, not the beginning of a variable.
func dollarOnly(w string) bool {
	return strings.Contains(w, "$") && w[0] != '$' && !strings.Contains(w, "://") &&
		!strings.ContainsAny(w, "{}<>()[]\\|`/") &&
		strings.ContainsFunc(w[:strings.Index(w, "$")], unicode.IsDigit)
}
