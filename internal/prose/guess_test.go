package prose_test

import (
	"testing"

	"vellocity/internal/prose"
)

func TestGuessLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"A shared inbox shows who answers what, and the team can see it at a glance.":                        "en",
		"Ein gemeinsames Postfach zeigt, wer auf eine Nachricht antwortet, und das Team kann es sehen.":      "de",
		"Une boîte partagée montre qui répond à un message, et les collègues le voient dans la liste.":       "fr",
		"Un buzón compartido muestra quién responde a los mensajes, y el equipo lo ve en la lista por fin.":  "es",
		"Una casella condivisa mostra chi risponde a un messaggio, e il gruppo lo vede nella lista di oggi.": "it",
		"Uma caixa partilhada mostra quem responde a uma mensagem, e a equipa não perde nada do que há.":     "pt",
		"Een gedeelde inbox laat zien wie een bericht beantwoordt, en het team kan dat met één blik zien.":   "nl",
		"共有の受信箱があれば、誰がどのメッセージに答えるのかが分かります。":                                                                  "ja",
		"共享收件箱让团队看到谁在回复哪条消息。":                                                                                "zh",
		"공유 받은편지함은 누가 답하는지 보여 줍니다.":                                                                          "ko",
		"Общий ящик показывает, кто отвечает.":                                                               "ru",
		"": "", "Queuelight 3.0": "", "xx yy zz aa bb cc dd ee ff": "",
	} {
		if got := prose.GuessLanguage(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
