// Reads one response of a server with OpenAI's own client, and prints what it made of it as
// JSON: client.mjs ADDRESS
import OpenAI from 'openai'

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'sk-test', maxRetries: 0 })
let live = ''
try {
  const stream = client.responses.stream({
    model: 'scripted-1',
    instructions: 'Write plainly.',
    input: [{ role: 'user', content: 'A word on rain.' }],
    max_output_tokens: 400,
    store: false,
  })
  stream.on('response.output_text.delta', (e) => { live += e.delta })
  let last // finalResponse leaves a response that is incomplete as it began
  stream.on('event', (e) => { last = e.response ?? last })
  const snapshot = await stream.finalResponse()
  const textOf = (r) => r.output.flatMap((o) => o.content ?? []).map((c) => c.text ?? '').join('')
  const r = last
  console.log(JSON.stringify({
    live,
    text: textOf(r),
    collected: textOf(snapshot), // from the pieces, where it was not replaced by the end
    model: r.model,
    status: r.status,
    reason: r.incomplete_details?.reason ?? '',
    input: r.usage?.input_tokens,
    cached: r.usage?.input_tokens_details.cached_tokens,
    output: r.usage?.output_tokens,
  }))
} catch (e) {
  console.log(JSON.stringify({ live, error: e.message, code: e.code ?? '', httpStatus: e.status ?? 0 }))
}
