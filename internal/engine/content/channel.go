package content

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
	"vellocity/internal/prose"
	"vellocity/internal/publishing"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// UsePublisher sets what publishes on channels. Without it there are no kinds of channels.
func (v *Verbs) UsePublisher(p *publishing.Publisher) { v.publisher = p }

// ChannelKinds returns the kinds of channels that there are.
func (v *Verbs) ChannelKinds() []wire.Kind {
	if v.publisher == nil {
		return nil
	}
	return v.publisher.Kinds
}

// Channels returns the workspace's channels, in the order of their creation.
func (v *Verbs) Channels(ctx context.Context) ([]domain.Channel, error) {
	a, err := verb.Caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return nil, err
	}
	list, err := v.store.Read().Channels(ctx, a.WorkspaceID)
	out := make([]domain.Channel, len(list))
	for i, c := range list {
		out[i] = c.Channel
	}
	return out, err
}

// Channel returns one channel.
func (v *Verbs) Channel(ctx context.Context, id int64) (domain.Channel, error) {
	a, err := verb.Caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return domain.Channel{}, err
	}
	c, err := v.store.Read().Channel(ctx, a.WorkspaceID, id)
	return c.Channel, err
}

// ChannelEdit is what people may change about a channel. A nil field stays as it is.
type ChannelEdit struct {
	Name         *string
	Settings     map[string]string // those that are given; an empty one is cleared
	Secret       *domain.Secret
	ContentTypes *[]domain.ContentType
	Enabled      *bool
}

// CreateChannel is a new channel.
type CreateChannel struct {
	Kind domain.ChannelKind
	ChannelEdit
}

// NewChannel is a channel, with its secret where that was generated: it is shown only once.
type NewChannel struct {
	Channel domain.Channel
	Secret  domain.Secret
}

// CreateChannel creates a channel, which is enabled unless the caller says otherwise. It
// connects to nothing: see [Verbs.CheckChannel]. A workspace has at most
// [domain.MostChannels].
func (v *Verbs) CreateChannel(ctx context.Context, in CreateChannel) (NewChannel, error) {
	if _, err := verb.Caller(ctx, domain.ScopeAdmin); err != nil {
		return NewChannel{}, err
	}
	var p domain.Problems
	kind, ok := v.kindOf(&p, in.Kind)
	c := store.Channel{Channel: domain.Channel{Kind: in.Kind, ContentTypes: kind.Types, Enabled: true}}
	var secret, made domain.Secret
	if ok {
		if in.Secret == nil && kind.NewSecret != nil {
			made = kind.NewSecret()
			in.Secret = &made
		}
		secret = in.apply(ctx, v, &p, kind, &c)
	}
	if err := p.Err(); err != nil {
		return NewChannel{}, err
	}
	slug := cmp.Or(prose.Slug(c.Name, 60), string(c.Kind))
	return verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (NewChannel, error) {
		list, err := tx.Channels(ctx, a.WorkspaceID)
		if err != nil {
			return NewChannel{}, err
		}
		if len(list) >= domain.MostChannels {
			return NewChannel{}, tooMany("channels", domain.MostChannels)
		}
		c.WorkspaceID = a.WorkspaceID
		if c.Slug, err = freeChannelSlug(ctx, tx, a.WorkspaceID, slug); err != nil {
			return NewChannel{}, err
		}
		c.Sealed = v.publisher.Seal(c.Channel, secret)
		if c, err = tx.CreateChannel(ctx, c); err != nil {
			return NewChannel{}, err
		}
		return NewChannel{c.Channel, made}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ChannelCreated{ChannelFacts: c.Facts()})
	})
}

func (v *Verbs) kindOf(p *domain.Problems, slug domain.ChannelKind) (wire.Kind, bool) {
	var names []string
	for _, k := range v.ChannelKinds() {
		if k.Slug == slug {
			return k, true
		}
		names = append(names, string(k.Slug))
	}
	if slug == "" {
		p.Required("kind")
	} else {
		p.NotOneOf("kind", names)
	}
	return wire.Kind{}, false
}

// freeChannelSlug adds a number to a slug that a channel of the workspace has or had.
func freeChannelSlug(ctx context.Context, tx *store.Tx, workspaceID int64, base string) (string, error) {
	taken, err := tx.ChannelSlugs(ctx, workspaceID)
	if err != nil {
		return "", err
	}
	taken = append(taken, domain.ChannelFeed)
	slug := base
	for n := 2; slices.Contains(taken, slug); n++ {
		slug = base + "-" + strconv.Itoa(n)
	}
	return slug, nil
}

