package guard

import "sync"

// What an assistant says about the text that it wrote, by its grammar: an offer to change it, a question whether it
// fits, a hope that it helps, an introduction, what it cannot know. Each form asks for a word for the text or a part of
// it, since people offer to change rooms and flowers too.

// The words for a text and its parts, by language.
const (
	textEN = `(?:tone|text|draft|copy|wording|caption|posts?|article|headline|length|style|paragraphs?|versions?|variations?|variants?|word count|blurb|e-?mail|newsletter|slogans?|summary|rewrite|subject lines?|hashtags?)`
	textDE = `(?:text\pL*|beitragstext|ton|tonfall|tonalität|entwurf|entwürfe|version(?:en)?|fassung(?:en)?|variante[n]?|beitrag|post|artikel|stil|länge|formulierung(?:en)?|überschrift(?:en)?|newsletter|slogans?|hashtags?|absatz|absätze|zusammenfassung)`
	textFR = `(?:texte|ton|versions?|variantes?|brouillon|article|publication|post|légende|style|longueur|formulation|accroches?|titres?|paragraphes?|résumé|hashtags?|newsletter|slogans?)`
	textES = `(?:texto|tono|versi.n(?:es)?|variantes?|borrador|artículo|publicación|post|estilo|extensión|redacción|titular(?:es)?|párrafos?|resumen|hashtags?|eslóganes|eslogan|newsletter|boletín)`
	textIT = `(?:testo|tono|version[ei]|variant[ei]|bozza|articolo|post|stile|lunghezza|didascalia|titol[oi]|paragraf[oi]|riassunto|hashtag|slogan|newsletter)`
	textNL = `(?:tekst(?:en)?|toon|versies?|varianten?|concept|artikel|bericht|post|stijl|lengte|formulering|koppen|alinea.?s?|samenvatting|hashtags?|slogans?|nieuwsbrief)`
	textPT = `(?:texto|tom|versão|versões|variantes?|rascunho|artigo|publicação|post|legenda|estilo|extensão|títulos?|parágrafos?|resumo|hashtags?|slogans?|newsletter)`
	textJA = `(?:文体|トーン|文章|テキスト|バージョン|原稿|記事|文字数|言い回し|口調|語調|キャッチコピー|投稿文|説明文|紹介文|案内文|下書き|ハッシュタグ|見出し|パターン)`
)

const (
	changeEN = `(?:adjust|change|tweak|rework|rewrite|revise|refine|shorten|lengthen|expand|adapt|edit|tailor|write|draft|create|provide|suggest|add|translate|turn|make|offer|prepare)`
	changeDE = `(?:pass\pL*|ändere?n?|kürz\pL+|schreib\pL+|umschreib\pL+|überarbeit\pL+|erstell\pL+|ergänz\pL+|formulier\pL+|umformulier\pL+|übersetz\pL+|liefer\pL+|anpassen|verlänger\pL+|mach\pL+)`
	changeFR = `(?:adapter|modifier|raccourcir|réécrire|rédiger|retravailler|ajuster|proposer|écrire|changer|allonger|traduire|reformuler|préparer|ajouter|compléter|décliner)`
	changeES = `(?:adaptar|modificar|acortar|reescribir|redactar|ajustar|proponer|escribir|cambiar|alargar|traducir|reformular|preparar|añadir|generar|crear|hacer)(?:lo|la|te|le)*`
	changeIT = `(?:adattar|modificar|accorciar|riscriver|scriver|riveder|proporr|cambiar|allungar|tradurr|riformular|preparar|aggiunger|generar|crear|far)\pL*`
	changeNL = `(?:aanpas\pL*|aan te passen|wijzig\pL*|inkort\pL*|in te korten|herschrijv\pL*|schrijv\pL*|bewerk\pL*|verander\pL*|vertal\pL*|voorstel\pL*|mak\pL+|herformuler\pL+|opstell\pL*)`
	changePT = `(?:adaptar|alterar|encurtar|reescrever|redigir|ajustar|propor|escrever|mudar|alongar|traduzir|reformular|preparar|acrescentar|adicionar|gerar|criar|fazer)(?:-?l[oa]|-lhe)?`
)

// few is what may stand between two words of a sentence, most the rest of it.
const (
	few  = `[^.!?\n]{0,70}`
	most = `[^.!?\n]*`
)

