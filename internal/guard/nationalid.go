package guard

import (
	"strconv"
	"strings"

	"vellocity/internal/prose"
)

// idPattern finds the shapes of numbers that states give to people: DNI and NIE of Spain, codice fiscale of Italy, CPF
// of Brazil, NIR of France, National Insurance numbers of Britain, and bare numbers that a word beside them explains.
//
//nolint:gochecknoglobals // an expression, compiled once
var (
	idPattern = compile(
		`\b(?:[XYZ]-?\d{7}|\d{8})-?[A-Z]\b|\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b|\b\d{3}\.\d{3}\.\d{3}-\d{2}\b` +
			`|\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}\b|\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b` +
			`|\b\d{2,4}(?:[ .]?\d{3}){2,3}\b|\b\d{4}[ \-]?\d{4}[ \-]?\d{4}\b`,
	)
	idWindow = runs("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ .-", '-', func(digits, capitals, _ int) bool {
		return digits >= 9 || digits >= 6 && capitals > 0
	})
)

// idWords explain a bare number, by how many digits it has.
var idWords = map[int]string{
	9:  " bsn burgerservicenummer sofinummer nif contribuinte ",
	11: " steuer-id steueridentifikationsnummer steuer idnr identifikationsnummer cpf ",
	12: " マイナンバー 個人番号 ",
}

// validID checks the check letter or digits where there are any, and asks for the words beside bare numbers.
func validID(text string, r prose.Range) bool {
	s := strings.NewReplacer(" ", "", ".", "", "-", "").Replace(r.In(text))
	if inToken(text, r) {
		return false
	}
	letters := strings.IndexFunc(s, func(r rune) bool { return r >= 'A' })
	switch {
	case letters < 0 && len(s) == 11 && strings.Contains(r.In(text), "-"):
		return validCPF(s)
	case letters < 0 && len(s) == 15:
		n, _ := strconv.ParseInt(s[:13], 10, 64)
		key, _ := strconv.ParseInt(s[13:], 10, 64)
		return n%97+key == 97
	case letters < 0:
		return explained(text, r, idWords[len(s)]) && (len(s) != 11 || !strings.Contains(r.In(text), "-"))
	case len(s) == 9 && (letters == 8 || letters == 0 && s[1] <= '9'): // Spain
		const control = "TRWAGMYFPDXBNJZSQVHLCKE"
		n, err := strconv.Atoi(strings.NewReplacer("X", "0", "Y", "1", "Z", "2").Replace(s[:1]) + s[1:8])
		return err == nil && s[8] == control[n%23]
	case len(s) == 16:
		return validFiscalCode(s)
	case len(s) == 9: // Britain: no check digit, so the words beside it must say so
		return explained(text, r, " insurance ni nino ")
	}
	return false
}

// explained reports whether one of the words stands in the 50 bytes before or the 20 after a number.
func explained(text string, r prose.Range, words string) bool {
	around := strings.ToLower(
		strings.ToValidUTF8(text[max(0, r.Start-50):r.Start]+" "+text[r.End:min(len(text), r.End+20)], ""),
	)
	for _, w := range strings.Fields(words) {
		if prose.Unspaced(w) && strings.Contains(around, w) {
			return true
		}
	}
	for _, w := range prose.Words(around) {
		if among(words, w) {
			return true
		}
	}
	return false
}

// validCPF checks the two check digits (mod 11, Receita Federal).
func validCPF(s string) bool {
	if strings.Count(s, s[:1]) == len(s) {
		return false
	}
	for _, n := range []int{9, 10} {
		sum := 0
		for i := range n {
			sum += int(s[i]-'0') * (n + 1 - i)
		}
		if sum*10%11%10 != int(s[n]-'0') {
			return false
		}
	}
	return true
}

// validFiscalCode checks the last letter of a codice fiscale (D.M. 23 December 1976).
func validFiscalCode(s string) bool {
	odd := []int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i := range 15 {
		n := int(s[i] - '0')
		if s[i] >= 'A' {
			n = int(s[i] - 'A')
		}
		if i%2 == 0 {
			n = odd[n]
		}
		sum += n
	}
	return s[15] == byte('A'+sum%26)
}
