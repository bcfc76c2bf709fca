package content_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
	"vellocity/internal/verb"
)

func createVoice(k *enginetest.Kit, name string, e domain.BrandVoiceEdit) domain.BrandVoice {
	k.T.Helper()
	v, err := k.Content.CreateBrandVoice(k.Ctx(), content.CreateBrandVoice{Name: name, BrandVoiceEdit: e})
	must(k, err)
	return v
}

// TestABrandVoiceFromItsCreationToItsEnd creates, changes and deletes a brand voice, and
// reads its versions.
func TestABrandVoiceFromItsCreationToItsEnd(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		v := createVoice(k, "Warm", domain.BrandVoiceEdit{Tone: &[]string{" warm "}, Language: new("de-AT")})
		if v.Version != 1 || v.ReadingLevel != domain.ReadingGeneral || v.Tone[0] != "warm" || v.IsDefault {
			t.Errorf("created %+v", v)
		}
		changed, err := k.Content.EditBrandVoice(k.Ctx(), content.EditBrandVoice{
			ID: v.ID, Name: new("Warmer"), BrandVoiceEdit: domain.BrandVoiceEdit{Language: new("")},
		})
		must(k, err)
		if changed.Version != 2 || changed.Name != "Warmer" || changed.Language != "" || len(changed.Tone) != 1 {
			t.Errorf("changed to %+v", changed)
		}
		stale := content.EditBrandVoice{ID: v.ID, Name: new("Late"), Precondition: verb.Precondition{IfMatch: `"2"`}}
		if _, err := k.Content.EditBrandVoice(k.Ctx(), stale); domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("an edit of an old version: %v", err)
		}
		if same, err := k.Content.EditBrandVoice(k.Ctx(), content.EditBrandVoice{
			ID: v.ID, Name: new("Warmer"), BrandVoiceEdit: domain.BrandVoiceEdit{Do: &[]string{}},
		}); err != nil || same.Version != 2 {
			t.Errorf("an edit that changes nothing makes version %d, %v", same.Version, err)
		}
		l, err := k.Content.BrandVoiceVersions(
			k.Ctx(),
			content.ListBrandVoiceVersions{ID: v.ID, Page: enginetest.FirstPage()},
		)
		must(k, err)
		if l.Total != 2 || l.Items[0].Name != "Warmer" || l.Items[1].Name != "Warm" || l.Items[1].Language != "de-AT" ||
			l.Items[0].Author != "owner" || l.Items[0].AuthorKind != domain.ActorPerson || l.Items[0].At.IsZero() {
			t.Errorf("versions %+v", l)
		}
		must(k, k.Content.DeleteBrandVoice(k.Ctx(), verb.ID{ID: v.ID}))
		if _, err := k.Content.BrandVoice(k.Ctx(), v.ID); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("it is deleted: %v", err)
		}
	})
}

// TestADeletedBrandVoiceStaysReadableOnItsItems deletes what an item was written with.
func TestADeletedBrandVoiceStaysReadableOnItsItems(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		v := createVoice(k, "Warm", domain.BrandVoiceEdit{BannedTerms: &[]string{"synergy"}})
		c := k.Item(k.Ctx(), "An item", "Text.")
		if k.Count("select count(*) from content where voice_version = 0") == 0 {
			t.Error("an item without a brand voice has a version of one")
		}
		must(k, k.Store.InTx(k.Ctx(), func(tx *store.Tx) error {
			return tx.DB().Exec(k.Ctx(), `update content set voice_id = $1, voice_version = 1 where id = $2`, v.ID, c.ID)
		}))
		must(k, k.Content.DeleteBrandVoice(k.Ctx(), verb.ID{ID: v.ID}))
		d, err := k.Content.Item(k.Ctx(), c.ID)
		must(k, err)
		if d.BrandVoice == nil || d.BrandVoice.Name != "Warm" || d.BrandVoiceN != 1 {
			t.Errorf("the item shows %+v, version %d", d.BrandVoice, d.BrandVoiceN)
		}
		d, err = k.Content.EditItem(
			k.Ctx(),
			content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Body: new("Pure synergy.")}},
		)
		must(k, err)
		if !slices.ContainsFunc(d.Findings, func(f domain.Finding) bool { return f.Guardrail == "banned-terms" }) {
			t.Errorf("an edit is not checked by its rules: %+v", d.Findings)
		}
	})
}

// TestABrandVoiceInUseCannotBeDeleted names everything that uses it.
func TestABrandVoiceInUseCannotBeDeleted(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		v := createVoice(k, "Warm", domain.BrandVoiceEdit{IsDefault: new(true)})
		agent, err := k.Content.CreateAgent(k.Ctx(), content.CreateAgent{
			Name: "Launch writer", AgentEdit: domain.AgentEdit{BrandVoiceID: &v.ID, IsActive: new(false)},
		})
		must(k, err)
		err = k.Content.DeleteBrandVoice(k.Ctx(), verb.ID{ID: v.ID})
		blockers := domain.BlockersOf(err)
		if domain.CodeOf(err) != domain.CodeConflict || len(blockers) != 2 ||
			!strings.Contains(blockers[1].Message, "Launch writer") {
			t.Errorf("%v, blockers %+v", err, blockers)
		}
		must(k, k.Content.DeleteAgent(k.Ctx(), verb.ID{ID: agent.Agent.ID}))
		must(k, second(k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{BrandVoiceID: new(int64(0))})))
		must(k, k.Content.DeleteBrandVoice(k.Ctx(), verb.ID{ID: v.ID}))
	})
}