// offers are what an assistant says after the text: offers to change it, and questions whether it fits.
//
//nolint:gochecknoglobals // tables, put together once
var offers = words(
	`(?:(?:more than |always )?happy|glad|free) to `+changeEN+` `+few+`\b`+textEN+`\b`+most,
	`(?:i can|i could|i(?:'|’)ll gladly|want me to|shall i|should i|do you want me to) (?:also |easily |gladly |of course |always )?`+changeEN+` `+few+`\b`+textEN+`\b`+most,
	`(?:let me know|tell me|just say|just ask) (?:if|whether|when|what|which|how|and i) `+few+`\b(?:`+textEN+`|shorter|longer|more (?:formal|casual|playful)|rewritten|revised|reworded|tweaks?|adjustments?|changes?)\b`+most,
	`i hope (?:this|these|that|the|my) (?:`+textEN+` )?(?:is what you|was what you|works? for you|helps?|suits?|fits?|meets?|captures?|is (?:helpful|useful))`+most,
	`[.!?\n] ?hope (?:this|that) (?:helps?|works?)`+most,
	`(?:gerne?|gern auch|natürlich|bei bedarf|auf wunsch|falls gewünscht|wenn (?:du|ihr|sie) (?:möchtest|möchtet|möchten|magst|mögt|wollen|willst|wollt)),? (?:\pL+ )?(?:kann |könnte |werde )?`+few+`\b(?:ich )`+few+textDE+`\b`+most,
	`ich (?:kann|könnte|passe|schreibe|kürze|ändere|überarbeite|erstelle|formuliere|mache|liefere) (?:\pL+ ){0,3}(?:gerne?|auch|natürlich|jederzeit) [^,.!?\n]{0,50}\b`+textDE+`\b`+most,
	`ich (?:kann|könnte|werde) (?:\pL+ ){0,3}`+textDE+` (?:\pL+ ){0,4}`+changeDE+`\b`+most,
	`(?:sag(?:t|en sie)?|gib|gebt|geben sie|lass(?:t|en sie)?) (?:mir |mich )?(?:einfach |gerne? |bitte |kurz )?(?:bescheid|wissen),? (?:wenn|falls|ob|welche\pL*|was) `+few+`\b(?:`+textDE+`|kürzer|länger|lockerer|förmlicher|formeller|änderungen?|anpassungen?)\b`+most,
	`soll ich `+few+textDE+`\b`+few+changeDE+`\b`+most,
	`ich hoffe,? `+few+textDE+` `+few+`(?:gefällt|passt|hilft|trifft|entspricht|hilfreich|nützlich)`+most,
	`(?:je peux|je pourrais|je reste (?:à votre |à ta )?dispo\pL*|je suis (?:à votre disposition|disponible)|volontiers) (?:\pL+ ){0,3}(?:pour )?`+changeFR+` `+few+textFR+`\b`+most,
	`(?:dites|dis|indiquez|indique|précisez|précise)-(?:moi|le-moi) (?:simplement |juste )?(?:si|quel|quelle|ce que|comment) `+few+`\b(?:`+textFR+`|plus (?:court|courte|long|longue|formel|formelle|décontracté)|modifi\pL+|ajust\pL+)\b`+most,
	`n.hésitez? pas à (?:me |m.)(?:demander|dire|indiquer|solliciter|faire|préciser)`+most, `n.hésite pas à (?:me |m.)(?:demander|dire|indiquer|solliciter|faire)`+most,
	`(?:en )?espérant que (?:ce|cette|cet|le|la) `+textFR+most, `j.espère que (?:ce|cette|cet|le|la|ces|ma) `+textFR+most,
	`(?:puedo|podría|con gusto|estaré encantad[oa] de|encantad[oa] de) (?:\pL+ ){0,3}`+changeES+` `+few+textES+`\b`+most,
	`dime (?:si|qué|cuál|cómo) `+few+`\b(?:`+textES+`)\b`+most,
	`\pL{1,4}(?:same|seme|game|ntame|zme saber|zmelo saber) si `+few+`\b(?:`+textES+`|m.s (?:corto|corta|largo|larga|formal|breve|informal)|cambios?|ajustes?|modific\pL+)\b`+most,
	`espero que `+few+textES+` `+few+`(?:guste|sirva|ayude|útil|encaje|refleje)`+most,
	`(?:posso|potrei|volentieri|sono disponibile a|sono a disposizione per|resto a disposizione per) (?:\pL+ ){0,3}`+changeIT+` `+few+textIT+`\b`+most,
	`(?:fammi|mi faccia|fatemi|dimmi|mi dica|ditemi) (?:pure )?(?:sapere )?(?:se|quale|cosa|come) `+few+`\b(?:`+textIT+`|pi. (?:cort[oa]|breve|lung[oa]|formale|informale)|modific\pL+|cambiament[oi])\b`+most,
	`spero che `+few+textIT+` `+few+`(?:piaccia|utile|aiuti|aiuto|soddisfi|rispecchi)`+most,
	`(?:ik kan|ik zou|ik pas|ik schrijf|ik maak|graag|desgewenst|indien gewenst|als je wilt,? kan ik|als u wilt,? kan ik) (?:\pL+ ){0,3}`+few+textNL+`\b`+few+changeNL+`\b`+most,
	`(?:ik pas|ik schrijf|ik maak|ik herschrijf|ik kort) (?:\pL+ ){0,4}`+textNL+`\b`+most,
	`laat (?:het )?(?:me |mij )?(?:gerust |even |maar |vooral )?weten (?:als|of|welke|wat|hoe) `+few+`\b(?:`+textNL+`|korter|langer|formeler|losser|aanpassing\pL*|wijziging\pL*)\b`+most,
	`(?:hopelijk|ik hoop dat) (?:helpt |is |past )?(?:dit|deze|de|het) (?:`+textNL+` )?(?:\pL+ ){0,3}(?:helpt|past|bevalt|nuttig|bruikbaar|goed)`+most, `hopelijk helpt dit`+most,
	`(?:posso|poderia|terei (?:todo o )?gosto em|com (?:todo o )?gosto) (?:\pL+ ){0,3}`+changePT+` `+few+textPT+`\b`+most,
	`(?:diga-me|diz-me|me diga|me avise|avise-me|avisa-me|me conte|indique-me) (?:se|qual|o que|como) `+few+`\b(?:`+textPT+`|mais (?:curt[oa]|long[oa]|formal|informal|breve)|altera\pL+|ajustes?|mudanças?)\b`+most,
	`espero que `+few+textPT+` `+few+`(?:útil|agrade|goste|ajude|sirva|ajudado)`+most,
	`[^。\n]{0,24}`+textJA+`(?:を|の|も|は)[^。\n]{0,16}(?:調整|変更|修正|短く|長く|書き直|作り直|追加|お作り|ご提案|ご用意|作成|変え|直す)[^。\n]{0,10}(?:可能です|できます|いたします|しますので|しましょうか|ましょうか|お申し付け|お知らせ|お伝え|お気軽に|ください)[^。\n]*`,
	`(?:この|こちらの|上記の|以上の)`+textJA+`(?:が|で|は)[^。\n]{0,16}(?:お役に立|参考になれば|いかがでしょう|よろしいでしょうか|ご確認ください|問題ない)[^。\n]*`,
	`(?:修正|変更|調整|ご要望|追加のご希望)(?:点)?(?:が|は|など)[^。\n]{0,14}(?:あれば|ございましたら|ありましたら)[^。\n]{0,12}(?:お申し付け|お知らせ|お伝え|教えて)[^。\n]*`,
)

