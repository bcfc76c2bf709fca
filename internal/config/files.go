package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"vellocity/internal/domain"
)

// Files says where the files of images are kept.
type Files struct {
	Bucket   string // empty: in a directory below the data directory
	Prefix   string // of their names in the bucket; without slashes at its ends
	Endpoint string // the server's address; empty: Amazon's in Region
	Region   string
	Key      domain.Secret
	Secret   domain.Secret
	Token    domain.Secret // of temporary credentials; usually empty
}

// fileOptions say where files are kept.
func fileOptions() []Option {
	key := func(name, common, help string, to func(c *Config) *domain.Secret) Option {
		own := envPrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		return Option{
			Name: name, Value: "KEY", Secret: true, NoFlag: true, Env: []string{own, common}, apply: secret(to), Help: help,
		}
	}
	return group(groupFiles, []Option{
		{Name: "files", Value: "s3://BUCKET/PREFIX", apply: bucket,
			Help: "A bucket for the files of images, on any server that speaks S3. Every node sees the same files. " +
				"By default they are in the directory files below data, which all nodes must share."},
		{Name: "files-endpoint", Value: "URL", apply: webAddress(func(c *Config) *string { return &c.Files.Endpoint }),
			Help: "The address of the server that has the bucket, which may be in a private network. " +
				"By default Amazon's in files-region."},
		{Name: "files-region", Value: "NAME", Default: "us-east-1",
			apply: text(func(c *Config) *string { return &c.Files.Region }, 64),
			Help:  "The region of the bucket. Servers other than Amazon's mostly take any."},
		key("files-access-key", "AWS_ACCESS_KEY_ID", "The id of the key for the bucket. It needs s3:GetObject, "+
			"s3:PutObject, s3:DeleteObject and s3:ListBucket.", func(c *Config) *domain.Secret { return &c.Files.Key }),
		key("files-secret-key", "AWS_SECRET_ACCESS_KEY", "The secret of the key for the bucket.",
			func(c *Config) *domain.Secret { return &c.Files.Secret }),
		key("files-session-token", "AWS_SESSION_TOKEN", "The session token, where the key is a temporary one.",
			func(c *Config) *domain.Secret { return &c.Files.Token }),
	})
}

// A bucket's name as Amazon allows it, and a prefix that needs no escaping.
var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	prefixName = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)
)

func bucket(c *Config, v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "s3" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Port() != "" {
		return fmt.Errorf("must be s3://BUCKET or s3://BUCKET/PREFIX")
	}
	prefix := strings.Trim(u.Path, "/")
	if !bucketName.MatchString(u.Host) || strings.Contains(u.Host, "..") {
		return fmt.Errorf("must name a bucket: 3 to 63 small letters, digits, dots and hyphens, not %q", u.Host)
	}
	if prefix != "" && (!prefixName.MatchString(prefix) || strings.Contains("/"+prefix+"/", "/../") || len(prefix) > 400) {
		return fmt.Errorf("must have a prefix of letters, digits, hyphens, underscores, dots and slashes, not %q", prefix)
	}
	c.Files.Bucket, c.Files.Prefix = u.Host, prefix
	return nil
}

// faults are the rules that involve several of the options of files. Keys alone are none: other programs read them.
func (f Files) faults() (list []string) {
	switch {
	case f.Bucket == "" && f.Endpoint != "":
		list = append(list, "files-endpoint is set, and no bucket: set files to s3://BUCKET/PREFIX")
	case f.Bucket != "" && (f.Key == "" || f.Secret == ""):
		list = append(list, "files names a bucket, and there is no key: set VELLOCITY_FILES_ACCESS_KEY and "+
			"VELLOCITY_FILES_SECRET_KEY, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	return list
}
