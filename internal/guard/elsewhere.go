package guard

import "regexp"

// The leftovers of a model in German, French, Spanish, Italian, Portuguese, Dutch and Japanese; [residue.go]
// has them in English.
//
//nolint:gochecknoglobals // tables, put together once
var (
	injectionElsewhere = branches(words(
		"(?:ignoriere|vergiss|vergesst|missachte)n? (?:sie )?(?:bitte )?(?:alle )?(?:deine |ihre |eure |die |meine )?(?:vorherigen|bisherigen|obigen|vorigen|früheren|vorangegangenen|ursprünglichen) (?:anweisungen|regeln|instruktionen|vorgaben|befehle)",
		"(?:vorherigen|bisherigen|obigen|vorigen|früheren|vorangegangenen) (?:anweisungen|regeln|instruktionen|vorgaben) (?:zu )?(?:ignorieren|vergessen|missachten)", "(?:vorige|eerdere|voorgaande|bovenstaande) (?:instructies|aanwijzingen|regels) (?:te )?(?:negeren|vergeten)",
		"(?:ignoriere|missachte)n? (?:sie )?alles (?:oben|obige|bisherige|vorherige|vorangegangene|davor)",
		"(?:ignore[zr]?|oublie[zr]?) (?:toutes )?(?:les |tes |vos |mes )?(?:instructions|consignes|règles|directives) (?:précédentes|ci-dessus|antérieures|initiales|d.origine)", "ignore[zr]? tout ce qui (?:précède|est écrit ci-dessus)",
		"(?:ignora|olvida|ignore|olvide) (?:todas )?(?:las |tus |sus |mis )(?:anteriores )?(?:instrucciones|reglas|indicaciones|órdenes)(?: que te dieron)? ?(?:anteriores|previas|de arriba|originales)?", "(?:ignora|ignore) todo lo (?:anterior|de arriba|escrito arriba)",
		"(?:ignora|dimentica|ignorate|dimenticate) (?:tutte )?(?:le )?(?:tue |mie |vostre )?(?:precedenti )?(?:istruzioni|regole|indicazioni|direttive) (?:precedenti|di cui sopra|originali|iniziali|ricevute)", "(?:ignora|ignorate) tutto (?:quanto|ciò che|quello che) (?:precede|sopra|è scritto sopra)",
		"(?:ignore|ignora|esqueça|esquece) (?:todas )?(?:as )?(?:tuas |suas |minhas )?(?:instruções|regras|indicações|ordens) (?:anteriores|acima|prévias|originais|iniciais)", "(?:ignore|ignora) tudo o que (?:está acima|veio antes|foi dito antes)",
		"(?:negeer|vergeet) (?:alle )?(?:je |jouw |uw |mijn |de |al je |al uw )?(?:vorige|eerdere|voorgaande|bovenstaande|oorspronkelijke) (?:instructies|aanwijzingen|regels|opdrachten)", "negeer alles (?:hierboven|wat hierboven staat|wat hiervoor staat)",
		"(?:以前|これまで|今まで|上記|先ほど|前|元)の(?:すべての)?(?:指示|命令|ルール|内容)(?:を|は)(?:すべて|全て|全部)?(?:無視|忘れ)",
		"(?:gib|gebt|geben sie|zeige?|nenne?|verrate?) (?:mir )?(?:den|deinen|ihren) system-?prompt", "(?:affiche[zr]?|montre[zr]?|révèle[zr]?|donne[zr]?)(?:-moi)? (?:le|ton|votre) (?:prompt|invite) (?:du )?système",
		"(?:muestra|muéstrame|revela|enseña|imprime) (?:el|tu|su) prompt del? sistema", "(?:mostra|mostrami|rivela|stampa) (?:il|il tuo) prompt di sistema", "(?:mostre|mostra|revele|revela|imprima) o (?:seu |teu )?prompt d[eo] sistema", "(?:toon|geef|onthul) (?:mij )?(?:de|je|jouw|uw) systeemprompt", "システムプロンプトを(?:表示|出力|見せ|教え|公開)",
	), false)
	refusalElsewhere = words(
		"als (?:ki|ai)[- ]?(?:sprachmodell|modell|assistent)[^.!?\\n]*", "als (?:großes )?sprachmodell (?:kann|habe|bin|darf)[^.!?\\n]*", "als (?:künstliche intelligenz|ki) (?:kann|habe|darf|bin) ich[^.!?\\n]*",
		"(?:es tut mir leid|tut mir leid|entschuldigung|ich bedauere),? (?:aber )?(?:ich kann|ich bin nicht in der lage|(?:dabei|damit|hierbei|diese \\pL+|diesen \\pL+|das) kann ich)[^.!?\\n]*(?:nicht|keine[nm]?)\\b[^.!?\\n]*(?:helfen|schreiben|erstellen|erfüllen|beantworten|weiterhelfen)",
		"en tant qu(?:e modèle de langage|.(?:ia|intelligence artificielle|assistant ia)),? je[^.!?\\n]*", "en tant que modèle de langage[^.!?\\n]*",
		"(?:je suis |je regrette|)(?:désolée?)?,? (?:mais )?je ne (?:peux|puis|suis) pas (?:en mesure de )?(?:vous aider|t.aider|aider|répondre à (?:cette|votre|ta)|fournir (?:ce|cette|un)|créer (?:ce|cette)|générer|rédiger (?:ce|cette|un|de|d.))[^.!?\\n]*",
		"como (?:un )?modelo de lenguaje[^.!?\\n]*", "como (?:una )?(?:ia|inteligencia artificial),? no (?:puedo|tengo)[^.!?\\n]*", "(?:lo siento|lo lamento|disculpa|disculpe|perdona|perdone),? (?:pero )?no (?:puedo|me es posible|estoy en condiciones de) (?:ayudar|cumplir|generar|escribir|proporcionar|crear|responder|atender|redactar|continuar)[^.!?\\n]*",
		"(?:in quanto|come) (?:un )?modello linguistico[^.!?\\n]*", "(?:in quanto|come) (?:ia|intelligenza artificiale),? non (?:posso|ho)[^.!?\\n]*", "(?:mi dispiace|mi spiace|spiacente|scusa|scusate),? (?:ma )?non (?:posso|sono in grado di|mi è possibile) (?:aiutar|fornir|crear|scriver|generar|risponder|soddisfar|rediger|continuar)[^.!?\\n]*",
		"como (?:um )?modelo de linguagem[^.!?\\n]*", "como (?:uma )?(?:ia|inteligência artificial),? (?:eu )?não (?:posso|tenho)[^.!?\\n]*", "(?:desculpe|desculpa|peço desculpas?|lamento|sinto muito),? (?:mas )?(?:eu )?não (?:posso|consigo|sou capaz de|me é possível) (?:te |lhe |o |a )?(?:ajudar|fornecer|criar|escrever|gerar|atender|responder|redigir|continuar)[^.!?\\n]*",
		"als (?:een )?(?:groot |ai[- ]?)?taalmodel[^.!?\\n]*", "als ai[- ]?(?:model|assistent),? [^.!?\\n]*", "(?:het spijt me|sorry|helaas|excuses),? (?:maar )?(?:ik kan|(?:daar|hier|dat|dit|daarmee|hiermee|deze \\pL+|dit \\pL+) kan ik) (?:je |u |hier |dit |dat |daar |hiermee |daarmee )*(?:niet|geen)[^.!?\\n]*(?:helpen|schrijven|maken|voldoen|beantwoorden|genereren)", "(?:mijn|mes|meine|mis|i miei|os meus|meus) (?:trainingsdata|trainingsgegevens|données d.entraînement|trainingsdaten|datos de entrenamiento|dati di addestramento|dados de (?:treino|treinamento))", "(?:私の)?学習データは[^。\\n]{0,20}まで",
		"(?:大規模)?言語モデル(?:として|である(?:私|ため))[^。\\n]*", "aiアシスタントとして[^。\\n]*", "aiとして、私[^。\\n]*", "私はai(?:です|なので|である)[^。\\n]*", "申し訳ありませんが、(?:その|この|ご)[^。\\n]{0,20}(?:お答え|お応え|お受け|応じ|お手伝い|提供|対応|作成|回答|生成|執筆|お力になれ)[^。\\n]{0,8}(?:できません|られません|かねます|いたしかねます|することはできません)",
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
		"ich hoffe,? (?:dass )?(?:dieser|der|diese|die|dieses|das|mein) (?:entwurf|text|beitrag|artikel|fassung|version|vorschlag)[^.!?\\n]*", "(?:soll ich|möchten sie,? dass ich|möchtest du,? dass ich|wünschen sie,? dass ich) [^.!?\\n]{0,60}(?:kürzen|kürze|ändern|ändere|anpassen|anpasse|umschreiben|umschreibe|überarbeiten|überarbeite|ergänzen|ergänze|übersetzen|übersetze|länger|kürzer|hinzufüge|hinzufügen)\\b[^.!?\\n]*",
		"j.espère que (?:ce|cet|cette|le|la|mon) (?:texte|article|brouillon|version|proposition|ébauche|billet)[^.!?\\n]*", "(?:souhaitez|voulez|désirez)-vous que je [^.!?\\n]*", "(?:veux|souhaites|voudrais)-tu que je [^.!?\\n]*",
		"espero que (?:este|esta|el|la|mi) (?:texto|artículo|borrador|versión|propuesta|entrada)[^.!?\\n]*", "(?:quieres|quiere|deseas|desea|te gustaría|le gustaría) que (?:yo )?(?:te |le |lo |la |les |los |las )?(?:haga|escriba|reescriba|cambie|modifique|acorte|alargue|añada|adapte|ajuste|traduzca|amplíe)[^.!?\\n]*",
		"spero che (?:questo|questa|il|la) (?:testo|articolo|bozza|versione|proposta|post)[^.!?\\n]*", "(?:vuoi|vuole|desideri|desidera|preferisci) che (?:io )?(?:ti |le |lo |la |li )?(?:accorci|scriva|riscriva|modifichi|cambi|aggiunga|adatti|allunghi|traduca|renda|faccia)[^.!?\\n]*",
		"espero que (?:este|esta|o|a) (?:texto|artigo|rascunho|versão|proposta|post)[^.!?\\n]*", "(?:quer|queres|gostaria|gostarias|deseja) que (?:eu )?(?:te |lhe |o |a |os )?(?:encurte|escreva|reescreva|altere|mude|modifique|acrescente|adicione|adapte|ajuste|traduza|torne|faça)[^.!?\\n]*",
		"ik hoop dat (?:deze|dit|de|het|mijn) (?:tekst|artikel|concept|versie|voorstel|blog|blogpost|stuk)[^.!?\\n]*", "(?:zal ik|wil je dat ik|wilt u dat ik|moet ik) [^.!?\\n]{0,60}(?:korter|langer|inkorten|inkort|aanpassen|aanpas|herschrijven|herschrijf|wijzigen|wijzig|vertalen|vertaal|toevoegen|toevoeg)\\b[^.!?\\n]*",
		"(?:もっと|もう少し|さらに|別の)[^。\\n]{0,20}(?:しましょうか|いたしましょうか|お作りしましょうか|書き直しましょうか)", "(?:ご希望|ご要望|ご期待)に(?:沿|添)[^。\\n]{0,20}(?:幸い|嬉しい|うれしい)[^。\\n]*",
		"lassen sie (?:es )?mich wissen,? (?:wenn|falls|ob) (?:sie|ich|du)[^.!?\\n]*", "sag(?:en sie)? (?:mir )?(?:einfach )?bescheid,? (?:wenn|falls) (?:ich|du|sie)[^.!?\\n]*(?:anpassen|ändern|überarbeiten)[^.!?\\n]*", "ich hoffe,? (?:das|dies) hilft[^.!?\\n]*",
		"j.espère que (?:cela|ça) (?:vous |t.)?aide[^.!?\\n]*", "n.hésitez pas à me (?:dire|demander|faire savoir)[^.!?\\n]*", "espero que (?:esto )?(?:te|le|les) (?:ayude|sea útil)[^.!?\\n]*", "(?:hazme|házme|déjame|avísame) (?:saber )?si (?:necesitas|quieres|deseas)[^.!?\\n]*",
		"spero che (?:questo )?(?:ti|vi|le) (?:sia utile|aiuti)[^.!?\\n]*", "fammi sapere se (?:vuoi|hai bisogno|desideri) (?:che|di|altr\\pL+|pi.|ulterior\\pL+|qualche|modific\\pL+|cambi\\pL+|qualcosa|aiuto)[^.!?\\n]*", "espero ter ajudado[^.!?\\n]*", "(?:me avise|me diga|avise-me) se (?:precisar|quiser|desejar)[^.!?\\n]*",
		"ik hoop dat dit (?:helpt|u helpt|je helpt)[^.!?\\n]*", "laat (?:het )?me (?:gerust )?weten (?:als|of) (?:je|u|ik)(?: (?:\\pL+ ){0,3}(?:nog|nodig|iets|meer|verder|hulp|anders|aanpas\\pL*|wijzig\\pL*|kan helpen))[^.!?\\n]*", "(?:他に|さらに)[^。\\n]{0,20}(?:修正|ご要望|変更)[^。\\n]{0,20}(?:お知らせ|お申し付け)[^。\\n]*",
	)
	holeElsewhere = words(
		"\\[[^\\]\\n]{1,40} (?:einfügen|eintragen|einsetzen|ergänzen|à insérer|à compléter|a insertar|a completar|da inserire|a inserir|a preencher|invoegen|invullen|toevoegen)\\]",
		"\\[\\pL{3,20}(?:datum|name|adresse|nummer|preis|titel|prijs|naam)\\]", "[\\[［【][^\\]］】\\n]{1,20}を(?:入力|記入|挿入|追加)[^\\]］】\\n]{0,6}[\\]］】]",
		"\\[(?:nome|nombre|nom|naam|name|cognome|apellido|prénom) (?:del?|do|da|du|des|della|dell.|di|van|van de|der)? ?\\pL{3,20}\\]", "\\[(?:data|local)\\]", "\\[(?:ort|uhrzeit|adresse|anschrift|straße|telefonnummer|telefon|produkt|position|betreff|absender|empfänger|lieu|heure|adresse|ville|prix|montant|produit|téléphone|intitulé|poste|fecha|lugar|hora|teléfono|correo|dirección|ciudad|precio|importe|producto|cargo|asunto|luogo|ora|telefono|indirizzo|città|prezzo|importo|prodotto|ruolo|oggetto|morada|endereço|cidade|preço|valor|produto|telefone|assunto|cargo|datum|locatie|plaats|tijd|adres|telefoonnummer|prijs|bedrag|onderwerp|functie)(?: (?:einfügen|eintragen|ergänzen|à compléter|à insérer|a completar|da inserire|a inserir|invullen|hier))?\\]",
		"\\[(?:ihr|dein|firmenname|firma|produktname|vorname|nachname|datum|hier|einfügen|bitte)\\b[^\\]\\n]{0,40}\\]", "\\[(?:votre|nom (?:de|du)|insérer|ajouter|prénom)\\b[^\\]\\n]{0,40}\\]",
		"\\[(?:nombre|apellidos?|empresa|nome|cognome|azienda|sobrenome|nom|prénom|entreprise|société|naam|voornaam|achternaam|ort|stadt|preis|betrag)\\]", "\\[(?:su|tu|nombre (?:de|del)|insertar|añadir|fecha) ?\\b[^\\]\\n]{3,40}\\]", "\\[(?:il tuo|la tua|nome (?:dell|del|della|da|do)|inserire|inserisci|vostro)[^\\]\\n]{1,40}\\]",
		"\\[(?:seu|sua|inserir|insira|adicionar)\\b[^\\]\\n]{0,40}\\]", "\\[(?:uw|jouw|bedrijfsnaam|productnaam|naam van|invoegen|voeg)\\b[^\\]\\n]{0,40}\\]", "[\\[［【](?:会社名|お?名前|氏名|お客様名|担当者名|住所|電話番号|製品名|商品名|日付|日時|時間|会場名?|場所|都市|価格|金額|役職|件名|会社|部署名?|ここに)[^\\]］】\\n]{0,30}[\\]］】]", "[〇○◯]{2,}",
	)
)

// blankPattern finds capital X in the place of a figure or a name.
var blankPattern = regexp.MustCompile(`[$€£]\s?X{1,}(?:[.,]X+)*\b|\bX{2,}[.,:]X{2,}\b|\bX{2,3} ?%|\bX{3,}(?:-X{3,})*\b`)