// introductions are what an assistant says before the text.
//
//nolint:gochecknoglobals // tables, put together once
var introductions = linesOf(
	`(?:as (?:requested|you asked|instructed)|per your (?:request|brief|instructions)),? (?:i(?:'|’)ve|i have|i|here|this|the) [^\n]*\b(?:words|characters|call to action|keywords?|bullet points?|`+textEN+`)\b[^\n]*`,
	`(?:i(?:'|’)ve|i have) (?:written|drafted|created|prepared|rewritten|revised|shortened|kept|put together) (?:an?|the|this|your|you an?|two|three|it)[^\n]{0,60}\b`+textEN+`\b[^\n]*`,
	`(?:here(?:'|’)?s|here is|here are|below is|below are|below you(?:'|’)ll find) [^\n]{0,50}\b`+textEN+` (?:for your|that you|you asked|you requested|as requested|based on|with|in) [^\n]*:[ \t]*$`,
	`(?:hier|anbei|im folgenden|nachfolgend|unten) (?:ist|sind|kommt|folgt|finden sie|findest du|findet ihr|habe ich) (?:\pL+ ){0,2}(?:gewünschte[nrs]?|angeforderte[nrs]?|überarbeitete[nrs]?|vorschlag|vorschläge|ent\pL+)[^\n]*:?[ \t]*$`,
	`(?:hier|anbei|im folgenden|nachfolgend|unten) (?:ist|sind|kommt|folgt|finden sie|findest du|findet ihr|habe ich) [^\n]{0,50}`+textDE+` (?:für (?:eure?n?|deine?n?|ihre?n?|euch|dich|sie)|zu|zum|zur|mit|über|im)\b[^\n]*:[ \t]*$`,
	`wie (?:gewünscht|gewollt|von (?:dir|euch|ihnen) gewünscht|angefordert|besprochen),? (?:habe ich|hier|ist|sind)[^\n]*\b(?:`+textDE+`|wörtern?|zeichen)\b[^\n]*`,
	`ich habe [^\n]{0,60}`+textDE+`[^\n]{0,40}(?:verfasst|geschrieben|erstellt|formuliert|gekürzt|überarbeitet|angepasst|gehalten)[^\n]*`,
	`(?:voici|voilà|ci-dessous) [^\n]{0,50}(?:proposition|idée|exemple|suggestion|ébauche|demandée?s?|souhaitée?s?|`+textFR+`)[^\n]{0,40}(?:pour (?:votre|ton|ta|vos|tes)|demandée?s?|souhaitée?s?|que vous|que tu|sur)\b[^\n]*[:.][ \t]*$`,
	`(?:comme (?:demandé|convenu|souhaité|vous l.avez demandé)|conformément à votre demande|selon vos (?:consignes|instructions)),? [^\n]*\b(?:mots|caractères|`+textFR+`)\b[^\n]*`,
	`j(?:'|’)ai (?:rédigé|écrit|préparé|raccourci|adapté|gardé|limité|reformulé|créé) [^\n]{0,50}`+textFR+`\b[^\n]*`,
	`(?:aquí (?:está|tienes|tiene|va|van|os dejo|te dejo|le dejo)|te dejo|le dejo|a continuación (?:encontrarás|te dejo|tienes|se presenta|le presento|te presento)|esta es) [^\n]{0,50}`+textES+`[^\n]*:[ \t]*$`,
	`(?:como (?:pediste|solicitaste|me pediste|solicitó|pidió)|según lo (?:solicitado|pedido)|tal como pediste),? [^\n]*\b(?:palabras|caracteres|`+textES+`)\b[^\n]*`,
	`he (?:redactado|escrito|preparado|acortado|adaptado|creado|mantenido) [^\n]{0,50}`+textES+`\b[^\n]*`,
	`(?:ecco(?:ti|vi)?|di seguito|qui sotto|ecco qui) [^\n]{0,50}`+textIT+`[^\n]*:[ \t]*$`,
	`(?:come (?:richiesto|da richiesta|mi hai chiesto|da lei richiesto)|secondo le tue indicazioni),? [^\n]*\b(?:parole|caratteri|`+textIT+`)\b[^\n]*`,
	`ho (?:scritto|preparato|redatto|accorciato|adattato|creato|mantenuto) [^\n]{0,50}`+textIT+`\b[^\n]*`,
	`(?:hier|hieronder|onderstaand) (?:is|zijn|volgt|vind je|vindt u|staat|heb je) [^\n]{0,50}`+textNL+`[^\n]*:[ \t]*$`,
	`(?:zoals (?:gevraagd|gewenst|besproken|je vroeg|u vroeg)|op (?:je|uw) verzoek),? [^\n]*\b(?:woorden|tekens|`+textNL+`)\b[^\n]*`,
	`ik heb [^\n]{0,50}`+textNL+`[^\n]{0,40}(?:geschreven|gemaakt|opgesteld|ingekort|aangepast|gehouden|herschreven)[^\n]*`,
	`(?:(?:claro|com certeza|com prazer|certo|perfeito)[ !,.]*)?(?:segue|seguem|aqui (?:está|estão|tem|vai|fica)|eis|abaixo (?:está|segue)) [^\n]{0,50}`+textPT+`[^\n]*:[ \t]*$`,
	`(?:conforme (?:solicitado|pedido|pediu|combinado)|como (?:pediu|pediste|solicitou|solicitado)|tal como pediu),? [^\n]*\b(?:palavras|caracteres|carateres|`+textPT+`)\b[^\n]*`,
	`(?:escrevi|preparei|redigi|encurtei|criei|adaptei|elaborei) [^\n]{0,50}`+textPT+`\b[^\n]*`,
	`(?:以下に|こちらに|下記に|次に)?[、,]?[^。\n]{0,24}`+textJA+`(?:案)?を(?:\d+(?:つ|案|本))?[^。\n]{0,8}(?:作成しました|作成いたしました|ご用意しました|ご用意いたしました|お作りしました|ご提案します|ご提案いたします|書きました|まとめました|ご紹介します)[。：:]?[ \t]*$`,
	`(?:以下|こちら|下記)(?:は|が|に)[^。\n]{0,30}`+textJA+`(?:案)?(?:です|になります|を示します|を記載します)[。：:]?[ \t]*$`,
	`(?:ご指定|ご依頼|ご要望|ご指示)(?:の(?:通り|とおり|文字数|トーン|条件|内容)|に(?:従い|沿って|合わせて|基づき))[^。\n]{0,30}(?:作成|まとめ|書き|修正|調整|文章|記事|お作り)[^。\n]*`,
)

