// Package enginetest builds the verbs of all areas for tests: over a real store, the
// real queue, a hub, and the composer or a scripted model server on the wire. It
// also checks every verb of an area against scope, tenant, event and
// Idempotency-Key ([CheckVerbs]). Tests of execution and engine use it; no program
// does.
package enginetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/external"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
	"vellocity/internal/auth"
	"vellocity/internal/await"
	"vellocity/internal/awssync"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/images"
	"vellocity/internal/engine/partner"
	"vellocity/internal/engine/studio"
	"vellocity/internal/engine/work"
	"vellocity/internal/execution"
	"vellocity/internal/extension/aws"
	"vellocity/internal/extension/aws/awstest"
	channels "vellocity/internal/extension/wire"
	"vellocity/internal/files"
	"vellocity/internal/imaging"
	"vellocity/internal/live"
	"vellocity/internal/publishing"
	"vellocity/internal/queue"
	"vellocity/internal/search"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
	"vellocity/internal/webhook"
)

// Main runs a package's tests with databases that have the queue's tables, too.
func Main(m *testing.M) int { return storetest.Main(m, queue.Migrate) }

// Config says what a kit is made of. The zero value has the capability
// [Scripted], writes with the composer, and gives 8 slots per workspace.
type Config struct {
	Capabilities []capability.Capability // beside Scripted
	Templates    []domain.Template       // that ship with the program
	Before       Hook
	Provider     *aitest.Server   // nil: the composer writes
	Attempts     int              // of a provider's call; 1
	Slots        int              // 8
	Pending      int              // 1000
	Workers      int              // 8
	Idle         bool             // the queue is not started
	Engines      []imaging.Engine // of images; nil: all of the API, not connected
	ReaderGrace  time.Duration    // 30 s
	Now          func() time.Time
}

// Kit is the verbs of all areas, and two workspaces that have 10,000 credits each.
type Kit struct {
	T         *testing.T
	Config    Config
	Store     *store.Store
	Queue     *queue.Queue
	Hub       *live.Hub
	Runner    *execution.Runner
	Providers *ai.Providers
	Work      *work.Verbs
	Content   *content.Verbs
	Studio    *studio.Verbs
	Account   *account.Verbs
	Vault     *auth.Vault
	Publisher *publishing.Publisher
	Webhooks  *webhook.Sender // it sends only where a test runs it
	Node      string          // as whom; n1
	Agents    *external.Agents
	Images    *images.Verbs
	Partner   *partner.Verbs
	Calendar  *calendar.Verbs
	AWS       *awstest.Server // what answers in AWS's place; it trusts our workspace by RoleARN
	Syncer    *awssync.Syncer
	Maker     *imaging.Maker
	Files     files.Store
	Site      *Site // where the channels of the kind "site" lead
	Ours      domain.Workspace
	Theirs    domain.Workspace

	dir  string
	stop func()
}

// Each runs f with a kit on SQLite and with one on PostgreSQL.
func Each(t *testing.T, c Config, f func(k *Kit)) {
	t.Helper()
	storetest.On(t, func(t *testing.T) {
		dir := storetest.SQLiteDir(t)
		f(New(t, storetest.Open(t, store.Options{Dir: dir, Now: c.Now}), dir, c))
	}, func(t *testing.T) {
		f(New(t, storetest.Open(t, store.Options{URL: storetest.URL(t), Now: c.Now}), "", c))
	})
}

// New makes a kit on a store that has no workspace yet.
func New(t *testing.T, s *store.Store, dir string, c Config) *Kit {
	t.Helper()
	k := &Kit{T: t, Config: c, Store: s, Site: &Site{}, dir: dir, Files: files.NewDir(t.TempDir())}
	k.Ours, k.Theirs = k.workspace("ours"), k.workspace("theirs")
	k.build()
	if !c.Idle {
		k.Start()
	}
	return k
}

