package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"vellocity/internal/sse"
)

const chatPath = "/api/v1/aichat"

// longestLine is how long a line of a question may be, in bytes.
const longestLine = 1 << 20

// chatOptions are the flags of a chat.
type chatOptions struct {
	conversation, voice, template int64
}

func chatCommand(s *settings) *cobra.Command {
	var o chatOptions
	c := &cobra.Command{
		Use:   "chat [QUESTION]",
		Short: "Ask questions in a conversation",
		Long: `Asks a question and prints the answer as it is written. Without a question it reads one
from each line of standard input, until its end. Answers rest on the workspace's texts,
too: the passages that they cite go to standard error, and so does the id of a new
conversation.`,
		Example: `  vellocity chat "How many degrees does fleece keep?"
  vellocity chat --conversation 12 < questions.txt
  vellocity chat --voice 3`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
	}
	f := c.Flags()
	f.Int64Var(&o.conversation, "conversation", 0, "go on with this conversation; by default a new one")
	f.Int64Var(&o.voice, "voice", 0, "brand voice of a new conversation; by default the workspace's")
	f.Int64Var(&o.template, "template", 0, "chat template of a new conversation; 1 by default")
	c.RunE = func(c *cobra.Command, args []string) error {
		if o.conversation != 0 && (o.voice != 0 || o.template != 0) {
			return usageError{errors.New("--voice and --template are for a new conversation, not for --conversation")}
		}
		return reach(c, s, true, func(cl *client) error { return o.chat(c, cl, args) })
	}
	return c
}

func (o chatOptions) chat(c *cobra.Command, cl *client, args []string) error {
	if o.conversation == 0 {
		in := map[string]any{}
		for name, id := range map[string]int64{"brand_voice_id": o.voice, "category_id": o.template} {
			if id != 0 {
				in[name] = id
			}
		}
		var made struct {
			ID int64 `json:"conver_id"`
		}
		if err := cl.call(c.Context(), http.MethodPost, chatPath+"/new-chat", in, &made); err != nil {
			return err
		}
		o.conversation = made.ID
		fmt.Fprintf(c.ErrOrStderr(), "Conversation %d\n", made.ID)
	}
	if len(args) > 0 {
		return o.ask(c, cl, args[0])
	}
	lines := bufio.NewScanner(c.InOrStdin())
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		if err := o.ask(c, cl, lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// ask sends a question and prints its answer as it comes, then what it cites.
func (o chatOptions) ask(c *cobra.Command, cl *client, question string) error {
	ctx := c.Context()
	var asked struct {
		ID int64 `json:"message_id"`
	}
	in := map[string]any{"conver_id": o.conversation, "prompt": question}
	if err := cl.call(ctx, http.MethodPost, chatPath+"/chat-send", in, &asked); err != nil {
		return err
	}
	at := fmt.Sprintf("%s/chat-send?conver_id=%d&message_id=%d", chatPath, o.conversation, asked.ID)
	if err := printStream(ctx, cl, at, c.OutOrStdout()); err != nil {
		return err
	}
	var answer struct {
		LeftOut   int `json:"left_out"`
		Citations []struct {
			N         int    `json:"n"`
			ContentID int64  `json:"content_id"`
			Title     string `json:"title"`
		} `json:"citations"`
	}
	one := fmt.Sprintf("%s/chat/%d/messages/%d", chatPath, o.conversation, asked.ID)
	if err := cl.call(ctx, http.MethodGet, one, nil, &answer); err != nil {
		return err
	}
	for _, s := range answer.Citations {
		fmt.Fprintf(c.ErrOrStderr(), "[S%d] item %d, %s\n", s.N, s.ContentID, s.Title)
	}
	if answer.LeftOut > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "%d earlier messages were shortened, since they did not fit\n", answer.LeftOut)
	}
	return nil
}

// printStream prints a streamed text and a line end.
func printStream(ctx context.Context, cl *client, path string, to io.Writer) error {
	resp, err := cl.open(ctx, http.MethodGet, path, nil, "text/event-stream")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var refused struct {
			Error failure `json:"error"`
		}
		if err := json.NewDecoder(resp.Body).Decode(&refused); err != nil {
			return fmt.Errorf("the server responded with %d", resp.StatusCode)
		}
		return &refused.Error
	}
	events := sse.NewReader(resp.Body)
	var failed *failure
	for {
		e, err := events.Next()
		switch {
		case err != nil:
			return fmt.Errorf("the answer broke off: %w", err)
		case e.Name == "error":
			failed = &failure{}
			if err := json.NewDecoder(bytes.NewReader([]byte(e.Data))).Decode(failed); err != nil {
				return fmt.Errorf("read why the answer broke off: %w", err)
			}
		case e.Data == sse.Done:
			fmt.Fprintln(to)
			if failed != nil {
				return failed
			}
			return nil
		case e.Name == "" || e.Name == "message":
			fmt.Fprint(to, e.Data)
		}
	}
}