// unknown are what an assistant says it cannot know. People say it too, so it does not block.
//
//nolint:gochecknoglobals // tables, put together once
var unknown = branches(words(
	`i (?:don(?:'|’)t|do not|can(?:'|’)t|cannot) (?:currently )?(?:have (?:direct |any )?access to|access|browse|look up|verify|check) (?:the )?(?:real-?time|current|live|up-to-date|latest|recent|external|internet|web|online|specific)\b`+most,
	`(?:as of|up to) my (?:last|latest|most recent) (?:knowledge |training )?(?:update|cut-?off|training)`+most,
	`ich (?:habe|besitze) (?:leider )?kein(?:en|e)? (?:direkten )?(?:zugriff|zugang) (?:auf|zu) (?:aktuelle|das internet|echtzeit|live|externe|konkrete|die aktuellen)`+most, `(?:auf|zu) (?:aktuelle|echtzeit\pL*|externe) `+few+`habe ich (?:leider )?keinen zugriff`+most,
	`je n.ai pas (?:d.)?accès (?:direct )?(?:aux|à) (?:données|informations|internet|tarifs|prix|des données|l.actualité)`+most,
	`no (?:tengo|dispongo de) acceso (?:directo )?a (?:internet|datos|información|los datos|la información|precios|los precios|fuentes)`+most,
	`non ho accesso (?:diretto )?(?:a|ai|alle|agli|all.)\s?(?:internet|dati|informazioni|prezzi|fonti|orari)`+most,
	`ik heb (?:helaas )?geen (?:directe )?toegang tot (?:actuele|internet|het internet|realtime|live|recente|externe|de actuele|gegevens)`+most, `tot (?:actuele|recente|externe) `+few+`heb ik geen toegang`+most,
	`não tenho acesso (?:direto |directo )?(?:a|à|aos|às|ao) (?:internet|dados|informaç.es|preços|fontes|horários)`+most,
	`(?:リアルタイム|最新)の(?:情報|データ|価格)(?:に|へ)(?:は)?アクセス(?:でき|する)[^。\n]*`, `インターネット(?:に|へ)(?:は)?(?:アクセス|接続)(?:できません|できない|する手段)[^。\n]*`,
	`(?:最新|実際)の(?:情報|価格|データ)は(?:私には)?(?:確認できません|分かりません|わかりません|把握しておりません)[^。\n]*`,
), false)

