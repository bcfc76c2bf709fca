// Package s3 keeps files in a bucket of a server that speaks S3, under the names that a directory would have:
// prefix/7/9f/9f86d0…. All nodes see the same files. It uses no feature that only some servers have: a server that
// cannot store conditionally stores twice, which is harmless where content decides the name.
package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"vellocity/internal/domain"
	"vellocity/internal/files"
)

// Options say where the bucket is.
type Options struct {
	Bucket string
	Prefix string // below which the files are, without slashes at its ends; may be empty
	// Endpoint is the address of the server, which may be in a private network; empty: Amazon's in Region.
	Endpoint string
	Region   string // us-east-1 where it is empty
	Key      string
	Secret   domain.Secret
	Token    domain.Secret // of temporary credentials; may be empty
}

// Bucket keeps files in a bucket. It is safe for use by several goroutines and processes.
type Bucket struct {
	Options
	client *minio.Client
}

var _ files.Store = (*Bucket)(nil)

const (
	most = 64 << 20 // bytes of a file that is read
	// tries and answers bound how long a server that does not answer holds up a call; the context bounds it further.
	tries   = 3
	answers = 20 * time.Second
	whole   = 2 * time.Minute
	// young is how long a file that is put again need not be written again to count as new. The sweep leaves files of
	// the last day.
	young = time.Hour
)

// New returns the store of a bucket. It makes no call.
func New(o Options) (*Bucket, error) {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	address := o.Endpoint
	if address == "" {
		address = "https://s3." + o.Region + ".amazonaws.com"
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read the address of the files: %w", err)
	}
	lookup := minio.BucketLookupPath // a name such as bucket.localhost leads nowhere
	if o.Endpoint == "" {
		lookup = minio.BucketLookupDNS
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.ResponseHeaderTimeout = answers
	transport.DialContext = (&net.Dialer{Timeout: answers / 2, KeepAlive: answers}).DialContext
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(o.Key, string(o.Secret), string(o.Token)), Secure: u.Scheme == "https",
		Region: o.Region, BucketLookup: lookup, Transport: transport, MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("reach the bucket of files: %w", err)
	}
	return &Bucket{o, client}, nil
}

// String says where the files are: s3://bucket/prefix at its server.
func (b *Bucket) String() string { return "s3://" + b.path("") + " at " + b.client.EndpointURL().Host }

func (b *Bucket) path(name string) string {
	return strings.TrimSuffix(b.Bucket+"/"+b.object(name), "/")
}

func (b *Bucket) object(name string) string {
	if b.Prefix == "" {
		return name
	}
	return b.Prefix + "/" + name
}

func (b *Bucket) name(workspaceID int64, sum string) (string, error) {
	name, err := files.Name(workspaceID, sum)
	return b.object(name), err
}

// Put stores a file of a workspace unless it is there.
func (b *Bucket) Put(ctx context.Context, workspaceID int64, data []byte) (sum string, err error) {
	sum = files.Sum(data)
	name, err := b.name(workspaceID, sum)
	if err != nil {
		return "", err
	}
	ctx, done := context.WithTimeout(ctx, whole)
	defer done()
	options := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true}
	options.SetMatchETagExcept("*")
	err = b.put(ctx, name, data, options)
	if err == nil {
		return sum, nil
	}
	switch minio.ToErrorResponse(err).StatusCode {
	case http.StatusPreconditionFailed, http.StatusConflict:
		old, at, err := b.read(ctx, name, sum)
		if err == nil && bytes.Equal(old, data) && time.Since(at) < young {
			return sum, nil
		}
	case http.StatusNotImplemented: // it knows no conditions
	default:
		return "", b.fault("store a file", err)
	}
	if err := b.put(ctx, name, data, minio.PutObjectOptions{DisableMultipart: true}); err != nil {
		return "", b.fault("store a file", err)
	}
	return sum, nil
}

func (b *Bucket) put(ctx context.Context, name string, data []byte, o minio.PutObjectOptions) error {
	_, err := b.client.PutObject(ctx, b.Bucket, name, bytes.NewReader(data), int64(len(data)), o)
	return err
}

// Get returns a file of a workspace, whose checksum it verifies.
func (b *Bucket) Get(ctx context.Context, workspaceID int64, sum string) ([]byte, error) {
	name, err := b.name(workspaceID, sum)
	if err != nil {
		return nil, err
	}
	ctx, done := context.WithTimeout(ctx, whole)
	defer done()
	data, _, err := b.read(ctx, name, sum)
	return data, err
}

func (b *Bucket) read(ctx context.Context, name, sum string) (data []byte, at time.Time, err error) {
	o, err := b.client.GetObject(ctx, b.Bucket, name, minio.GetObjectOptions{})
	if err == nil {
		defer o.Close()
		data, err = io.ReadAll(io.LimitReader(o, most))
	}
	if err != nil {
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			return nil, at, fmt.Errorf("%w: %s", files.ErrMissing, sum)
		}
		return nil, at, b.fault("read a file", err)
	}
	if files.Sum(data) != sum {
		return nil, at, fmt.Errorf("%w: %s", files.ErrDamaged, sum)
	}
	if info, err := o.Stat(); err == nil {
		at = info.LastModified
	}
	return data, at, nil
}

// Delete removes a file of a workspace.
func (b *Bucket) Delete(ctx context.Context, workspaceID int64, sum string) error {
	name, err := b.name(workspaceID, sum)
	if err != nil {
		return nil // what has no place is not there
	}
	ctx, done := context.WithTimeout(ctx, whole)
	defer done()
	return b.remove(ctx, name)
}

func (b *Bucket) remove(ctx context.Context, name string) error {
	err := b.client.RemoveObject(ctx, b.Bucket, name, minio.RemoveObjectOptions{})
	if err != nil && minio.ToErrorResponse(err).Code != minio.NoSuchKey {
		return b.fault("delete a file", err)
	}
	return nil
}

// Walk calls f for each file below the prefix that was last put before a moment.
func (b *Bucket) Walk(ctx context.Context, before time.Time, f func(workspaceID int64, sum string) error) error {
	ctx, done := context.WithCancel(ctx)
	defer done() // ends the listing where f fails
	prefix := b.object("")
	for o := range b.client.ListObjects(ctx, b.Bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return b.fault("look through the files", o.Err)
		}
		id, sum, ok := files.ParseName(strings.TrimPrefix(o.Key, prefix))
		if !ok || !o.LastModified.Before(before) {
			continue
		}
		if err := f(id, sum); err != nil {
			return fmt.Errorf("look through the files: %w", err)
		}
	}
	return ctx.Err()
}

// Check writes, reads, lists and deletes an object, and says in a sentence what keeps it from that.
func (b *Bucket) Check(ctx context.Context) error {
	name, data := b.object("check-"+rand.Text()), []byte("Vellocity has tried whether it can write here.")
	if err := b.put(ctx, name, data, minio.PutObjectOptions{DisableMultipart: true}); err != nil {
		return b.fault("write", err)
	}
	_, _, err := b.read(ctx, name, files.Sum(data))
	if err == nil {
		err = b.listed(ctx, name)
	}
	return errors.Join(err, b.remove(ctx, name))
}

func (b *Bucket) listed(ctx context.Context, name string) error {
	ctx, done := context.WithCancel(ctx)
	defer done()
	o, ok := <-b.client.ListObjects(ctx, b.Bucket, minio.ListObjectsOptions{Prefix: name})
	switch {
	case !ok:
		return &Fault{Sentence: b.String() + " does not list what was just written, so it is not a consistent store."}
	case o.Err != nil:
		return b.fault("list the files", o.Err)
	}
	return nil
}