func (k *Kit) workspace(slug string) (w domain.Workspace) {
	k.Do(func(ctx context.Context, tx *store.Tx) (err error) {
		w, err = tx.CreateWorkspace(ctx, domain.Workspace{
			Slug:        slug,
			Name:        slug,
			Plan:        domain.PlanEnterprise,
			Timezone:    "UTC",
			FeedEnabled: true,
		})
		if err != nil {
			return err
		}
		err = tx.TransferCredits(ctx, store.CreditTransfer{
			WorkspaceID: w.ID,
			Kind:        domain.MovementGrant,
			Amount:      10_000,
			Reference:   "grant:" + slug,
		})
		if err != nil {
			return err
		}
		if _, err = tx.CreateBrandVoice(ctx, w.ID, domain.BrandVoice{Name: "Plain"}); err != nil {
			return err
		}
		if _, err = tx.CreateAgent(ctx, w.ID, domain.Agent{
			Name: "Writer", Type: domain.AgentInternal, IsActive: true,
		}); err != nil {
			return err
		}
		return addMembers(ctx, tx, w)
	})
	return w
}

// addMembers gives a workspace a member of each role, under the id that [As] gives it.
func addMembers(ctx context.Context, tx *store.Tx, w domain.Workspace) error {
	for _, r := range domain.Roles() {
		u, err := tx.CreateUser(ctx, string(r), fmt.Sprintf("%s@%s.example", r, w.Slug))
		if err != nil {
			return err
		}
		if u.ID != memberID(w.ID, r) {
			return fmt.Errorf("the %s of %s has the id %d", r, w.Slug, u.ID)
		}
		if err := tx.SaveMember(ctx, w.ID, u.ID, r); err != nil {
			return err
		}
	}
	return nil
}

// memberID is the id of a workspace's member with the role.
func memberID(workspaceID int64, r domain.Role) int64 {
	return (workspaceID-1)*int64(len(domain.Roles())) + int64(slices.Index(domain.Roles(), r)) + 1
}

// Other returns the verbs of a second node on the same database. Its queue is not
// started.
func (k *Kit) Other() *Kit {
	other := *k
	other.stop = nil
	other.build()
	return &other
}

