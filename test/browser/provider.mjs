// A text provider on the wire (Chat Completions), slow enough to be watched.
import http from "node:http";

const title = "Five ways to keep a shared inbox calm";
const answers = {
  outline: { title, sections: ["Start small", "Agree on names", "Answer once a day"].map((heading) => ({ heading, points: ["Say what helps first."] })) },
  judgement: { fits: "partly", verdict: "It boasts where it should help.", quotes: [
    { quote: "in every inbox", why: "Nobody can know that.", instead: "in many inboxes" },
    { quote: "These words are nowhere", why: "Made up.", instead: "" },
  ] },
  meta: { title, meta_title: title, meta_description: "What helps a small team keep a shared inbox calm, in plain words.", slug: "calm-shared-inbox" },
};
const paragraph = "Begin with one mailbox and give every message an owner. The person who picks it up says so in one short line, and the others leave it alone. At the end of the day nothing is left without a name beside it, and nobody has answered the same question twice. ";

// startProvider listens on a free port and returns its address, a stop, and a switch
// that lets it refuse what it is asked.
export async function startProvider(wait = 60) {
  let failing = false;
  const server = http.createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    if (failing) {
      await new Promise((done) => setTimeout(done, 800));
      res.writeHead(400, { "Content-Type": "application/json" }).end(JSON.stringify({ error: { message: "This model takes no such request.", type: "invalid_request_error" } }));
      return;
    }
    await answer(JSON.parse(body || "{}"), res, wait);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, fail: (on) => { failing = on; }, stop: () => { server.closeAllConnections(); server.close(); } };
}

async function answer(ask, res, wait) {
  const text = write(ask);
  const usage = { prompt_tokens: 400, completion_tokens: Math.ceil(text.length / 4), total_tokens: 400 + Math.ceil(text.length / 4) };
  const frame = (delta, finish = null, more = {}) => ({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: ask.model,
    choices: [{ index: 0, delta, finish_reason: finish }], ...more });
  if (!ask.stream) {
    res.setHeader("Content-Type", "application/json");
    res.end(JSON.stringify({ ...frame({}), object: "chat.completion", usage, choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }] }));
    return;
  }
  res.setHeader("Content-Type", "text/event-stream");
  const send = (v) => res.write(`data: ${JSON.stringify(v)}\n\n`);
  for (const word of text.split(/(?<= )/)) {
    send(frame({ content: word }));
    await new Promise((done) => setTimeout(done, wait));
  }
  send(frame({}, "stop"));
  send({ ...frame({}), choices: [], usage });
  res.end("data: [DONE]\n\n");
}

// asked is the last message of a request.
const asked = (ask) => JSON.stringify(ask.messages.at(-1));

// write answers by what the request asks for: an object of a named shape, or prose.
function write(ask) {
  const shape = ask.response_format?.json_schema?.schema?.properties;
  if (shape?.sections) return JSON.stringify(answers.outline);
  if (shape?.verdict) return JSON.stringify(answers.judgement);
  if (shape?.meta_title) return JSON.stringify(answers.meta);
  if (JSON.stringify(ask.messages).includes("takes the place of the passage")) return "Give every message an owner, and start with one mailbox.";
  if (JSON.stringify(ask.messages).includes("This text is written again")) return "In short: " + paragraph.trim();
  if (JSON.stringify(ask.messages).includes("You name conversations")) return "A calm inbox";
  if (JSON.stringify(ask.messages).includes("You answer in a conversation")) return paragraph.replace(".", " [S1][S7].").trim() + (asked(ask).includes("at length") ? paragraph.repeat(60) : "");
  return paragraph.repeat(2).trim();
}
