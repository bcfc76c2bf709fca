package guard

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// What says who somebody is and where they live: US social security numbers, birth dates with a name,
// home addresses.
//
//nolint:gochecknoglobals // expressions, compiled once
var (
	ssnPattern   = compile(`\b\d{3}-\d{2}-\d{4}\b`)
	birthPattern = nearby(words(
		"date of birth",
		"birth ?date",
		"birthday",
		"\\bdob\\b",
		"d\\.o\\.b\\.",
		"\\bborn\\b",
		"geburtsdatum",
		"geb\\.",
		"geboren",
		"geburtstag",
		"date de naissance",
		"fecha de nacimiento",
		"nacid[oa]",
		"nació",
		"data di nascita",
		"nato il",
		"nata il",
		"data de nascimento",
		"nascid[oa]",
		"nasceu",
		"geboortedatum",
		"生年月日",
		"\\d{4}年\\d{1,2}月\\d{1,2}日(?:生まれ|生)",
	))
	bornFrench = regexp.MustCompile(`née? le`)
	// birthDate is a full date right after one of those words.
	birthDate = regexp.MustCompile(`(?i)^[ :：]{0,3}(?:is |ist |est |es |on |am |op |the |le |el |il |em )?` +
		`(?:\d{1,2}(?:st|nd|rd|th|\.|º|er)?[ ./\-](?:de )?(?:\d{1,2}|\pL{3,10})\.?,?[ ./\-](?:de )?\d{4}|\pL{3,10} \d{1,2}(?:st|nd|rd|th)?, \d{4}` +
		`|\d{4}[\-/年]\d{1,2}[\-/月]\d{1,2}日?)`)
	homePattern = nearby(words(
		"(?:lives? at|living at|resid(?:es|ing|ent) at|home address(?: is)?|private address(?: is)?|wohnt (?:in der|in|am|im)|wohnhaft(?: in der| in| am)?|privatadresse(?: ist)?|habite(?: au| à)?|domiciliée?(?: au| à)?|adresse personnelle(?: est)?|vive en(?: la)?|domiciliad[oa] en(?: la)?|"+
			"domicilio(?: particular)?|abita in|residente in|mora na|mora no|reside na|residente na|endereço residencial|woont (?:aan|op|in)(?: de| het)?|woonachtig (?:aan|op)|thuisadres(?: is)?|privéadres(?: is)?)[ :：]{1,2}[^.!?\\n]{0,60}",
		"(?:自宅|住所)(?:は|の住所は|:|：)[^。\\n]{0,30}(?:丁目|番地)[^。\\n]{0,12}",
		"[^。、\\n]{0,30}(?:丁目|番地)[^。、\\n]{0,16}に(?:住|在住|暮ら)",
	))
)

// births returns where a word of birth has a full date after it.
func (t *target) births() (out []prose.Range) {
	text := t.words.Text
	found := t.find(birthPattern)
	if t.bornInFrench() {
		found = append(found, locations(bornFrench, text)...)
	}
	for _, r := range found {
		if strings.HasSuffix(r.In(text), "生") || strings.HasSuffix(r.In(text), "生まれ") { // the date stands before it
			out = append(out, r)
			continue
		}
		if date := birthDate.FindStringIndex(text[r.End:min(len(text), r.End+60)]); date != nil {
			out = append(out, prose.Range{Start: r.Start, End: r.End + date[1]})
		}
	}
	return out
}

// bornInFrench reports whether the text has the words that are too short for the gate.
func (t *target) bornInFrench() bool {
	return strings.Contains(t.words.Text, "né le ") || strings.Contains(t.words.Text, "née le ")
}

// streets are words, and ends of words, that name a street.
const streets = " street st road rd avenue ave lane ln drive dr court ct way close terrace place square boulevard blvd crescent rue avenida calle " +
	"paseo plaza via viale corso piazza rua travessa alameda praça chemin allée straße strasse gasse platz weg ring damm ufer laan plein straat gracht "

// streetEnds are the ends of street names that are one word.
func isStreet(word string) bool {
	w := strings.ToLower(word)
	if among(streets, w) {
		return true
	}
	for _, end := range []string{
		"straße", "strasse", "straat", "gasse", "weg", "allee", "platz", "plein", "laan", "gracht", "kade", "ring", "damm",
	} {
		if strings.HasSuffix(w, end) && len(w) > len(end) {
			return true
		}
	}
	return strings.HasSuffix(w, "str")
}

// validHome asks for a street and a number after the words.
func validHome(text string, r prose.Range) bool {
	street, number := strings.Contains(r.In(text), "丁目") || strings.Contains(r.In(text), "番地"), false
	for _, w := range prose.Words(r.In(text)) {
		street = street || isStreet(w)
		number = number || isDigit(w[0])
	}
	return street && number
}

