package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"vellocity/internal/sse"
)

// widest is how many characters of a cell are shown.
const widest = 60

// show prints the response.
func (k *command) show(c *cobra.Command, resp *http.Response) error {
	out, notes := c.OutOrStdout(), c.ErrOrStderr()
	media := resp.Header.Get("Content-Type")
	switch {
	case resp.StatusCode == http.StatusNoContent:
		fmt.Fprintln(notes, "Done.")
		return nil
	case strings.HasPrefix(media, "text/event-stream"):
		return k.stream(out, notes, resp.Body)
	case k.op.Kind() == "file":
		_, err := io.Copy(out, resp.Body)
		return err
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the response: %w", err)
	}
	if k.asJSON || k.op.NoEnvelope {
		return pretty(out, raw)
	}
	var answer struct{ Data, Meta json.RawMessage }
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("read the response: %w", err)
	}
	return k.data(out, notes, answer.Data, answer.Meta)
}

func pretty(out io.Writer, raw []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return fmt.Errorf("read the response: %w", err)
	}
	b.WriteByte('\n')
	_, err := out.Write(b.Bytes())
	return err
}

func (k *command) data(out, notes io.Writer, data, rawMeta json.RawMessage) error {
	meta := map[string]any{}
	if len(rawMeta) > 0 {
		if err := json.Unmarshal(rawMeta, &meta); err != nil {
			return fmt.Errorf("read the response: %w", err)
		}
	}
	if secret, ok := meta["key"].(string); ok {
		fmt.Fprintln(notes, meta["warning"])
		_, err := fmt.Fprintln(out, secret)
		return err
	}
	if bytes.HasPrefix(data, []byte("[")) {
		return k.table(out, notes, data, meta)
	}
	o, err := readObject(data)
	if err != nil {
		return err
	}
	for _, name := range []string{"message", "agent_reason"} {
		if text, ok := meta[name].(string); ok {
			fmt.Fprintln(notes, text)
		}
	}
	if err := lines(out, o); err != nil {
		return err
	}
	secret, ok := meta["secret"].(string)
	if !ok {
		return nil
	}
	fmt.Fprintln(notes, meta["warning"])
	_, err = fmt.Fprintln(out, "secret  "+secret)
	return err
}

// table prints a list: a row for each item, the row's columns.
func (k *command) table(out, notes io.Writer, data json.RawMessage, meta map[string]any) error {
	var items []json.RawMessage
	if err := json.Unmarshal(data, &items); err != nil {
		return fmt.Errorf("read the response: %w", err)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	columns := k.op.Command.Columns
	fmt.Fprintln(w, strings.ToUpper(strings.ReplaceAll(strings.Join(columns, "\t"), "_", " ")))
	for _, raw := range items {
		o, err := readObject(raw)
		if err != nil {
			return err
		}
		cells := make([]string, len(columns))
		for i, name := range columns {
			cells[i] = cut(o.get(name))
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if total, ok := meta["total"].(float64); ok && meta["page"] != nil {
		fmt.Fprintf(notes, "Page %v of %v, %.0f in all\n", meta["page"], max(1, int(number(meta["total_pages"]))), total)
	}
	return nil
}

func number(v any) float64 { n, _ := v.(float64); return n }

// entry is one field of an object, in the order that the server sent it.
type entry struct {
	name string
	raw  json.RawMessage
}

type fields []entry

// readObject reads an object with its attributes pulled up, in order.
func readObject(raw json.RawMessage) (fields, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("read the response: it is not an object")
	}
	var o, attributes fields
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("read the response: %w", err)
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("read the response: %w", err)
		}
		switch name := fmt.Sprint(t); name {
		case "attributes":
			if attributes, err = readObject(v); err != nil {
				return nil, err
			}
		case "links":
		default:
			o = append(o, entry{name, v})
		}
	}
	if attributes == nil {
		return o, nil
	}
	// The type of a resource names its table; a type among its attributes is its own.
	o = slices.DeleteFunc(o, func(e entry) bool { return e.name == "type" })
	return append(o, attributes...), nil
}

func (o fields) get(name string) string {
	i := slices.IndexFunc(o, func(e entry) bool { return e.name == name })
	if i < 0 {
		return ""
	}
	return plain(o[i].raw)
}

// lines prints an object: a line for each field, long texts below.
func lines(out io.Writer, o fields) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	var long []entry
	for _, e := range o {
		text := plain(e.raw)
		if strings.Contains(text, "\n") {
			long = append(long, e)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\n", e.name, text)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, e := range long {
		if _, err := fmt.Fprintf(out, "\n%s\n", plain(e.raw)); err != nil {
			return err
		}
	}
	return nil
}

// plain is a JSON value as people read it: no quotes, and nothing for null.
func plain(raw json.RawMessage) string {
	var s string
	switch {
	case string(raw) == "null":
		return "-"
	case json.Unmarshal(raw, &s) == nil:
		return s
	}
	return string(raw)
}

func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func cut(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= widest {
		return s
	}
	return string([]rune(s)[:widest-1]) + "…"
}

// stream prints events as they come: the pieces of a text as they are, every other event
// on a line of its own.
func (k *command) stream(out, notes io.Writer, r io.Reader) error {
	events := sse.NewReader(r)
	for {
		e, err := events.Next()
		switch {
		case errors.Is(err, io.EOF):
			return errors.New("the stream ended before it was complete")
		case err != nil:
			return fmt.Errorf("read the stream: %w", err)
		case e.Data == sse.Done && e.Name == "":
			if k.op.Stream.Text() {
				fmt.Fprintln(out)
			}
			return nil
		case e.Name == "error":
			f := &Failure{Code: "SERVER_ERROR", Message: e.Data}
			var body struct{ Code, Message string }
			if json.Unmarshal([]byte(e.Data), &body) == nil {
				f.Code, f.Message = body.Code, body.Message
			}
			return f
		case e.Name == "":
			fmt.Fprint(out, e.Data)
		case e.Name == "text" && !k.asJSON:
			fmt.Fprintln(notes, "text", cut(e.Data))
		default:
			fmt.Fprintln(out, e.Name, e.Data)
		}
	}
}