// TestTheDefaultBrandVoiceIsOneFact changes the default at every door in any order: the
// profile and the brand voices always say the same.
func TestTheDefaultBrandVoiceIsOneFact(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		random := rand.New(rand.NewPCG(1, 2))
		ids := []int64{createVoice(k, "A", domain.BrandVoiceEdit{}).ID, createVoice(k, "B", domain.BrandVoiceEdit{}).ID}
		for range 40 {
			id := ids[random.IntN(len(ids))]
			var err error
			switch random.IntN(4) {
			case 0:
				_, err = k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{BrandVoiceID: &id})
			case 1:
				_, err = k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{BrandVoiceID: new(int64(0))})
			case 2:
				on := random.IntN(2) == 0
				_, err = k.Content.EditBrandVoice(k.Ctx(), content.EditBrandVoice{
					ID: id, BrandVoiceEdit: domain.BrandVoiceEdit{IsDefault: &on},
				})
			case 3:
				if len(ids) < 6 {
					ids = append(ids, createVoice(k, "C", domain.BrandVoiceEdit{IsDefault: new(true)}).ID)
				}
			}
			must(k, err)
			w, err := k.Account.Profile(k.Ctx())
			must(k, err)
			l, err := k.Content.BrandVoices(k.Ctx(), enginetest.FirstPage())
			must(k, err)
			for _, v := range l.Items {
				if v.IsDefault != (v.ID == w.BrandVoiceID) {
					t.Fatalf("the profile says %d, brand voice %d says %v", w.BrandVoiceID, v.ID, v.IsDefault)
				}
				if v.Version != 1 {
					t.Errorf("being the default makes version %d", v.Version)
				}
			}
		}
	})
}

// terms are preferred terms: "use<instead of".
func terms(list ...string) *[]domain.PreferredTerm {
	out := []domain.PreferredTerm{}
	for _, s := range list {
		use, instead, _ := strings.Cut(s, "<")
		out = append(out, domain.PreferredTerm{Use: use, InsteadOf: instead})
	}
	return &out
}

// TestFaultsOfABrandVoice looks for each fault at its path, and for none in what is right.
func TestFaultsOfABrandVoice(t *testing.T) {
	long := strings.Repeat("x", 6_000)
	for name, tc := range map[string]struct {
		edit domain.BrandVoiceEdit
		want []string
	}{
		"right": {domain.BrandVoiceEdit{
			PreferredTerms: terms("customers<users", "customers<clients", "e-mail<mail"),
			BannedTerms:    &[]string{"users", "synergy"}, Tone: &[]string{"warm", "plain"}, Language: new("pt-BR"),
		}, nil},
		"all at once": {domain.BrandVoiceEdit{
			Tone: &[]string{" ", "warm", "Warm"}, Do: &[]string{long}, Language: new("klingonese"),
			ReadingLevel: new(domain.ReadingLevel("hard")), SampleTexts: &[]string{long}, Audience: &long,
		}, []string{"audience", "do.0", "language", "reading_level", "sample_texts.0", "tone.0", "tone.2"}},
		"the same term twice": {
			domain.BrandVoiceEdit{BannedTerms: &[]string{"Synergy", "  synergy", "cafe\u0301 bar", "Café  Bar", "it’s", "it's"}},
			[]string{"banned_terms.1", "banned_terms.3", "banned_terms.5"},
		},
		"two for one": {domain.BrandVoiceEdit{PreferredTerms: terms("people<users", "customers<Users")},
			[]string{"preferred_terms.1.instead_of"}},
		"itself":      {domain.BrandVoiceEdit{PreferredTerms: terms("users<Users")}, []string{"preferred_terms.0.use"}},
		"in a circle": {domain.BrandVoiceEdit{PreferredTerms: terms("a<b", "b<a")}, []string{"preferred_terms.0.use", "preferred_terms.1.use"}},
		"empty":       {domain.BrandVoiceEdit{PreferredTerms: terms("<")}, []string{"preferred_terms.0.instead_of", "preferred_terms.0.use"}},
		"preferred and banned": {
			domain.BrandVoiceEdit{PreferredTerms: terms("Customers<users"), BannedTerms: &[]string{"customers"}},
			[]string{"preferred_terms.0.use"},
		},
		"banned within": {
			domain.BrandVoiceEdit{PreferredTerms: terms("real synergy<teamwork"), BannedTerms: &[]string{"synergy"}},
			[]string{"preferred_terms.0.use"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := kit(t)
			_, err := k.Content.CreateBrandVoice(k.Ctx(), content.CreateBrandVoice{Name: "V", BrandVoiceEdit: tc.edit})
			if got := faulty(err); !slices.Equal(got, tc.want) {
				t.Errorf("faults at %q, want %q: %v", got, tc.want, err)
			}
			voice := createVoice(k, "W", domain.BrandVoiceEdit{})
			_, err = k.Content.EditBrandVoice(k.Ctx(), content.EditBrandVoice{ID: voice.ID, BrandVoiceEdit: tc.edit})
			if got := faulty(err); !slices.Equal(got, tc.want) {
				t.Errorf("an edit: faults at %q, want %q", got, tc.want)
			}
		})
	}
}

// kit is a kit on SQLite alone, for what no database has a part in.
func kit(t *testing.T) (k *enginetest.Kit) {
	t.Helper()
	dir := storetest.SQLiteDir(t)
	return enginetest.New(t, storetest.Open(t, store.Options{Dir: dir}), dir, config(t))
}

// faulty returns the paths of a VALIDATION_ERROR in order.
func faulty(err error) []string {
	if domain.CodeOf(err) != domain.CodeValidation {
		return nil
	}
	return slices.Sorted(maps.Keys(domain.AsError(err).Fields))
}
