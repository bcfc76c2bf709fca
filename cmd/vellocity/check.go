package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vellocity/internal/app"
	"vellocity/internal/check"
	"vellocity/internal/domain"
)

// checkFlags are the flags of the command check.
type checkFlags struct {
	voice     int64
	voiceFile string
	language  string
	keywords  []string
	format    string
	failOn    string
}

func checkCommand(s *settings) *cobra.Command {
	f := checkFlags{format: string(check.FormatText), failOn: string(check.FailBlocking)}
	c := &cobra.Command{
		Use:   "check FILE…",
		Short: "Check Markdown files with guardrails and a brand voice",
		Long: `Checks Markdown files: what guardrails find, how far they follow a brand voice, and
their scores. The texts stay on this machine; no model is called. Only --voice
calls a server, to read that brand voice. A file may have front matter with title,
description, language and keywords; - is standard input.

The exit status is 0 without findings at or above --fail-on, 1 with some, and 2
where the command could not run.`,
		Example: `  vellocity check README.md docs/*.md --voice-file voice.json
  vellocity check post.md --voice 2 --format json
  vellocity check content/*.md --format sarif --fail-on warning > vellocity.sarif`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, files []string) error { return checkFiles(c, s, f, files) },
	}
	fl := c.Flags()
	fl.Int64Var(&f.voice, "voice", 0, "hold the files against the brand voice with this `id`, read from the server")
	fl.StringVar(&f.voiceFile, "voice-file", "", "hold the files against the brand voice in this JSON `file`")
	fl.StringVar(
		&f.language,
		"language",
		"",
		"the language of the files, like en or de-AT (default: front matter, voice, text)",
	)
	fl.StringArrayVar(&f.keywords, "keyword", nil, "what readers would search for; repeat it for several")
	fl.StringVar(&f.format, "format", f.format, strings.Join(check.Format("").Values(), ", "))
	fl.StringVar(&f.failOn, "fail-on", f.failOn, "fail with findings of this severity or above: "+
		strings.Join(check.FailOn("").Values(), ", "))
	return c
}

func (f checkFlags) validate(s *settings, files []string) error {
	switch {
	case !slices.Contains(check.Format("").Values(), f.format):
		return fmt.Errorf("--format must be one of %s", domain.Alternatives(check.Format("").Values()))
	case !slices.Contains(check.FailOn("").Values(), f.failOn):
		return fmt.Errorf("--fail-on must be one of %s", domain.Alternatives(check.FailOn("").Values()))
	case f.voice != 0 && f.voiceFile != "":
		return errors.New("--voice and --voice-file name two brand voices: give one of them")
	case f.voice < 0:
		return errors.New("--voice must be the id of a brand voice")
	case s.server != "" && f.voice == 0:
		return errors.New("--server is where --voice is read: give --voice, or leave --server out")
	}
	var p domain.Problems
	check.Language(&p, "language", f.language)
	domain.LimitKeywords.List(&p, "keyword", f.keywords)
	stdin := 0
	for _, name := range files {
		if name == "-" {
			stdin++
		}
	}
	if stdin > 1 || stdin == 1 && f.voiceFile == "-" {
		return errors.New("standard input can be read only once")
	}
	return p.Err()
}

func checkFiles(c *cobra.Command, s *settings, f checkFlags, names []string) error {
	if err := f.validate(s, names); err != nil {
		return usageError{err}
	}
	v, err := f.brandVoice(c, s)
	if err != nil {
		return usageError{err}
	}
	var files []check.Checked
	for _, name := range names {
		raw, err := readInput(c, name)
		if err != nil {
			return usageError{err}
		}
		if name == "-" {
			name = "<stdin>"
		}
		file, err := check.Read(name, raw)
		if err != nil {
			return usageError{err}
		}
		files = append(files, check.CheckFile(file, f.language, f.keywords, v))
	}
	if err := check.Write(c.OutOrStdout(), check.Format(f.format), files, app.Version); err != nil {
		return usageError{err}
	}
	for _, file := range files {
		fmt.Fprintln(c.ErrOrStderr(), file.Summary())
	}
	if n := check.Failing(files, check.FailOn(f.failOn)); n > 0 {
		return fmt.Errorf("%s at or above %q", domain.Plural(n, "issue"), f.failOn)
	}
	return nil
}

// readInput reads a file, or standard input for a hyphen. It reads no more than a text may be long.
func readInput(c *cobra.Command, name string) ([]byte, error) {
	const most = 4 << 20 // four bytes a character, and front matter
	in := c.InOrStdin()
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	raw, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(raw) > most {
		return nil, fmt.Errorf("%s is larger than %d MiB", name, most>>20)
	}
	return raw, nil
}

// brandVoice returns the voice that the flags name; nil where they name none.
func (f checkFlags) brandVoice(c *cobra.Command, s *settings) (*domain.BrandVoice, error) {
	var raw []byte
	switch {
	case f.voiceFile != "":
		var err error
		if raw, err = readInput(c, f.voiceFile); err != nil {
			return nil, fmt.Errorf("--voice-file: %w", err)
		}
	case f.voice != 0:
		err := reach(c, s, false, func(cl *client) error {
			var data json.RawMessage
			err := cl.call(c.Context(), "GET", fmt.Sprintf("%s/brand-voices/%d", prefix, f.voice), nil, &data)
			raw = data
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("--voice: %w", err)
		}
	default:
		return nil, nil
	}
	v, err := check.ReadVoice(raw)
	return &v, err
}