// apply changes a channel and notes what is wrong with it. It returns the secret that was
// given.
func (e ChannelEdit) apply(
	ctx context.Context, v *Verbs, p *domain.Problems, kind wire.Kind, c *store.Channel,
) (secret domain.Secret) {
	verb.Set(&c.Name, e.Name)
	domain.LimitChannelName.Text(p, "name", c.Name)
	verb.Set(&c.Enabled, e.Enabled)
	if e.ContentTypes != nil {
		c.ContentTypes = slices.Clone(*e.ContentTypes)
		for i, t := range c.ContentTypes {
			if path := verb.Path("content_types", i); slices.Contains(c.ContentTypes[:i], t) {
				p.Twice(path, string(t))
			} else {
				domain.CheckEnum(p, path, t)
			}
		}
	}
	before := c.Settings
	merged := maps.Clone(before)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, e.Settings)
	c.Settings = kind.Check(p, merged)
	e.checkSecret(p, kind, c, before)
	if e.Secret != nil {
		secret = *e.Secret
	}
	name, address := kind.Address(c.Settings)
	if _, was := kind.Address(before); address != "" && address != was {
		if _, err := v.publisher.Client(ctx, address); err != nil {
			p.Add("settings."+name, "%s", domain.AsError(err).Message)
		}
	}
	return secret
}

// checkSecret notes a secret that is missing or has another form. A new address takes the
// secret again: the stored one must not be sent to an address that it was not entered for.
func (e ChannelEdit) checkSecret(p *domain.Problems, kind wire.Kind, c *store.Channel, before map[string]string) {
	name, address := kind.Address(c.Settings)
	_, was := kind.Address(before)
	switch {
	case e.Secret == nil && c.Sealed != "" && was != address:
		p.Add("secret", "The secret field is required beside another %s: the stored one is not sent there", name)
	case e.Secret == nil && c.Sealed == "" && kind.Secret.Required:
		p.Required("secret")
	case e.Secret != nil && *e.Secret == "" && kind.Secret.Required:
		p.Required("secret")
	case e.Secret != nil:
		domain.LimitChannelSecret.Text(p, "secret", e.Secret.Reveal())
		if kind.ValidSecret != nil && !kind.ValidSecret(*e.Secret) {
			p.Format("secret", kind.Secret.Help)
		}
	}
}

// EditChannel changes a channel. A nil field stays as it is.
type EditChannel struct {
	ID int64
	ChannelEdit
	verb.Precondition
}

// EditChannel changes a channel. What is published there stays as it is.
func (v *Verbs) EditChannel(ctx context.Context, in EditChannel) (domain.Channel, error) {
	a, err := verb.Caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return domain.Channel{}, err
	}
	return whileStale(func() (domain.Channel, error) {
		was, err := v.store.Read().Channel(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return was.Channel, err
		}
		if err := in.CheckRevision(was.Revision()); err != nil {
			return was.Channel, err
		}
		var p domain.Problems
		next := was
		if kind, ok := v.kindOf(&p, was.Kind); ok {
			secret := in.apply(ctx, v, &p, kind, &next)
			if in.Secret != nil {
				next.Sealed = v.publisher.Seal(next.Channel, secret)
			}
		}
		if err := p.Err(); err != nil {
			return was.Channel, err
		}
		if reflect.DeepEqual(was, next) {
			return was.Channel, nil
		}
		next.Error = "" // what was wrong may be right now
		return verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (domain.Channel, error) {
			saved, ok, err := tx.SaveChannel(ctx, next)
			if err != nil || !ok {
				return saved.Channel, orStale(err)
			}
			return saved.Channel, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
				domain.ChannelChanged{ChannelFacts: saved.Facts()})
		})
	})
}

// DeleteChannel deletes a channel and forgets its secret. What is published there stays
// there, and Vellocity can neither change it nor take it back any more.
func (v *Verbs) DeleteChannel(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		c, err := tx.Channel(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(c.Revision()); err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteChannel(ctx, a.WorkspaceID, c.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ChannelDeleted{ChannelFacts: c.Facts()})
	})
	return err
}