// validBirth asks for a label or a person's name before it, and for a year in which somebody alive was born.
func validBirth(text string, r prose.Range) bool {
	s := r.In(text)
	year := 0
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }) {
		if len(w) == 4 {
			year = int(w[0]-'0')*1000 + int(w[1]-'0')*100 + int(w[2]-'0')*10 + int(w[3]-'0')
		}
	}
	if year < 1920 || year > 2035 {
		return false
	}
	label := strings.ToLower(s)
	if strings.Contains(s, "日生") {
		return true
	}
	for _, p := range []string{"date", "birth", "d.o.b", "dob", "geburts", "fecha", "data ", "geboorte", "生年"} {
		if strings.HasPrefix(label, p) {
			return true
		}
	}
	return named(text, r.Start)
}

// named reports whether two words with a capital stand side by side before an offset, in the same sentence.
func named(text string, at int) bool {
	part := text[max(0, at-80):at]
	if i := strings.LastIndexAny(part, ".!?\n"); i >= 0 {
		part = part[i+1:]
	}
	before := false
	for _, w := range strings.Fields(part) {
		r := []rune(w)
		capital := unicode.IsUpper(r[0]) && len(r) > 1 && unicode.IsLower(r[1])
		if capital && before {
			return true
		}
		before = capital && !strings.HasSuffix(w, ",")
	}
	return false
}

// validSSN checks what the Social Security Administration never issues: area 000, 666 and 900 to 999, group
// 00, serial 0000. It asks for the words beside it, since part numbers look alike.
func validSSN(text string, r prose.Range) bool {
	s := r.In(text)
	if inToken(text, r) || s[:3] == "000" || s[:3] == "666" || s[0] == '9' || s[4:6] == "00" || s[7:] == "0000" {
		return false
	}
	around := strings.ToLower(text[max(0, r.Start-60):r.Start] + " " + text[r.End:min(len(text), r.End+40)])
	return strings.Contains(around, "ssn") || strings.Contains(around, "social security") ||
		strings.Contains(around, "soc. sec")
}

// roles are names of mailboxes that belong to a task and not to a person.
const roles = " support sales info hello contact help team press media marketing office jobs careers billing accounts service services kontakt " +
	"security privacy legal abuse admin webmaster postmaster noreply no-reply newsletter feedback orders booking bookings events hr hi mail " +
	"vertrieb hilfe presse bewerbung rechnung datenschutz contacto ventas ayuda soporte prensa contatti vendite assistenza supporto contato vendas " +
	"suporte ajuda verkoop klantenservice contacteer aide ventes presse welcome customers customerservice customer-service partners partner " +
	"editor editorial reception enquiries inquiries reservations returns shop store studio training volunteer volunteers donate membership members " +
	"tickets community hiring recruitment talent finance invoices payments dpo gdpr compliance investors ir pr subscriptions rsvp school library club " +
	"committee wholesale sponsors web dev api status ops desk frontdesk letters tips research advertising ads parking visit tours " +
	"zentrale buchhaltung verwaltung sekretariat einkauf personal karriere werkstatt praxis empfang redaktion anmeldung reservierung bestellung anfrage " +
	"anfragen auskunft kasse rathaus gemeinde schule verein kundenservice kundendienst mitglieder spenden bibliothek " +
	"accueil secretariat comptabilite recrutement reservation reservations commande commandes redaction communication adhesion boutique mairie clients " +
	"bienvenue devis candidatures billetterie prensa recepcion administracion secretaria reservas pedidos empleo facturacion comunicacion atencion " +
	"clientes redaccion tienda taquilla hola citas matricula stampa ufficiostampa segreteria amministrazione prenotazioni ordini lavoro redazione direzione " +
	"accoglienza commerciale negozio risorseumane biglietteria ciao clienti imprensa geral encomendas recrutamento faturacao atendimento redacao loja sac " +
	"comercial bilheteira ola pers receptie administratie secretariaat boekhouding reserveren reserveringen bestellingen vacatures redactie winkel " +
	"karten kurse termine veranstaltungen entradas billets biglietti bilhetes kaarten eventi corsi cours cursos cursussen eventos evenements " +
	"toiawase otoiawase soudan uketsuke saiyo kouhou jimukyoku madoguchi yoyaku kippu " +
	"communicatie leden balie hallo gemeente kaartverkoop abonnementen " +
	"boxoffice lettings bursar parish admissions catering kitchen warehouse dispatch claims complaints safeguarding secretary treasurer chair chairman " +
	"president moderator reservation hire hires bakery garden gallery museum archive archives workshop workshops courses classes sport sports fundraising " +
	"notdienst bereitschaft stoerung stoerungen hotline leitung geschaeftsfuehrung gf vorstand sekretaer schatzmeister kanzlei apotheke labor lager versand " +
	"reklamation retoure retouren bewerbungen ausbildung veranstaltung pressestelle beratung termin tickets museum archiv kita pfarramt pfarrbuero buero info-buero " +
	"compta direction standard urgence urgences sav livraison livraisons depannage rh formation stages inscription inscriptions tresorier presidence bureau " +
	"cabinet pharmacie atelier musee mediatheque ecole creche paroisse partenariats partenariat benevoles locations location visites groupes evenementiel " +
	"almacen envios devoluciones reclamaciones urgencias averias rrhh formacion inscripciones presidencia tesoreria direccion despacho farmacia taller museo " +
	"biblioteca colegio parroquia voluntarios alquiler visitas grupos proveedores compras incidencias sugerencias informacion oficina secretariat matriculas " +
	"magazzino spedizioni resi reclami emergenze guasti formazione iscrizioni presidenza tesoreria studio farmacia officina museo biblioteca scuola parrocchia " +
	"volontari noleggio visite gruppi fornitori acquisti informazioni ufficio risorse hr selezione curriculum " +
	"meldpunt magazijn verzending retouren klachten storing storingen opleiding inschrijving inschrijvingen voorzitter penningmeester bestuur secretaris " +
	"kantoor apotheek werkplaats bibliotheek school vrijwilligers verhuur rondleidingen groepen inkoop informatie bureau facturen facturatie onthaal sollicitatie " +
	"armazem envios devolucoes reclamacoes urgencias avarias formacao inscricoes presidencia tesouraria direcao escritorio farmacia oficina biblioteca escola " +
	"paroquia voluntarios aluguer visitas grupos fornecedores compras informacoes informacao rh marcacoes marcacao consultas contabilidade " +
	"shinsei shuzai kouhoubu jinji soumu eigyo hanbai tenpo honsha yoyakus kyujin saiyou " +
	"socios soci adherents marchandises direttore "

