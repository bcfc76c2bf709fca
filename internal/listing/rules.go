package listing

import (
	"fmt"
	"strings"
	"unicode"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

func (l page) title() []domain.ScoreCheck {
	return []domain.ScoreCheck{
		length("title-length", "title", l.Title, 6, 20, 60),
		l.has("title-keyword", 5, l.inTitle, "the title"),
		l.calmTitle(),
	}
}

// boasts are what AWS refuses in titles, or what says nothing.
var boasts = []string{
	"best", "#1", "number one", "leading", "ultimate", "world-class", "cheapest", "free", "aws certified",
}

func (l page) calmTitle() domain.ScoreCheck {
	const weight = 4
	if l.Title == "" {
		return check("title-tone", weight, false, "The title is empty.", "Say what the product is.")
	}
	for _, b := range boasts {
		if len(l.inTitle.Find(b)) > 0 {
			return check("title-tone", weight, false, fmt.Sprintf("The title says “%s”.", b), "Say what the product is instead.")
		}
	}
	if shouts(l.Title) || strings.ContainsRune(l.Title, '!') {
		return check("title-tone", weight, false, "The title shouts.", "Write it in lower case, without an exclamation mark.")
	}
	return check("title-tone", weight, true, "The title says what the product is, without praise.", "")
}

// shouts reports whether a text of several words has no lower-case letter.
func shouts(s string) bool {
	return len(strings.Fields(s)) > 1 && strings.ContainsFunc(s, unicode.IsUpper) &&
		!strings.ContainsFunc(s, unicode.IsLower)
}

func (l page) description() []domain.ScoreCheck {
	delivery := 6
	if l.services() {
		delivery = 11
	}
	return []domain.ScoreCheck{
		length("short-length", "short description", l.ShortDescription, 8, 80, 300),
		l.has("short-keyword", 4, l.inShort, "the short description"),
		length("long-length", "long description", l.LongDescription, 8, 800, 3000),
		l.longKeywords(),
		l.blocks(),
		l.delivery(delivery),
	}
}

func (l page) longKeywords() domain.ScoreCheck {
	const name, weight = "long-keywords", 5
	n := len(l.Keywords)
	if n == 0 {
		return check(name, weight, false, "There are no keywords.", "Add keywords, then use them in the long description.")
	}
	found := 0
	for _, k := range l.Keywords {
		if len(l.inLong.Find(k)) > 0 {
			found++
		}
	}
	return share(name, weight, found, (n+1)/2,
		fmt.Sprintf("The long description contains %d of %s.", found, domain.Plural(n, "keyword")),
		"Use at least half of the keywords where they fit.")
}

// blocks wants a long description that can be skimmed.
func (l page) blocks() domain.ScoreCheck {
	n := 0
	for block := range strings.SplitSeq(strings.ReplaceAll(l.LongDescription, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(block) != "" {
			n++
		}
	}
	return check("long-structure", 4, n >= 3, fmt.Sprintf("The long description has %s.", domain.Plural(n, "paragraph")),
		"Cut it into at least three paragraphs.")
}

// deliveries are the words by which buyers of each kind know what they get, and what to add where none is there.
var deliveries = map[domain.CatalogType]struct {
	words []string
	name  string
	fix   string
}{
	domain.CatalogSaaS: {
		[]string{
			"sign in", "sign up", "subscription", "trial", "per user", "per month", "integration", "browser", "API", "SSO",
		},
		"how it is used or billed",
		"Say how buyers start, and what they pay for: a trial, a plan, a sign-in.",
	},
	domain.CatalogAMI: {
		[]string{"Linux", "Ubuntu", "Windows", "Debian", "Red Hat", "EC2", "instance", "AMI", "machine image", "SSH"},
		"the system that it runs on",
		"Name the operating system and how an instance is launched.",
	},
	domain.CatalogContainer: {
		[]string{"Kubernetes", "EKS", "ECS", "Fargate", "Docker", "Helm", "container", "cluster", "OpenShift"},
		"where it runs",
		"Name where the container runs, such as Amazon EKS or ECS, and how it is installed.",
	},
	domain.CatalogServices: {
		[]string{
			"deliverable", "workshop", "assessment", "report", "training", "migration", "implementation", "week", "day", "hour",
		},
		"what is delivered",
		"Say what is delivered, by whom and how long it takes.",
	},
}

func (l page) delivery(weight int) domain.ScoreCheck {
	d := deliveries[l.kind]
	for _, w := range d.words {
		if len(l.inTexts.Find(w)) > 0 {
			return check("delivery", weight, true, fmt.Sprintf("The texts say %s: “%s”.", d.name, w), "")
		}
	}
	return check("delivery", weight, false, fmt.Sprintf("The texts do not say %s.", d.name), d.fix)
}

func (l page) highlights() []domain.ScoreCheck {
	n := len(l.Highlights)
	good, distinct := 0, map[string]bool{}
	for _, h := range l.Highlights {
		if c := count(h); c >= 30 && c <= 200 {
			good++
		}
		distinct[prose.Same(h)] = true
	}
	return []domain.ScoreCheck{
		share("highlights-count", 7, n, 3, fmt.Sprintf("There are %d of 3 highlights.", n),
			"Add the strongest benefits, three in all."),
		share("highlights-length", 5, good, 3, fmt.Sprintf("%d of 3 highlights have 30 to 200 characters.", good),
			"Write each as one full benefit of 30 to 200 characters."),
		check("highlights-distinct", 3, n > 0 && len(distinct) == n,
			fmt.Sprintf("%d of %d highlights differ.", len(distinct), n), "Give each highlight a benefit of its own."),
	}
}

// keywordRoom is how many characters all keywords may have together, by AWS's own checks of uploads.
const keywordRoom = 250

func (l page) keywords() []domain.ScoreCheck {
	n, used, sum := len(l.Keywords), 0, 0
	for _, k := range l.Keywords {
		sum += count(k)
		if len(l.inTexts.Find(k)) > 0 {
			used++
		}
	}
	return []domain.ScoreCheck{
		share("keywords-count", 6, n, 5, fmt.Sprintf("There are %d keywords; 5 to 15 are found best.", n),
			"Add what buyers search for, at least five."),
		share("keywords-used", 5, used, max(n, 1), fmt.Sprintf("%d of %d keywords are in the texts.", used, n),
			"Use each keyword in a description or a highlight, or remove it."),
		check("keywords-room", 4, n > 0 && sum <= keywordRoom,
			fmt.Sprintf("The keywords have %s together; AWS takes up to %d.", domain.Plural(sum, "character"), keywordRoom),
			"Remove the weakest keywords, or add some where there are none."),
	}
}

func (l page) images() []domain.ScoreCheck {
	logo, video := 6, 4
	if l.services() {
		logo, video = 3, 2
	}
	return []domain.ScoreCheck{
		check("logo", logo, l.LogoURL != "", given(l.LogoURL, "logo"), "Give the https address of a logo."),
		check("video", video, l.VideoURL != "", given(l.VideoURL, "video"), "Give the https address of a short video."),
	}
}

func given(address, noun string) string {
	if address == "" {
		return "There is no " + noun + "."
	}
	return "There is a " + noun + "."
}

func (l page) categories() []domain.ScoreCheck {
	n := len(l.Categories)
	return []domain.ScoreCheck{check("categories-count", 5, n > 0, fmt.Sprintf("There are %d of 3 categories.", n),
		"Choose at least one category of AWS Marketplace.")}
}

func (l page) support() []domain.ScoreCheck {
	reach := strings.ContainsAny(l.Support, "@") || strings.Contains(l.Support, "://") ||
		strings.Contains(strings.ToLower(l.Support), "www.") || strings.Count(digits(l.Support), "") > 7
	return []domain.ScoreCheck{
		check("support-length", 3, count(l.Support) >= 40,
			fmt.Sprintf("The support description has %s.", domain.Plural(count(l.Support), "character")),
			"Say in at least 40 characters when and how buyers get help."),
		check("support-contact", 2, reach, contact(reach), "Add an e-mail address, a telephone number or a web address."),
	}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func contact(reach bool) string {
	if reach {
		return "The support description says where help is found."
	}
	return "The support description names no way to reach you."
}
