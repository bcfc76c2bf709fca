package compose_test

import (
	"strings"

	"vellocity/internal/compose"
	"vellocity/internal/domain"
)

// briefs are briefs as people write them, one or more for each format, and the kinds
// that are hard: fragments, no points, several languages, very long ones.
var briefs = map[string]compose.Brief{
	"launch": {
		Topic: "Introducing Tidewater 4.0, the berth planner for small ports",
		KeyPoints: []string{
			"Tidewater 4.0 shows every berth, crane and pilot on one plan",
			"Conflicts between two ships appear before they are confirmed",
			"Made for ports with 2 to 12 berths",
			"Does not yet import tide tables from the UK Hydrographic Office",
		},
		Facts: []string{
			"Available from 8 September 2026 in the EU and Norway",
			"Price: €390 per month for each port, all users included",
			"In the beta, 9 ports cut the waiting time of ships from 11 hours to 7 (median).",
		},
		Keywords: []string{"berth planning", "small ports"}, CallToAction: "Book a demo at tidewater.example/demo",
	},
	"faq": {
		Topic: "FAQ: the payroll delay of 27 February",
		KeyPoints: []string{
			"Did everyone get paid late? No. 412 of 1,960 employees were paid on 1 March instead of 27 February.",
			"Why did it happen? The bank rejected a file because it held two records with the same number.",
			"Do I have to do anything?", "No.",
			"Will fees of my bank be refunded? Yes, if you send the statement by 31 March.",
			"Can it happen again?",
		},
		Facts:        []string{"All missing salaries arrived by 1 March, 14:20."},
		CallToAction: "Send statements to payroll@example.com",
	},
	"notice": {
		Topic: "Closing of the Mill Road swimming pool from 6 July",
		KeyPoints: []string{
			"The Mill Road swimming pool closes on 6 July because its roof has to be replaced.",
			"Members can use the pool in Harper Street with the same card",
			"Courses for children move to Harper Street and keep their times.",
			"You do not need to change your membership",
		},
		Facts:        []string{"Reopening: 2 November 2026", "Cost of the roof: £1.4m", "Phone: 01632 960 411, 9:00 to 17:00"},
		CallToAction: "See the new timetable at millroad.example/summer",
	},
	"listing": {
		Topic: "AWS Marketplace listing for Saltmarsh Backup",
		KeyPoints: []string{
			"Saltmarsh Backup copies PostgreSQL and MySQL databases to a second region every 15 minutes.",
			"Restores one table without touching the others",
			"Keeps the keys in your own account",
			"Reports each failed copy to Slack and by e-mail",
		},
		Facts: []string{
			"Runs on Kubernetes 1.28 or later", "Price: $0.08 per GB and month", "30 days free trial",
			"Support: working days, reply within 4 hours", "Supported versions: PostgreSQL 13 to 17, MySQL 8.0",
		},
		CallToAction: "Subscribe on AWS Marketplace",
	},
	"comparison": {
		Topic: "Heat pump vs gas boiler for a terraced house",
		KeyPoints: []string{
			"Purchase: a heat pump costs £9,500 after the grant; a gas boiler costs £3,100",
			"Running costs: a heat pump takes £780 a year; a gas boiler takes £960 a year",
			"A heat pump needs room for a tank",
			"A heat pump also cools in summer",
			"A gas boiler is installed in one day",
			"Choose by the state of your radiators first, since low temperatures need large ones.",
		},
		Facts: []string{"Prices are from three offers of May 2026 for a house of 95 m²."},
	},
	"job": {
		Topic: "Job ad: boat builder (wood) in Whitby",
		KeyPoints: []string{
			"We are hiring a boat builder (wood) for our yard in Whitby.",
			"You repair the planking and decks of fishing boats",
			"You build one new boat a year with a team of three",
			"Three years of experience with wooden boats",
			"Driving licence required",
			"Nice to have: knowledge of steam bending",
		},
		Facts:        []string{"£34,000 to £39,000 a year", "37 hours a week", "28 days of holiday", "Start: 1 October 2026", "We are nine people and have built boats since 1961."},
		CallToAction: "Send your CV to yard@example.com by 31 August",
	},
	"how-to": {
		Topic: "How to repot an orchid",
		KeyPoints: []string{
			"Water the orchid the day before so that the roots bend",
			"Take it out and shake off the old bark",
			"Cut off roots that are brown and hollow",
			"Set it into fresh bark and fill the gaps with a stick",
			"Wait a week before you water it again",
			"Avoid soil: the roots need air",
		},
		Facts: []string{"You need coarse bark, a clear pot one size larger and clean scissors", "Repot every two to three years."},
	},
	"list": {
		Topic: "7 tips for quieter open-plan offices",
		KeyPoints: []string{
			"Move the printer. It is the loudest thing in most rooms, and nobody needs it at hand.",
			"Give phone calls a room of their own",
			"Put a carpet under the tables where people meet",
			"Agree on two quiet hours a day. Ours are from 9:00 to 11:00.",
		},
		Facts: []string{"After the carpet, the sound level at the meeting table fell from 64 to 58 dB."},
	},
	"newsletter": {
		Topic: "Autumn newsletter of the Rowan Lane library",
		KeyPoints: []string{
			"Longer hours: we are open until 20:00 on Thursdays from 1 October.",
			"A new reading room. The old map store has become a reading room with 14 desks and no phones.",
			"Reading with dogs: children read to Bruno and Flake every second Saturday at 10:30.",
			"Late fees are gone",
		},
		Facts:        []string{"Book sale: Saturday 17 October, 9:00 to 13:00", "Membership stays free"},
		CallToAction: "Reserve a desk at rowanlane.example",
	},
	"report": {
		Topic: "Warehouse report Q3 2026",
		KeyPoints: []string{
			"Picking errors fell in all four halls",
			"Overtime rose because two night shifts had no leader until August.",
			"A third night shift is planned for November",
		},
		Facts: []string{
			"Orders picked: 418,220 (Q2: 391,004)", "Errors per 1,000 lines: 2.1 (Q2: 3.4)", "Overtime: 3,870 hours",
			"Hall A 1.6, hall B 2.0, hall C 2.2, hall D 2.9 errors per 1,000 lines", "Sick leave: 4.8%",
			"Cost per order: €1.92, down from €2.05",
		},
		Sources: []string{"Warehouse system, export of 2 October 2026"},
	},
	"story": {
		Topic: "Customer story: Fenwick Dairy and the shared order book",
		KeyPoints: []string{
			"Fenwick Dairy delivers milk and yogurt to 340 shops around Leeds.",
			"Before, shops phoned in their orders and two people typed them from 5:00 in the morning.",
			"In March 2026 the dairy moved to a shared order book that shops fill in themselves.",
			"Shops without a computer use a tablet that the driver carries.",
		},
		Facts:        []string{"Typing fell from 4 hours a day to 25 minutes.", "Wrong deliveries: 31 in February, 6 in May", "“I have breakfast with my children again,” says Maud Ellery, head of dispatch."},
		CallToAction: "Ask for a trial of the order book",
	},
	"event": {
		Topic: "Open day at the Kestrel observatory",
		KeyPoints: []string{
			"The Kestrel observatory opens its dome to visitors for one day.",
			"Talk by Dr. Ines Okafor about the moons of Saturn", "Building a sundial, for children from 6 years",
			"The telescope shows the sun until 17:00",
		},
		Facts:        []string{"Sunday 13 September 2026, 11:00 to 22:00", "Kestrel Hill 4, bus 27 to the last stop", "Free entry", "Parking is for people with a blue badge only."},
		CallToAction: "Register for the talk by 6 September",
	},
	"rich": {
		Topic: "Moving a small support team to a shared inbox", Keywords: []string{"shared inbox", "support team"},
		KeyPoints: []string{
			"A shared inbox shows who is answering what, so no customer gets two different replies.",
			"Start with one mailbox and move the rest once the team trusts it",
			"Write saved replies only for questions that came up at least three times",
		},
		Facts: []string{
			"In a four-week pilot, our team of 6 cut the median first reply from 9 hours to 2.",
			"41 of 160 conversations in March asked one of the same five questions.",
		},
		Sources: []string{"Harborline pilot log, March 2026"}, CallToAction: "Try Harborline with one mailbox for two weeks",
	},
	"topic":    {Topic: "cloud cost optimization"},
	"tips":     {Topic: "10 tips for better sleep"},
	"question": {Topic: "Why do small teams lose customer e-mails?", KeyPoints: []string{"Nobody owns a message that everybody can see", "Forwarding hides who has answered, so two people reply or none does"}},
	"fragments": {
		Topic: "Remote onboarding", KeyPoints: []string{"A buddy for the first month", "Laptop shipped early", "One page of contacts", "Weekly check-ins"},
	},
	"passage": {
		Topic: "Our move to four-day weeks", Words: 400,
		Sources: []string{"We tried the four-day week in two teams from May to July. Both teams kept their targets. Sick days fell from 14 to 9.\n\n" +
			"Support was harder, since customers write on Fridays too. The support team now works in two shifts. We will decide in October whether to go on."},
	},
	"banned": {
		Topic: "Planning a product launch", KeyPoints: []string{"Don't promise dates that the team hasn't agreed to", "Users want to know what changes; tell them first"},
		Facts: []string{"Our last launch slipped by 3 weeks"},
		BrandVoice: &domain.BrandVoice{
			Tone: []string{"formal"}, PreferredTerms: []domain.PreferredTerm{{Use: "customers", InsteadOf: "users"}},
		},
	},
	"german": {
		Topic: "Wärmepumpen im Altbau: was vor dem Einbau zu klären ist", Language: "de",
		KeyPoints: []string{
			"Vorlauftemperatur: Unter 55 Grad arbeitet die Wärmepumpe sparsam.",
			"Heizkörper prüfen. Oft genügt es, zwei oder drei kleine Heizkörper gegen größere zu tauschen.",
			"Der Schallschutz zum Nachbarn bestimmt den Platz für das Außengerät.",
		},
		Facts:        []string{"Im Haus unserer Familie aus dem Jahr 1962 sank der Verbrauch von 28.000 auf 7.900 kWh im Jahr.", "Die Förderung betrug 30 % der Kosten."},
		CallToAction: "Termin für eine Beratung vereinbaren",
	},
	"german-job": {
		Topic: "Stellenanzeige: Bäckerin oder Bäcker in Görlitz", Language: "de",
		KeyPoints:    []string{"Wir suchen eine Bäckerin oder einen Bäcker für unsere Backstube in Görlitz.", "Sie führen den Sauerteig und backen Brot für vier Läden", "Abgeschlossene Ausbildung oder drei Jahre Erfahrung"},
		Facts:        []string{"17,20 € pro Stunde, Nachtzuschlag extra", "30 Tage Urlaub"},
		CallToAction: "Bewerbung an backstube@example.de",
	},
	"french": {
		Topic: "Portes ouvertes à la cidrerie du Val", Language: "fr",
		KeyPoints:    []string{"La cidrerie du Val ouvre ses portes pour la récolte.", "Visite du pressoir toutes les heures", "Dégustation de trois cidres"},
		Facts:        []string{"Samedi 3 octobre 2026, de 10 h à 18 h", "Entrée gratuite", "12, rue du Pressoir, Lisieux"},
		CallToAction: "Réservez votre visite sur cidrerie.example",
	},
	"spanish": {
		Topic: "Cómo conservar el aceite de oliva", Language: "es",
		KeyPoints: []string{"Guarde la botella en un armario cerrado", "Cierre bien el tapón después de usarla", "Consuma el aceite en tres meses"},
		Facts:     []string{"La luz cambia el sabor en dos semanas."},
	},
	"japanese": {
		Topic: "共有受信箱の使い方", Language: "ja",
		KeyPoints: []string{"最初に一つのメールアドレスを共有受信箱に移します。", "担当者を決めてから返信します。", "返信が終わったら完了の印を付けます。"},
		Facts:     []string{"試験期間中、最初の返信は9時間から2時間に短縮されました。"},
	},
	"italian":       {Topic: "La nuova stagione del teatro Verdi", Language: "it", KeyPoints: []string{"Sei opere e due balletti", "La prima è il 12 ottobre."}, Facts: []string{"Abbonamento: 180 €"}, CallToAction: "Prenota il posto"},
	"italian-topic": {Topic: "La nuova stagione del teatro Verdi", Language: "it", Keywords: []string{"teatro", "opera"}},
}

// post puts a whole article together.
func post(b compose.Brief) (a compose.Article, body string) {
	if b.Sections == 0 {
		b.Sections = 8
	}
	a = compose.NewArticle(b)
	var out []string
	for _, p := range a.Parts {
		text := p.Text
		if p.Heading != a.Title {
			text = "## " + p.Heading + "\n\n" + text
		}
		out = append(out, text)
	}
	return a, compose.Voiced(strings.Join(out, "\n\n"), b.BrandVoice)
}
