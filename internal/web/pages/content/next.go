package content

import (
	"maps"
	"slices"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// nextFor chooses the next step: fix, approve, publish or look. strict means that
// the workspace requires approval before publishing.
func nextFor(i facts, findings int, strict bool) nextStep {
	if i.Status == domain.ItemPublished {
		return nextForPublished(i, strict)
	}
	path := ui.ItemPath(i.ID)
	fix := path + "?view=edit&fix=1"
	version := "Version " + strconv.Itoa(i.Version)
	undecided := i.Approved != i.Version || i.Status == domain.ItemReview // back in review: approve it again
	switch {
	case i.Blocking:
		return fixBlocking(fix)
	case findings > 0 && undecided:
		return nextStep{
			Heading: "Review the findings",
			Text: ui.Plural(
				findings,
				"finding",
				"findings",
			) + " in the text. Fix what is marked, or approve the text as it is.",
			Button: "Fix",
			Path:   fix,
		}
	case undecided:
		return nextStep{
			Heading: "Ready for approval",
			Text:    "Approving moves version " + strconv.Itoa(i.Version) + " to Ready.",
			Button:  "Approve",
			Action:  path + "/approve",
		}
	}
	return nextStep{
		Heading: "Ready to publish",
		Text:    version + " is approved. Publishing adds it to your public feed.",
		Button:  "Publish",
		Action:  path + "/move",
		To:      domain.ItemPublished,
	}
}

func fixBlocking(path string) nextStep {
	return nextStep{
		Heading: "Fix blocking issues",
		Text:    "A blocking finding prevents publishing. It is highlighted in the text.",
		Button:  "Fix",
		Path:    path,
	}
}

func nextForPublished(i facts, strict bool) nextStep {
	path := ui.ItemPath(i.ID)
	newer, live := strconv.Itoa(i.Version), strconv.Itoa(i.Published)
	edited := i.Published != i.Version
	switch {
	case edited && !i.Blocking && strict && i.Approved != i.Version:
		return nextStep{
			Heading: "Approve the new version",
			Text:    "Version " + live + " stays live until version " + newer + " is approved and published.",
			Button:  "Approve",
			Action:  path + "/approve",
		}
	case edited && !i.Blocking:
		return nextStep{
			Heading: "Unpublished changes",
			Text:    "Version " + live + " is live. Version " + newer + " is not published yet.",
			Button:  "Publish version " + newer,
			Action:  path + "/move",
			To:      domain.ItemPublished,
		}
	case i.Feed != "":
		return nextStep{
			Heading: "Published",
			Text:    "Version " + live + " is live in your public feed.",
			Button:  "View in feed",
			Path:    i.Feed,
		}
	}
	return nextStep{
		Heading: "Published",
		Text:    "The feed of this workspace is turned off, so there is no public page.",
	}
}

func scoresOf(m map[string]float64) []score {
	var list []score
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list = append(list, score{ui.Human(name), strconv.FormatFloat(m[name], 'f', -1, 64)})
	}
	return list
}
