// The bridge over standard input and output, started by both generations of the SDK.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { Client as Client2 } from '@modelcontextprotocol/client'
import { StdioClientTransport as Transport2 } from '@modelcontextprotocol/client/stdio'
import { key, legacy, modern, url } from './clients.mjs'

const info = { name: 'vellocity-bridge-test', version: '1.0.0' }
const binary = process.env.MCP_BINARY
const origin = new URL(url).origin

const command = (server = origin) => ({
  command: binary, args: ['mcp'], stderr: 'pipe', env: { VELLOCITY_SERVER: server, VELLOCITY_KEY: key },
})

const kinds = [
  { name: 'SDK 1', version: legacy, make: () => new Client1(info), Transport: Transport1, call: (c, params, more) => c.callTool(params, undefined, more) },
  { name: 'SDK 2, legacy', version: legacy, make: () => new Client2(info, { versionNegotiation: { mode: 'legacy' } }), Transport: Transport2, call: (c, params, more) => c.callTool(params, more) },
  { name: 'SDK 2, pinned', version: modern, make: () => new Client2(info, { versionNegotiation: { mode: { pin: modern } } }), Transport: Transport2, call: (c, params, more) => c.callTool(params, more) },
]

for (const kind of kinds) {
  describe(`bridge, ${kind.name}`, () => {
    test('lists, calls, reports progress, cancels and prompts', async () => {
      const client = kind.make()
      await client.connect(new kind.Transport(command()))
      assert.equal(client.getServerVersion().name, 'vellocity-mcp')
      const { tools } = await client.listTools()
      assert.ok(tools.some(t => t.name === 'generate_blog_post'))

      const told = []
      const topic = `Bees beside a bridge, by ${kind.name}`
      const run = await kind.call(client, { name: 'generate_blog_post', arguments: { topic, word_count: 600, wait: 50 } }, { onprogress: p => told.push(p) })
      assert.equal(run.structuredContent.data.attributes.status, 'completed')
      assert.ok(told.length > 0, 'no progress')

      const { prompts } = await client.listPrompts()
      assert.equal(prompts.length, 4)
      const { messages } = await client.getPrompt({ name: 'execute_capability', arguments: { capability: 'größer' } })
      assert.match(messages[0].content.text, /`größer`/)
      const { contents } = await client.readResource({ uri: 'vellocity://capabilities/analyze-seo' })
      assert.ok(JSON.parse(contents[0].text).data)

      const stop = new AbortController()
      await assert.rejects(kind.call(client, { name: 'generate_blog_post', arguments: { topic: 'Hanging gardens', word_count: 600, wait: 50 } },
        { signal: stop.signal, onprogress: () => stop.abort('enough') }), /enough|abort|cancel/i)
      const left = await kind.call(client, { name: 'list_executions', arguments: { status: 'executing' } })
      for (const { id } of left.structuredContent.data) await kind.call(client, { name: 'cancel_execution', arguments: { id } })
      await client.close()
    })
  })
}

test('a server that goes away and comes back', async () => {
  const client = new Client1(info)
  // A door in front of the server, which can be shut.
  let open = true
  const door = createServer((request, response) => {
    if (!open) return request.socket.destroy()
    const chunks = []
    request.on('data', c => chunks.push(c)).on('end', async () => {
      const gone = new AbortController()
      response.on('close', () => gone.abort())
      try {
        const { host, connection, 'content-length': length, ...headers } = request.headers
        const answer = await fetch(origin + request.url, { method: request.method, headers, signal: gone.signal, ...(chunks.length && { body: Buffer.concat(chunks) }) })
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain', ...(answer.headers.get('mcp-session-id') && { 'mcp-session-id': answer.headers.get('mcp-session-id') }) })
        response.flushHeaders()
        if (answer.body) for await (const piece of answer.body) response.write(piece)
        response.end()
      } catch { response.destroy() }
    })
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  await client.connect(new Transport1(command(`http://127.0.0.1:${door.address().port}`)))
  assert.ok((await client.listTools()).tools.length > 0)
  open = false
  door.closeAllConnections()
  await assert.rejects(client.listTools(), e => /cannot be reached|ended before/.test(e.message))
  open = true
  assert.ok((await client.listTools()).tools.length > 0)
  await client.close()
  door.closeAllConnections()
  door.close()
})

test('standard output has the protocol alone, and the program ends with its input', async () => {
  const run = async (lines, env) => {
    const child = spawn(binary, ['mcp'], { env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' })
    let out = '', err = ''
    child.stdout.on('data', d => out += d)
    child.stderr.on('data', d => err += d)
    child.stdin.end(lines.map(l => JSON.stringify(l) + '\n').join(''))
    const [code] = await once(child, 'close')
    return { code, err, messages: out.split('\n').filter(Boolean).map(l => JSON.parse(l)) }
  }
  const hello = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: legacy, capabilities: {}, clientInfo: info } }
  const good = await run([hello, { jsonrpc: '2.0', method: 'notifications/initialized' }, { jsonrpc: '2.0', id: 'x', method: 'tools/list' }], { VELLOCITY_SERVER: origin, VELLOCITY_KEY: key })
  assert.equal(good.code, 0)
  assert.deepEqual(good.messages.map(m => m.id), [1, 'x'])
  const wrong = await run([hello], { VELLOCITY_SERVER: origin, VELLOCITY_KEY: 'vell_pk_wrong' })
  assert.deepEqual([wrong.code, wrong.messages[0].id], [0, 1])
  assert.ok(wrong.messages[0].error.message)
  const none = await run([hello], { VELLOCITY_SERVER: origin })
  assert.deepEqual([none.code, none.messages], [2, []])
  assert.match(none.err, /--server needs a key/)
})