func (k *Kit) build() {
	k.T.Helper()
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("ENGINE_TEST_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	capabilities := append([]capability.Capability{Scripted(k.Config.Before)}, k.Config.Capabilities...)
	k.Providers = new(ai.Providers)
	if k.Config.Provider != nil {
		k.Providers.Use([]ai.Connection{k.Model("scripted", k.Config.Provider)})
	}
	k.Hub = live.New(k.Store, log)
	k.Runner = execution.New(execution.Options{
		Store:        k.Store,
		Search:       search.New(k.Store),
		Providers:    k.Providers,
		Capabilities: capabilities,
		Log:          log,
		Render:       content.Render,
		Slots:        cmp.Or(k.Config.Slots, 8),
		Pending:      cmp.Or(k.Config.Pending, 1000),
	})
	vault, err := auth.NewVault(domain.Secret(strings.Repeat("test", 10)))
	k.must(err)
	_, err = vault.Unlock(context.Background(), k.Store)
	k.must(err)
	k.Vault = vault
	k.Agents = external.New(external.Options{Vault: vault, Client: reach, Now: k.Config.Now})
	k.Providers.UseExternal(k.Agents.Caller)
	k.Publisher = publishing.New(publishing.Options{
		Store:    k.Store,
		Vault:    vault,
		Kinds:    []channels.Kind{k.Site.Kind()},
		Client:   reach,
		Render:   content.RenderText,
		ImageURL: content.ImageURL(PublicURL),
		Files:    k.Files,
		Log:      log,
	})
	k.Maker = imaging.New(imaging.Options{
		Store: k.Store, Files: k.Files, Engines: k.engines(), Log: log, Pause: time.Millisecond,
	})
	k.Runner.Images = k.Maker
	k.connectable()
	k.newQueue(log)
	k.Images = images.New(images.Options{Store: k.Store, Maker: k.Maker, Files: k.Files, Hub: k.Hub})
	k.Partner = partner.New(k.Store)
	k.Partner.UseSyncer(k.Syncer)
	k.Work, err = work.New(work.Options{Store: k.Store, Runner: k.Runner, Hub: k.Hub, Capabilities: capabilities,
		Templates: k.Config.Templates})
	k.must(err)
	k.Content = content.New(k.Store, k.Runner, PublicURL)
	k.Content.UsePublisher(k.Publisher)
	k.Content.UseAgents(k.Agents)
	k.Content.UseFiles(k.Files)
	k.Webhooks = webhook.New(webhook.Options{
		Store: k.Store, Vault: vault, Client: reach, Node: cmp.Or(k.Node, "n1"), Log: log,
		Jitter: func(d time.Duration) time.Duration { return d },
	})
	k.Calendar = calendar.New(calendar.Options{
		Store: k.Store, Actions: engine.CalendarActions(k.Content, k.Work), PublicURL: PublicURL,
	})
	k.Account = account.New(account.Options{
		Store: k.Store,
		Keys:  auth.NewKeys(k.Store, log),
		Vault: vault,
		Email: true,

		Webhooks: k.Webhooks,
	})
	k.Studio = studio.New(studio.Options{
		Store:       k.Store,
		Providers:   k.Providers,
		ReaderGrace: k.Config.ReaderGrace,
		Log:         log,
	})
}

// RoleARN is the role in a partner's account that our workspace may connect by.
const RoleARN = "arn:aws:iam::" + awstest.Partner + ":role/vellocity"

// connectable builds what connects workspaces to AWS.
func (k *Kit) connectable() {
	if k.AWS == nil {
		k.AWS = awstest.New().Start(k.T)
		k.AWS.Trust(awstest.Role{ARN: RoleARN, ExternalID: k.Vault.ExternalID(k.Ours.ID)})
	}
	k.Syncer = awssync.New(awssync.Options{Store: k.Store, Vault: k.Vault, Client: aws.New(aws.Options{
		Endpoint: k.AWS.URL, AccessKey: awstest.AccessKey, SecretKey: awstest.SecretKey,
	})})
}

func (k *Kit) newQueue(log *slog.Logger) {
	k.T.Helper()
	var err error
	k.Queue, err = queue.New(queue.Options{
		DB:     k.Store.DB(),
		Dir:    k.dir,
		NodeID: "n1",
		Log:    log,
		Lease:  2 * time.Second,
		Grace:  time.Millisecond,
		Handlers: map[string]queue.Handler{
			execution.JobKind:  k.Runner.Work,
			publishing.JobKind: k.Publisher.Work,
			imaging.JobKind:    k.Maker.Work,
			awssync.JobKind:    k.Syncer.Work,
			awssync.PushKind:   k.Syncer.WorkPush,
			awssync.DealsKind:  k.Syncer.WorkDeals,
		},
		Workers: map[string]int{execution.JobKind: cmp.Or(k.Config.Workers, 8)},
	})
	k.must(err)
	k.Runner.UseQueue(k.Queue)
	k.Publisher.UseQueue(k.Queue)
	k.Maker.UseQueue(k.Queue)
	k.Syncer.UseQueue(k.Queue)
}

// engines are those of the test, or those of the API without a connection.
func (k *Kit) engines() []imaging.Engine {
	list := k.Config.Engines
	for _, name := range domain.ImageEngine("").Values() {
		if k.Config.Engines == nil {
			list = append(list, imaging.Engine{Name: domain.ImageEngine(name), Label: name, Model: "model"})
		}
	}
	return list
}

// PublicURL is the server's address in tests.
const PublicURL = "https://content.example.com"

const prices = `{"version":"test","models":[{"model":"scripted-1","effective_from":"2020-01-01","source":"test",
	"input":1000000,"output":2000000}]}`

// Model returns a connection to a scripted server.
func (k *Kit) Model(name string, s *aitest.Server) ai.Connection {
	k.T.Helper()
	client, err := openai.New(wire.Config{Name: name, BaseURL: s.BaseURL(aitest.OpenAIWire), Model: "scripted-1"})
	k.must(err)
	prices, err := ai.LoadPrices([]byte(prices))
	k.must(err)
	caller := ai.NewCaller(ai.Options{
		Provider: client,
		Model:    "scripted-1",
		Prices:   prices,
		Attempts: cmp.Or(k.Config.Attempts, 1),
		Trip:     -1,
	})
	origin := domain.Origin{Kind: domain.OriginModel, Provider: name, Model: "scripted-1", AI: true}
	return ai.Connection{Origin: origin, Caller: caller, Kind: "openai"}
}

// Start runs the queue, the hub and the rooms of texts until the test ends or
// [Kit.Stop].
func (k *Kit) Start() {
	k.T.Helper()
	k.must(k.Queue.Start(context.Background()))
	ctx, cancel := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	loops.Go(func() { k.Hub.Run(ctx) })
	loops.Go(func() { k.Studio.Run(ctx) })
	publish := live.Consumer{Name: "publish", Events: publishing.Events(), FromStart: true, Handle: k.Publisher.Handle}
	loops.Go(func() { _ = k.Hub.Consume(ctx, publish) })
	loops.Go(func() { k.Runner.Texts.Run(ctx) })
	q, e := k.Queue, k.Studio
	k.stop = sync.OnceFunc(func() {
		limit, done := context.WithTimeout(context.Background(), 20*time.Second)
		defer done()
		if err := q.Stop(limit); err != nil {
			k.T.Errorf("stop the queue: %v", err)
		}
		over, end := context.WithCancel(limit)
		end()
		e.Wait(over)
		cancel()
		loops.Wait()
	})
	k.T.Cleanup(k.stop)
}

// Stop stops the queue at once, as a process that ends would: what runs is
// interrupted and handed back.
func (k *Kit) Stop() { k.stop() }

// Restart is the next process on the same data.
func (k *Kit) Restart() {
	k.T.Helper()
	k.build()
	k.Start()
}

// Ctx returns a context whose caller is the owner of our workspace.
func (k *Kit) Ctx() context.Context { return As(k.Ours.ID, domain.RoleOwner) }

// As returns a context with a person of that role, who holds every scope.
func As(workspaceID int64, r domain.Role) context.Context {
	return domain.WithActor(context.Background(), domain.Actor{
		Kind:        domain.ActorPerson,
		ID:          memberID(workspaceID, r),
		Name:        string(r),
		WorkspaceID: workspaceID,
		Role:        r,
		Scopes:      []domain.Scope{domain.ScopeAdmin},
	})
}

// Operator returns a context whose caller is the command line.
func (k *Kit) Operator() context.Context {
	return domain.WithActor(context.Background(), domain.OperatorActor(k.Ours.ID))
}

// Do runs f in a transaction.
func (k *Kit) Do(f func(ctx context.Context, tx *store.Tx) error) {
	k.T.Helper()
	k.must(k.Store.InTx(context.Background(), func(tx *store.Tx) error { return f(context.Background(), tx) }))
}

// Item creates an item of the caller's workspace in the generated column.
func (k *Kit) Item(ctx context.Context, title, body string, findings ...domain.Finding) domain.ContentItem {
	k.T.Helper()
	a, _ := domain.ActorFrom(ctx)
	return k.itemIn(a.WorkspaceID, title, body, findings)
}

// Run starts an execution of the scripted capability.
func (k *Kit) Run(steps ...Step) domain.Execution {
	k.T.Helper()
	started, err := k.Execute(k.Ctx(), steps...)
	k.must(err)
	return started.Execution
}

// Execute is Run for any caller, with its error.
func (k *Kit) Execute(ctx context.Context, steps ...Step) (work.Started, error) {
	k.T.Helper()
	return k.Work.Execute(ctx, work.Execute{Capability: Slug, Settings: Settings(steps...)})
}

// Await returns the execution once ok accepts it; it fails the test after 20 s.
func (k *Kit) Await(id int64, what string, ok func(domain.Execution) bool) domain.Execution {
	k.T.Helper()
	var x domain.Execution
	Eventually(k.T, func() string {
		var err error
		if x, err = k.Store.Read().ExecutionForWork(context.Background(), id); err != nil {
			return err.Error()
		}
		if ok(x) {
			return ""
		}
		return fmt.Sprintf("execution %d is not %s: status %s, waiting %q, step %q, error %q",
			id, what, x.Status, x.WaitingFor, x.CurrentStep, x.Error)
	})
	return x
}

// Ended returns the execution once it has ended, and fails the test unless it ended
// as wanted.
func (k *Kit) Ended(id int64, want domain.ExecutionStatus) domain.Execution {
	k.T.Helper()
	x := k.Await(id, "over", func(x domain.Execution) bool { return x.Status.Ended() })
	if x.Status != want {
		k.T.Fatalf("execution %d ended as %s, not %s: %s", id, x.Status, want, x.Error)
	}
	return x
}

// Credits returns our balance, and fails the test where the ledger is not sound.
func (k *Kit) Credits() domain.Balance {
	k.T.Helper()
	k.Audit()
	b, err := k.Account.Credits(k.Ctx())
	k.must(err)
	return b
}

// Audit fails the test unless the ledger sums to zero and every movement's
// balance_after follows from the one before.
func (k *Kit) Audit() {
	k.T.Helper()
	ctx := context.Background()
	sum, err := k.Store.Read().CreditLedgerSum(ctx)
	k.must(err)
	if sum != 0 {
		k.T.Errorf("the ledger sums to %d", sum)
	}
	for _, w := range []int64{k.Ours.ID, k.Theirs.ID} {
		l, err := k.Store.Read().CreditMovements(ctx, w, domain.Page{Number: 1, Size: 100_000})
		k.must(err)
		balance := 0
		for i := len(l.Items) - 1; i >= 0; i-- {
			m := l.Items[i]
			switch m.Kind {
			case domain.MovementGrant:
				balance += m.Amount
			case domain.MovementCapture:
				balance -= m.Amount
			}
			if m.Balance != balance {
				k.T.Errorf("movement %d (%s %d) says balance %d, it is %d",
					m.ID, m.Kind, m.Amount, m.Balance, balance)
			}
		}
	}
}

// Count returns the only number of a query.
func (k *Kit) Count(query string, args ...any) (n int) {
	k.T.Helper()
	k.must(k.Store.DB().SQL().QueryRowContext(context.Background(), query, args...).Scan(&n))
	return n
}

// Exec runs a statement that no verb has.
func (k *Kit) Exec(query string, args ...any) {
	k.T.Helper()
	_, err := k.Store.DB().SQL().ExecContext(context.Background(), query, args...)
	k.must(err)
}

func (k *Kit) must(err error) {
	k.T.Helper()
	if err != nil {
		k.T.Fatal(err)
	}
}

// Eventually waits until f objects to nothing, at most [await.Patience].
func Eventually(t testing.TB, f func() string) {
	t.Helper()
	objection := ""
	err := await.Until(context.Background(), await.Patience, await.Interval, "the condition", func() bool {
		objection = f()
		return objection == ""
	})
	if err != nil {
		t.Fatalf("%v: %s", err, objection)
	}
}

// ErrWrong is the failure of steps that are to fail for an inner reason.
var ErrWrong = errors.New("something inner went wrong")
