// What no client shows: status, headers and codes of both eras.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { key, legacy, modern, url } from './clients.mjs'

const envelope = { 'io.modelcontextprotocol/protocolVersion': modern, 'io.modelcontextprotocol/clientCapabilities': {} }

function post(message, headers = {}, signal) {
  return fetch(url, {
    method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', ...message }), signal,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
  })
}

const stateless = (method, params = {}, headers = {}) => {
  const name = params.name ?? params.uri
  return post({ id: 1, method, params: { ...params, _meta: envelope } },
    { 'MCP-Protocol-Version': modern, 'Mcp-Method': method, ...(name && { 'Mcp-Name': name }), ...headers })
}

const hello = { id: 1, method: 'initialize', params: { protocolVersion: legacy, capabilities: {}, clientInfo: { name: 'wire', version: '1' } } }

async function session() {
  const answer = await post(hello)
  assert.equal(answer.status, 200)
  await answer.text()
  return { 'Mcp-Session-Id': answer.headers.get('mcp-session-id'), 'MCP-Protocol-Version': legacy }
}

// messages reads the JSON-RPC messages of either form of answer.
async function messages(answer) {
  const body = await answer.text()
  if (!answer.headers.get('content-type').startsWith('text/event-stream')) return [JSON.parse(body)]
  return body.split('\n').filter(l => l.startsWith('data: ')).map(l => JSON.parse(l.slice(6)))
}

const errorOf = async answer => (await messages(answer)).at(-1).error

describe('before a session', () => {
  test('a wrong key', async () => {
    for (const Authorization of ['Bearer vell_pk_wrong', 'Basic abc', '']) {
      for (const answer of [await post(hello, { Authorization }), await stateless('server/discover', {}, { Authorization })]) {
        assert.equal(answer.status, 401)
        const challenge = answer.headers.get('www-authenticate')
        assert.match(challenge, /^Bearer realm=/)
        if (Authorization.startsWith('Bearer')) assert.match(challenge, /error="invalid_token"/)
        if (!Authorization) assert.doesNotMatch(challenge, /error=/) // RFC 6750, 3.1
        assert.ok((await errorOf(answer)).message)
      }
    }
  })
  test('a foreign page', async () => {
    for (const Origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
      assert.equal((await post(hello, { Origin })).status, 403)
      assert.equal((await stateless('tools/list', {}, { Origin })).status, 403)
    }
    assert.equal((await post(hello, { Origin: new URL(url).origin })).status, 200)
  })
  test('versions', async () => {
    for (const [asked, got] of [['2025-06-18', '2025-06-18'], ['2025-03-26', '2025-03-26'], [modern, legacy], ['1999-01-01', legacy]]) {
      const [{ result }] = await messages(await post({ ...hello, params: { ...hello.params, protocolVersion: asked } }))
      assert.equal(result.protocolVersion, got)
    }
    const [{ result }] = await messages(await stateless('server/discover'))
    assert.ok(result.supportedVersions.includes(modern) && result.supportedVersions.includes(legacy))
    assert.equal(result._meta['io.modelcontextprotocol/serverInfo'].name, 'vellocity-mcp')
    assert.equal(result.cacheScope, 'private')
  })
})

test('codes of a session', async () => {
  const s = await session()
  const code = async (method, params, headers = s) => {
    const answer = await post({ id: 7, method, params }, headers)
    return [answer.status, (await errorOf(answer)).code]
  }
  assert.deepEqual(await code('tools/call', { name: 'write_poetry' }), [200, -32602])
  assert.deepEqual(await code('poetry/write'), [200, -32601])
  assert.deepEqual(await code('prompts/get', { name: 'poetry' }), [200, -32602])
  assert.deepEqual(await code('resources/read', { uri: 'vellocity://executions/999999' }), [200, -32002])
  assert.deepEqual(await code('tools/list', { cursor: 'poetry' }), [200, -32602])
  assert.deepEqual(await code('ping', {}, {}), [400, -32600])
  assert.deepEqual(await code('ping', {}, { 'Mcp-Session-Id': 'poetry' }), [404, -32600])
  assert.deepEqual(await code('ping', {}, { ...s, 'MCP-Protocol-Version': '1999-01-01' }), [400, -32600])
  assert.equal((await post({ method: 'notifications/poetry' }, s)).status, 202)
  const plain = await post({ id: 8, method: 'ping' }, { ...s, Accept: 'application/json' })
  assert.match(plain.headers.get('content-type'), /^application\/json/)
  assert.deepEqual(await plain.json(), { jsonrpc: '2.0', id: 8, result: {} })

  const remove = () => fetch(url, { method: 'DELETE', headers: { Authorization: `Bearer ${key}`, ...s } })
  assert.equal((await remove()).status, 204)
  assert.deepEqual(await code('ping'), [404, -32600])
  assert.equal((await remove()).status, 404)
})

test('codes without one', async () => {
  const code = async (...args) => {
    const answer = await stateless(...args)
    return [answer.status, (await errorOf(answer)).code]
  }
  assert.deepEqual(await code('tools/call', { name: 'write_poetry' }), [400, -32602])
  assert.deepEqual(await code('poetry/write'), [404, -32601])
  assert.deepEqual(await code('initialize', hello.params), [404, -32601])
  assert.deepEqual(await code('ping'), [404, -32601])
  assert.deepEqual(await code('prompts/get', { name: 'poetry' }), [400, -32602])
  assert.deepEqual(await code('resources/read', { uri: 'vellocity://executions/999999' }), [400, -32602])
  assert.deepEqual(await code('tools/list', {}, { 'Mcp-Method': 'tools/call' }), [400, -32020])
  assert.deepEqual(await code('tools/call', { name: 'list_agents' }, { 'Mcp-Name': 'get_agent' }), [400, -32020])
  const future = { id: 1, method: 'tools/list', params: { _meta: { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } } }
  const answer = await post(future, { 'MCP-Protocol-Version': '2099-01-01', 'Mcp-Method': 'tools/list' })
  const error = await errorOf(answer)
  assert.deepEqual([answer.status, error.code, error.data.requested], [400, -32022, '2099-01-01'])
  assert.equal((await stateless('tools/list')).headers.get('mcp-session-id'), null)
  for (const method of ['GET', 'DELETE', 'PUT']) {
    const refused = await fetch(url, { method, headers: { Authorization: `Bearer ${key}`, 'MCP-Protocol-Version': modern } })
    assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'POST'])
  }
})

test('a cancelled call is not answered', async () => {
  const s = await session()
  const params = { name: 'generate_blog_post', arguments: { topic: 'Hanging gardens', word_count: 600, wait: 50 }, _meta: { progressToken: 'p' } }
  const answer = await post({ id: 9, method: 'tools/call', params }, s, AbortSignal.timeout(30_000))
  let seen = ''
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    seen += piece
    if (seen.includes('notifications/progress') && !seen.includes('asked')) {
      seen += 'asked'
      const told = await post({ method: 'notifications/cancelled', params: { requestId: 9, reason: 'enough' } }, s)
      assert.equal(told.status, 202)
    }
  }
  assert.match(seen, /asked/)
  assert.doesNotMatch(seen, /"(result|error)"/)

  const [{ result }] = await messages(await stateless('tools/call', { name: 'list_executions', arguments: { status: 'executing' } }))
  for (const { id } of result.structuredContent.data) {
    const [ended] = await messages(await stateless('tools/call', { name: 'cancel_execution', arguments: { id } }))
    assert.equal(ended.result.structuredContent.data.id, id)
  }
})