// namedHoles are placeholders that name a field of something: the address of the shop.
//
//nolint:gochecknoglobals // tables, put together once
var namedHoles = branches(words(
	`\[(?:indirizzo|nome|numero|data|orario|prezzo|luogo|telefono|titolo|città|importo|sito|link|dirección|nombre|número|fecha|horario|precio|lugar|teléfono|título|ciudad|importe|enlace|hora|adresse|nom|numéro|date|horaires?|prix|lieu|téléphone|titre|ville|montant|lien|heure|morada|endereço|horário|preço|local|telefone|cidade|valor|ligação|name|nummer|datum|uhrzeit|preis|ort|telefonnummer|titel|stadt|betrag|adres|naam|tijd|tijdstip|prijs|plaats|telefoonnummer|stad|bedrag|address|number|time|price|place|phone|title|city|amount)s? (?:del|della|dello|dell.|dei|degli|delle|di|de|de la|de los|de las|du|de l.|des|d.|do|da|dos|das|der|vom|von|van|van de|van het|of|for)[ '][^\]\n]{2,40}\]`,
	`[\[［【][^\]］】\n]{1,16}の(?:住所|名前|名称|電話番号|日時|日付|時間|価格|金額|場所|url|リンク)[\]］】]`,
), true)

// linesOf returns one pattern for each introduction, at the beginning of a line.
func linesOf(all ...string) group {
	return sync.OnceValue(func() []*pattern {
		out := make([]*pattern, 0, len(all))
		for _, one := range all {
			out = append(out, atLine(words(one)))
		}
		return out
	})
}
