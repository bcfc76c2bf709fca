package guard

import "regexp"

// The leftovers of a model in German, French, Spanish, Italian, Portuguese, Dutch and Japanese; [residue.go]
// has them in English.
//
//nolint:gochecknoglobals // tables, put together once
var (
	injectionElsewhere = branches(words(
		"(?:ignoriere|vergiss|missachte)n? (?:sie )?(?:alle )?(?:vorherigen|bisherigen|obigen|vorigen) (?:anweisungen|regeln|instruktionen)",
		"(?:ignore[zr]?|oublie[zr]?) (?:toutes )?(?:les |tes |vos )?(?:instructions|consignes|règles) (?:précédentes|ci-dessus|antérieures)",
		"(?:ignora|olvida|ignore) (?:todas )?(?:las|tus|sus) (?:instrucciones|reglas|indicaciones) (?:anteriores|previas)",
		"(?:ignora|dimentica) (?:tutte )?(?:le|tue) (?:istruzioni|regole) (?:precedenti|di cui sopra)",
		"(?:ignore|esqueça) (?:todas )?(?:as|suas) (?:instruções|regras) (?:anteriores|acima)",
		"(?:negeer|vergeet) (?:alle )?(?:vorige|eerdere|voorgaande|bovenstaande) (?:instructies|aanwijzingen|regels)",
		"(?:以前|これまで|上記|前)の(?:すべての)?(?:指示|命令)を(?:すべて)?無視",
	), false)
	refusalElsewhere = words(
		"als (?:ki|ai)[- ]?(?:sprachmodell|modell|assistent)[^.!?\\n]*", "als (?:großes )?sprachmodell (?:kann|habe|bin|darf)[^.!?\\n]*", "als (?:künstliche intelligenz|ki) (?:kann|habe|darf|bin) ich[^.!?\\n]*",
		"es tut mir leid,? (?:aber )?(?:ich kann|dabei kann ich)[^.!?\\n]*(?:nicht|keine[nm]?)\\b[^.!?\\n]*(?:helfen|schreiben|erstellen|erfüllen|beantworten|weiterhelfen)",
		"en tant qu(?:e modèle de langage|.(?:ia|intelligence artificielle|assistant ia)),? je[^.!?\\n]*", "en tant que modèle de langage[^.!?\\n]*",
		"je suis désolée?,? mais je ne peux pas (?:vous aider|t.aider|aider|répondre|fournir|créer|écrire|générer|rédiger)[^.!?\\n]*",
		"como (?:un )?modelo de lenguaje[^.!?\\n]*", "como (?:una )?(?:ia|inteligencia artificial),? no (?:puedo|tengo)[^.!?\\n]*", "lo siento,? pero no puedo (?:ayudar|cumplir|generar|escribir|proporcionar|crear)[^.!?\\n]*",
		"(?:in quanto|come) (?:un )?modello linguistico[^.!?\\n]*", "(?:in quanto|come) (?:ia|intelligenza artificiale),? non (?:posso|ho)[^.!?\\n]*", "mi dispiace,? ma non posso (?:aiutar|fornire|creare|scrivere|generare)[^.!?\\n]*",
		"como (?:um )?modelo de linguagem[^.!?\\n]*", "como (?:uma )?(?:ia|inteligência artificial),? (?:eu )?não (?:posso|tenho)[^.!?\\n]*", "(?:desculpe|lamento|sinto muito),? mas (?:eu )?não posso (?:ajudar|fornecer|criar|escrever|gerar|atender)[^.!?\\n]*",
		"als (?:een )?(?:groot |ai[- ]?)?taalmodel[^.!?\\n]*", "als ai[- ]?(?:model|assistent),? [^.!?\\n]*", "het spijt me,? maar ik kan (?:je |u |hier |dit |dat |daar )*(?:niet|geen)[^.!?\\n]*(?:helpen|schrijven|maken|voldoen)",
		"(?:大規模)?言語モデル(?:として|である(?:私|ため))[^。\\n]*", "aiアシスタントとして[^。\\n]*", "aiとして、私[^。\\n]*", "私はai(?:です|なので|である)[^。\\n]*", "申し訳ありませんが、(?:その|この|ご)[^。\\n]{0,20}(?:お答え|お応え|応じ|お手伝い|提供|対応|作成|回答|生成|執筆)[^。\\n]{0,8}(?:できません|られません|かねます|いたしかねます|することはできません)",
	)
	leftoverElsewhere = atLine(words(
		"(?:gerne|natürlich|klar|selbstverständlich)[!,.]? hier (?:ist|sind|kommt)[^\\n]*", "hier (?:ist|kommt) (?:der|die|das|ihre?|deine?|eine?) (?:\\pL+ ){0,2}(?:blogbeitrag|artikel|text|entwurf|abschnitt|überarbeitung|vorschlag|version|fassung)[^\\n]*:[ \\t]*$",
		"(?:bien sûr|avec plaisir|certainement)[ !,.]*voici[^\\n]*", "voici (?:votre|l.|un|le|une) ?(?:article|texte|brouillon|billet|version|section)[^\\n]*:[ \\t]*$",
		"(?:claro|¡claro|por supuesto|con gusto)[ !,.]*(?:aquí|a continuación)[^\\n]*", "aquí (?:está|tienes|tiene|va) (?:\\pL+ ){0,3}(?:artículo|borrador|texto|propuesta|versión|post|esquema)[^\\n]*:[ \\t]*$",
		"(?:certo|certamente|volentieri)[ !,.]*ecco[^\\n]*", "ecco (?:\\pL+ ){0,3}(?:l.)?(?:articolo|testo|bozza|post|proposta|versione)[^\\n]*:[ \\t]*$",
		"(?:claro|com certeza|com prazer)[ !,.]*aqui (?:está|vai)[^\\n]*", "aqui está (?:\\pL+ ){0,3}(?:artigo|texto|rascunho|post|sugestão|versão|proposta|esboço)[^\\n]*:[ \\t]*$",
		"(?:natuurlijk|zeker|graag)[ !,.]*hier (?:is|zijn|volgt)[^\\n]*", "hier is (?:de|je|uw|een|het) (?:\\pL+ )?(?:blog|blogpost|artikel|tekst|concept)[^\\n]*:[ \\t]*$",
		"(?:はい|もちろん(?:です)?|承知(?:しました|いたしました))[、。！ ]*(?:以下|こちら)[^\\n]*", "以下(?:は|に|が)[^\\n]{0,30}(?:記事|ブログ|文章|下書き)(?:です|になります)[。：:]?[ \\t]*$",
	))
	closingElsewhere = words(
		"lassen sie (?:es )?mich wissen,? (?:wenn|falls|ob) (?:sie|ich|du)[^.!?\\n]*", "sag(?:en sie)? (?:mir )?(?:einfach )?bescheid,? (?:wenn|falls) (?:ich|du|sie)[^.!?\\n]*(?:anpassen|ändern|überarbeiten)[^.!?\\n]*", "ich hoffe,? (?:das|dies) hilft[^.!?\\n]*",
		"j.espère que (?:cela|ça) (?:vous |t.)?aide[^.!?\\n]*", "n.hésitez pas à me (?:dire|demander|faire savoir)[^.!?\\n]*", "espero que (?:esto )?(?:te|le|les) (?:ayude|sea útil)[^.!?\\n]*", "(?:hazme|házme|déjame|avísame) (?:saber )?si (?:necesitas|quieres|deseas)[^.!?\\n]*",
		"spero che (?:questo )?(?:ti|vi|le) (?:sia utile|aiuti)[^.!?\\n]*", "fammi sapere se (?:vuoi|hai bisogno|desideri)[^.!?\\n]*", "espero ter ajudado[^.!?\\n]*", "(?:me avise|me diga|avise-me) se (?:precisar|quiser|desejar)[^.!?\\n]*",
		"ik hoop dat dit (?:helpt|u helpt|je helpt)[^.!?\\n]*", "laat (?:het )?me (?:gerust )?weten (?:als|of) (?:je|u|ik)[^.!?\\n]*", "(?:他に|さらに)[^。\\n]{0,20}(?:修正|ご要望|変更)[^。\\n]{0,20}(?:お知らせ|お申し付け)[^。\\n]*",
	)
	holeElsewhere = words(
		"\\[(?:ihr|dein|firmenname|firma|produktname|vorname|nachname|datum|hier|einfügen|bitte)\\b[^\\]\\n]{0,40}\\]", "\\[(?:votre|nom (?:de|du)|insérer|ajouter|prénom)\\b[^\\]\\n]{0,40}\\]",
		"\\[(?:nombre|apellidos?|empresa|nome|cognome|azienda|sobrenome|nom|prénom|entreprise|société|naam|voornaam|achternaam|ort|stadt|preis|betrag)\\]", "\\[(?:su|tu|nombre (?:de|del)|insertar|añadir|fecha) ?\\b[^\\]\\n]{3,40}\\]", "\\[(?:il tuo|la tua|nome (?:dell|del|della|da|do)|inserire|inserisci|vostro)[^\\]\\n]{1,40}\\]",
		"\\[(?:seu|sua|inserir|insira|adicionar)\\b[^\\]\\n]{0,40}\\]", "\\[(?:uw|jouw|bedrijfsnaam|productnaam|naam van|invoegen|voeg)\\b[^\\]\\n]{0,40}\\]", "[\\[［【](?:会社名|お?名前|氏名|お客様名|担当者名|住所|電話番号|製品名|商品名|日付|ここに)[^\\]］】\\n]{0,30}[\\]］】]", "[〇○◯]{2,}",
	)
)

// blankPattern finds capital X in the place of a figure or a name.
var blankPattern = regexp.MustCompile(`[$€£]\s?X{1,}(?:[.,]X+)*\b|\bX{2,}[.,:]X{2,}\b|\bX{2,3} ?%|\bX{3,}(?:-X{3,})*\b`)
