package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

const imagePath = "/api/v1/aiimage"

// imageOptions are the flags of the command image.
type imageOptions struct {
	engine, size, from, out string
	number                  int
	high                    bool
}

func imageCommand(s *settings) *cobra.Command {
	var o imageOptions
	c := &cobra.Command{
		Use:   "image DESCRIPTION",
		Short: "Generate images and write them to files",
		Long: `Asks an image model for pictures and writes each to a file. Without a connected model
a placeholder is drawn, which costs nothing. The files are also in the dashboard.`,
		Example: `  vellocity image "a lighthouse at night, seen from a boat" -o lighthouse.png
  vellocity image "the same, in the rain" --engine flux-pro-kontext --from lighthouse.png`,
		Args: usageArgs(cobra.ExactArgs(1)),
	}
	f := c.Flags()
	f.StringVar(&o.engine, "engine", "dall-e", "dall-e, stablediffusion, flux-pro, ideogram or flux-pro-kontext")
	f.StringVar(&o.size, "size", "", "width and height in pixels, such as 1024x1024")
	f.StringVar(&o.from, "from", "", "a PNG, JPEG or WebP file to begin with, for stablediffusion and flux-pro-kontext")
	f.IntVar(&o.number, "number", 1, "how many images")
	f.BoolVar(&o.high, "high", false, "the better quality of dall-e")
	f.StringVarP(&o.out, "output", "o", "", "file to write; by default image-ID in this directory")
	c.RunE = func(c *cobra.Command, args []string) error {
		in, err := o.request(args[0])
		if err != nil {
			return err
		}
		return reach(c, s, true, func(cl *client) error { return o.generate(c, cl, in) })
	}
	return c
}

// request is what the API is asked: each engine takes fields of its own.
func (o imageOptions) request(description string) (map[string]any, error) {
	in := map[string]any{
		"image_generator": o.engine, "image_number_of_images": o.number, "description": description,
	}
	size := o.size
	if size == "" && (o.engine == "dall-e" || o.engine == "stablediffusion") {
		size = "1024x1024"
	}
	switch {
	case o.engine == "dall-e":
		in["size"], in["quality"] = size, "standard"
	case size != "":
		in["image_resolution"] = size
	}
	if o.high {
		in["quality"] = "hd"
	}
	if o.engine == "stablediffusion" {
		in["type"] = "text-to-image"
	}
	if o.from == "" {
		return in, nil
	}
	data, err := os.ReadFile(o.from)
	if err != nil {
		return nil, fmt.Errorf("read the picture to begin with: %w", err)
	}
	in["image_src"] = data // which JSON writes in base64
	if o.engine == "stablediffusion" {
		in["type"] = "image-to-image"
	}
	return in, nil
}

// imageGeneration is a generation as the API shows it.
type imageGeneration struct {
	ID      int64   `json:"id"`
	Status  string  `json:"status"`
	Error   *string `json:"error"`
	Credits int     `json:"credits_used"`
	Images  []struct {
		ID          int64   `json:"id"`
		Number      int     `json:"number"`
		Output      *string `json:"output"`
		Format      *string `json:"format"`
		Error       *string `json:"error"`
		Placeholder bool    `json:"placeholder"`
	} `json:"images"`
}

// lookGap is how often the command looks whether the images are there.
const lookGap = 300 * time.Millisecond

func (o imageOptions) generate(c *cobra.Command, cl *client, in map[string]any) error {
	ctx := c.Context()
	var g imageGeneration
	if err := cl.call(ctx, http.MethodPost, imagePath+"/generate-image", in, &g); err != nil {
		return err
	}
	look := time.NewTicker(lookGap)
	defer look.Stop()
	for g.Status == "queued" || g.Status == "running" {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
		if err := cl.call(ctx, http.MethodGet, fmt.Sprintf("%s/generations/%d", imagePath, g.ID), nil, &g); err != nil {
			return err
		}
	}
	if g.Error != nil {
		return fmt.Errorf("no image: %s", *g.Error)
	}
	written, placeholder := 0, false
	for _, i := range g.Images {
		if i.Output == nil {
			fmt.Fprintf(c.ErrOrStderr(), "Image %d: %s\n", i.Number, *i.Error)
			continue
		}
		name := o.file(i.ID, i.Number, *i.Format)
		if err := save(ctx, cl, *i.Output, name); err != nil {
			return err
		}
		fmt.Fprintln(c.OutOrStdout(), name)
		written++
		placeholder = placeholder || i.Placeholder
	}
	if placeholder {
		fmt.Fprintln(c.ErrOrStderr(), "A placeholder: no image model is connected. See docs/images.md for the keys.")
	}
	if written == 0 {
		return fmt.Errorf("the generation %d is %s and has no image", g.ID, g.Status)
	}
	return nil
}

// file names the file of an image: where several are asked for, each gets its number.
func (o imageOptions) file(id int64, number int, format string) string {
	if o.out == "" {
		return fmt.Sprintf("image-%d.%s", id, format)
	}
	if o.number == 1 {
		return o.out
	}
	end := filepath.Ext(o.out)
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(o.out, end), number, end)
}

// save writes what is at an address of the server to a file.
func save(ctx context.Context, cl *client, path, name string) error {
	resp, err := cl.open(ctx, http.MethodGet, path, nil, "image/*")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the image: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server responded with %d to %s", resp.StatusCode, path)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil { //nolint:gosec // a picture, where its user wants it
		return fmt.Errorf("write the image: %w", err)
	}
	return nil
}