// roleStems are long enough to stand in a compound: ledenadministratie@, kundenservice@. A name does not hold them.
//
//nolint:gochecknoglobals // a list
var roleStems = strings.Fields(
	"administra administratie service dienst secretaria sekretariat buchhaltung boekhouding verwaltung abteilung stelle bureau office support desk " +
		"meldung meldpunt anmeldung bestellung verkoop verkauf vertrieb reserv inschrijv marketing account billing payable receivable booking ticket " +
		"redactie redaktion bewerbung sollicitatie recruit info leitung vorstand bestuur zentrale kontakt contact ufficio atencion atendimento apoio clienti clientes cliente " +
		"comunica communica kommunika prenota fattur factur invoice praktijk praxis apotheke pharmac farmac werkstatt werkplaats bibliot school museum archiv " +
		"toiawase madoguchi jimukyoku jinji saiyo",
)

// freeHosts begin the names of providers where people have mailboxes of their own.
const freeHosts = " gmail googlemail yahoo ymail hotmail outlook live msn icloud me mac aol gmx web t-online freenet arcor posteo mailbox protonmail proton orange wanadoo " +
	"free sfr laposte neuf bbox libero virgilio tiscali alice tin fastwebnet ziggo kpnmail planet xs4all hetnet home telenet skynet sapo iol clix bol uol terra telefonica " +
	"movistar docomo ezweb softbank au nifty eircom btinternet talktalk sky virginmedia comcast verizon att bluewin hispeed sunrise aon chello "

// mayBeRole reports whether nothing says that a mailbox is a person's: one word without digits, at a host of its own,
// in a sentence that names nobody like it. There are more words for tasks than any list holds.
func mayBeRole(text string, r prose.Range) bool {
	local, host, _ := strings.Cut(strings.ToLower(r.In(text)), "@")
	if first, _, _ := strings.Cut(host, "."); among(freeHosts, first) || len(local) < 5 ||
		strings.ContainsFunc(local, func(c rune) bool { return c < 'a' || c > 'z' }) {
		return false
	}
	around := text[max(0, r.Start-100):r.Start] + " " + text[r.End:min(len(text), r.End+60)]
	for _, w := range prose.Words(strings.ToValidUTF8(around, "")) {
		first, _ := utf8.DecodeRuneInString(w)
		if unicode.IsUpper(first) && len(w) > 2 && strings.Contains(local, withoutAccents(strings.ToLower(w))) {
			return false
		}
	}
	return !named(text, r.Start) && !among(titles, lastWordBefore(text, r.Start))
}

// titles stand before the names of people.
const titles = " mr mrs ms herr frau herrn monsieur madame m mme señor señora signor signora dhr mevrouw senhor senhora "

// forRole reports whether an e-mail address belongs to a role: support@, sales-team@, press+eu@.
func forRole(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	first := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '+' || r == '-' || r == '_' })
	if among(roles, local) || len(first) > 0 && among(roles, first[0]) {
		return true
	}
	if len(first) != 1 || local != first[0] || strings.ContainsAny(local, "0123456789") {
		return false // with parts, the others may be a name
	}
	for _, stem := range roleStems {
		if len(local) >= len(stem)+2 && (strings.HasSuffix(local, stem) || len(stem) > 5 && strings.HasPrefix(local, stem)) {
			return true
		}
	}
	return false
}
