package check

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// File is a Markdown file taken apart.
type File struct {
	Name    string
	Source  string // all of it
	Text    string // what follows the front matter
	skipped int    // code points before Text

	// From the front matter; empty where it says nothing.
	Title, Description, Language string
	Keywords                     []string
}

// frontMatter are the fields that are read; all others are the site generator's.
type frontMatter struct {
	Title       string `yaml:"title"`
	Description string `yaml:"description"`
	Language    string `yaml:"language"`
	Lang        string `yaml:"lang"`
	Keywords    any    `yaml:"keywords"` // a list, or one text with commas
}

// Read takes a Markdown file apart. Front matter is YAML between two lines of three hyphens, or TOML between
// two lines of three plus signs, which is skipped. It returns an error that names the file where the file is no
// text, is longer than an item's body may be, or has front matter that cannot be read.
func Read(name string, source []byte) (File, error) {
	f := File{Name: name, Source: strings.TrimPrefix(string(source), "\ufeff")}
	if !utf8.ValidString(f.Source) {
		return f, fmt.Errorf("%s is not UTF-8 text", name)
	}
	f.Text = f.Source
	front, rest, kind := split(f.Source)
	if kind != "" {
		f.Text = rest
		f.skipped = utf8.RuneCountInString(f.Source) - utf8.RuneCountInString(rest)
	}
	if n := utf8.RuneCountInString(f.Text); n > domain.LimitBody.Max {
		return f, fmt.Errorf("%s has %d characters; %d are the most", name, n, domain.LimitBody.Max)
	}
	var p domain.Problems
	if !p.Characters("text", f.Text) {
		return f, fmt.Errorf("%s: %w", name, p.Err())
	}
	if kind != "---" {
		return f, nil
	}
	if err := f.readFront(front); err != nil {
		return f, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

func (f *File) readFront(front string) error {
	var m frontMatter
	if err := yaml.Unmarshal([]byte(front), &m); err != nil {
		return fmt.Errorf("the front matter is not valid: %w", err)
	}
	f.Title, f.Description, f.Language = m.Title, m.Description, m.Language
	if f.Language == "" {
		f.Language = m.Lang
	}
	if f.Language != "" && !prose.ValidLanguage(f.Language) {
		return fmt.Errorf("the front matter names the language %q; write a tag such as en or de-AT", f.Language)
	}
	switch k := m.Keywords.(type) {
	case nil:
	case string:
		for part := range strings.SplitSeq(k, ",") {
			if part = strings.TrimSpace(part); part != "" {
				f.Keywords = append(f.Keywords, part)
			}
		}
	case []any:
		for _, v := range k {
			f.Keywords = append(f.Keywords, fmt.Sprint(v))
		}
	default:
		return errors.New("keywords in the front matter must be a list")
	}
	return nil
}

// split returns the front matter and the text after it. kind is the fence, "" where there is none.
func split(source string) (front, rest, kind string) {
	for _, fence := range []string{"---", "+++"} {
		first, after, ok := strings.Cut(source, "\n")
		if !ok || strings.TrimRight(first, " \t\r") != fence {
			continue
		}
		for at := 0; at < len(after); {
			line, _, more := strings.Cut(after[at:], "\n")
			end := at + len(line)
			if more {
				end++
			}
			if strings.TrimRight(line, " \t\r") == fence {
				return after[:at], after[end:], fence
			}
			at = end
		}
	}
	return "", source, ""
}

// Input returns the file as a text to check. What the caller gives wins over the front matter.
func (f File) Input(language string, keywords []string, v *domain.BrandVoice) Input {
	in := Input{
		Text: f.Text, Title: f.Title, MetaDescription: f.Description, Language: f.Language, Keywords: f.Keywords, Voice: v,
	}
	if language != "" {
		in.Language = language
	}
	if len(keywords) > 0 {
		in.Keywords = keywords
	}
	return in
}

// Language notes a fault unless the tag is empty or names a language (BCP 47).
func Language(p *domain.Problems, path, tag string) {
	if tag != "" && !prose.ValidLanguage(tag) {
		p.Format(path, "a language tag such as en or de-AT")
	}
}
