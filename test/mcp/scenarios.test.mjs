// What a client does, with each client in each era.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import Ajv2020 from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { key, kinds, legacy, other, reader, toolsOnly, url } from './clients.mjs'

const text = result => result.content.map(c => c.text).join('\n')
const rest = new URL(url).origin + '/api/v1/content-workflow'

// schemas compiles what a structured result must match: the brief schema of
// tools/list and the complete one of schema discovery.
async function schemas(listed) {
  const ajv = formats(new Ajv2020({ strict: false, allErrors: true }))
  const answer = await fetch(rest + '/mcp-schema', { headers: { Authorization: `Bearer ${key}` } })
  const complete = (await answer.json()).tools
  const all = new Map()
  for (const tool of [...listed, ...complete]) {
    all.set(tool.name, [...(all.get(tool.name) ?? []), ajv.compile(tool.outputSchema)])
    ajv.compile(tool.inputSchema)
  }
  return (name, result) => {
    assert.ok(!result.isError, `${name}: ${text(result)}`)
    assert.deepEqual(JSON.parse(text(result)), result.structuredContent, `${name}: text and structure differ`)
    for (const valid of all.get(name)) {
      assert.ok(valid(result.structuredContent), `${name}: ${JSON.stringify(valid.errors?.slice(0, 3))}`)
    }
    return result.structuredContent.data
  }
}

for (const kind of kinds) {
  describe(kind.name, () => {
    let c, listed, checked

    before(async () => {
      c = await kind.connect()
      listed = (await c.client.listTools()).tools
      checked = await schemas(listed)
    })
    after(() => c?.client.close())

    test('knows the server', () => {
      assert.equal(c.client.getServerVersion().name, 'vellocity-mcp')
      assert.equal(c.client.getServerVersion().version, '1.0.0')
      assert.equal(c.version(), kind.version)
      assert.match(c.client.getInstructions(), /list_capabilities/)
      assert.deepEqual(Object.keys(c.client.getServerCapabilities()).sort(), ['completions', 'logging', 'prompts', 'resources', 'tools'])
    })

    test('the list is one small page', async () => {
      const page = await c.client.listTools()
      const size = JSON.stringify(page.tools).length
      assert.equal(page.nextCursor, undefined)
      assert.ok(page.tools.length <= 24, `${page.tools.length} tools`)
      assert.ok(size / 3.5 <= 8000, `${size} bytes`)
      for (const tool of page.tools) {
        const { title, readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.annotations
        assert.ok(title && tool.description && tool.outputSchema, tool.name)
        for (const hint of [readOnlyHint ?? false, destructiveHint, idempotentHint ?? false, openWorldHint]) {
          assert.equal(typeof hint, 'boolean', tool.name)
        }
      }
    })

    test('toolsets by address and by header', async () => {
      const names = async options => {
        const other = await kind.connect(options)
        try {
          return (await other.client.listTools()).tools.map(t => t.name)
        } finally {
          await other.client.close()
        }
      }
      const normal = listed.map(t => t.name)
      const all = await names({ query: '?toolsets=all' })
      assert.ok(all.length > normal.length && normal.every(n => all.includes(n)))
      const executions = await names({ headers: { 'X-MCP-Toolsets': 'executions' } })
      assert.deepEqual(executions, await names({ query: '?toolsets=executions' }))
      assert.ok(executions.includes('cancel_execution') && !executions.includes('get_kanban_board'))
      await assert.rejects(names({ query: '?toolsets=poetry' }), e => e.code === -32602 && /poetry.*there are.*executions/.test(e.message))
    })

    test('from a topic to a published post, through tools alone', async () => {
      const topic = `Keeping bees on a city roof, by ${kind.name}`
      const told = []
      const run = checked('generate_blog_post', await c.call('generate_blog_post', { topic, word_count: 600, wait: 50 }, { onprogress: p => told.push(p) }))
      assert.equal(run.attributes.status, 'completed')
      assert.ok(told.length > 0, 'no progress was notified')
      told.reduce((before, p) => (assert.ok(p.progress > before && p.progress <= p.total, JSON.stringify(told)), p.progress), -1)
      assert.equal(checked('get_execution', await c.call('get_execution', { id: run.id })).attributes.status, 'completed')

      const assets = checked('get_execution_assets', await c.call('get_execution_assets', { id: run.id }))
      const id = assets.content_items[0].id
      const item = checked('get_content_item', await c.call('get_content_item', { id }))
      assert.match(JSON.stringify(item.attributes), /city roof/i)
      for (const status of ['review', 'ready', 'published']) {
        checked('move_content', await c.call('move_content', { id, status }))
      }
      const board = checked('get_kanban_board', await c.call('get_kanban_board'))
      assert.ok(board.columns.published.items.some(i => i.id === id), 'not on the board as published')
    })

    // The ids of some nouns say what they name.
    const prefixes = { listing: 'lst_1', opportunity: 'opp_1', calendar_event: 'evt_1' }
    const prefixed = tool => prefixes[Object.keys(prefixes).find(noun => tool.includes(noun))] ?? 1

    test('every tool that reads answers as its schema says', async () => {
      const all = await kind.connect({ query: '?toolsets=all' })
      const list = (await all.client.listTools()).tools.filter(t => t.annotations.readOnlyHint)
      const valid = await schemas(list)
      const executions = valid('list_executions', await all.call('list_executions', { status: 'completed' }))
      const content = valid('get_execution_assets', await all.call('get_execution_assets', { id: executions[0].id })).content_items[0].id
      const samples = { slug: 'generate-blog-post', text: 'Bees live in the city.', use_case: 'A newsletter', template: tool => tool.includes('writer') ? 'faq_generator' : 'newsletter', id: tool => tool.includes('content') ? content : tool.includes('execution') ? executions[0].id : prefixed(tool) }
      let called = 0
      for (const tool of list) {
        const required = tool.inputSchema.required ?? []
        if (!required.every(name => samples[name])) continue
        const args = Object.fromEntries(required.map(name =>
          [name, typeof samples[name] === 'function' ? samples[name](tool.name) : samples[name]]))
        const result = await all.call(tool.name, args)
        // What this server has none of, such as a channel or a trigger, test/coverage calls.
        if (result.isError && required.includes('id') && /^NOT_FOUND/.test(text(result))) continue
        valid(tool.name, result)
        called++
      }
      assert.ok(called > 25, `${called} tools`)
      await all.client.close()
    })

    test('failures say what to do', async () => {
      for (const [name, args, says] of [
        ['get_execution', { id: 999_999 }, /^NOT_FOUND: .*\n.*list tool/s],
        ['get_execution', {}, /^VALIDATION_ERROR: .*The id field is required/s],
        ['move_content', { id: 1, status: 'poetry' }, /status: .*generated, review, ready or published/s],
        ['generate_blog_post', { topic: 'x', word_cuont: 3 }, /did you mean "word_count"/],
        ['execute_capability', { slug: 'write-poetry' }, /^NOT_FOUND/],
      ]) {
        const result = await c.call(name, args)
        assert.equal(result.isError, true, name)
        assert.match(text(result), says)
      }
      await assert.rejects(c.call('write_poetry'), e => e.code === -32602)
    })

    test('a key that reads sees and does only that', async () => {
      const r = await kind.connect({ as: reader })
      const { tools } = await r.client.listTools()
      assert.ok(tools.length > 5 && tools.every(t => t.annotations.readOnlyHint), tools.map(t => t.name).join())
      assert.ok(!(await r.call('list_capabilities')).isError)
      for (const [name, args] of [['generate_blog_post', { topic: 'x' }], ['move_content', { id: 1, status: 'review' }]]) {
        const refused = await r.call(name, args)
        assert.equal(refused.isError, true)
        assert.match(text(refused), /^FORBIDDEN: .*"(content|publish|review)".*\n.*ask the user/s)
      }
      await r.client.close()
    })

    test('a key for tools reads no resources', async () => {
      const t = await kind.connect({ as: toolsOnly })
      assert.ok((await t.client.listTools()).tools.length > 0)
      await assert.rejects(t.client.listResources(), /mcp:resources/)
      await t.client.close()
    })

    test('a wrong key is refused', async () => {
      await assert.rejects(kind.connect({ as: key.slice(0, -4) + 'zzzz' }), e => /401|unauthorized|authorization|API key/i.test(`${e.message} ${e.code} ${e.status}`))
    })

    test('prompts, their arguments and what these may be', async () => {
      const { prompts } = await c.client.listPrompts()
      assert.deepEqual(prompts.map(p => p.name).sort(), ['execute_capability', 'plan_campaign', 'review_content', 'write_brand_brief'])
      const suggested = async (name, argument, value = '') => (await c.client.complete({ ref: { type: 'ref/prompt', name }, argument: { name: argument, value } })).completion.values
      assert.ok((await suggested('execute_capability', 'capability', 'generate-')).includes('generate-blog-post'))
      const voices = await suggested('plan_campaign', 'brand_voice_id')
      const items = await suggested('review_content', 'content_id')
      assert.ok(voices.includes('1') && items.length > 0, `${voices} and ${items}`)
      const { messages } = await c.client.getPrompt({ name: 'review_content', arguments: { content_id: items[0], brand_voice_id: voices[0] } })
      assert.equal(messages.length, 1)
      assert.match(messages[0].content.text, new RegExp(`Review content item ${items[0]} [^]*\`get_brand_voice\` with id ${voices[0]}`))
      await assert.rejects(c.client.getPrompt({ name: 'plan_campaign' }), e => e.code === -32602 && /topic/.test(e.message))
      const r = await kind.connect({ as: reader })
      assert.deepEqual((await r.client.listPrompts()).prompts.map(p => p.name), ['review_content'])
      await r.client.close()
    })

    test('resources', async () => {
      const { resources } = await c.client.listResources()
      assert.deepEqual(resources.map(r => r.uri).sort(), ['agents', 'brand-voices', 'capabilities', 'executions', 'kanban'].map(n => `vellocity://${n}`))
      const { resourceTemplates } = await c.client.listResourceTemplates()
      assert.equal(resourceTemplates.length, 5)
      const uris = [...resources.map(r => r.uri), 'vellocity://capabilities/analyze-seo', 'vellocity://kanban/published', 'vellocity://agents/1', 'vellocity://brand-voices/1']
      for (const uri of uris) {
        const { contents } = await c.client.readResource({ uri })
        assert.equal(contents.length, 1)
        assert.equal(contents[0].uri, uri)
        assert.ok(JSON.parse(contents[0].text).data, uri)
      }
      for (const uri of ['vellocity://executions/999999', 'vellocity://kanban/poetry', 'vellocity://agents/x', 'vellocity://poetry']) {
        await assert.rejects(c.client.readResource({ uri }), e => [-32002, -32602].includes(e.code) && /not found/i.test(e.message), uri)
      }
    })

    test('a call that waits can be cancelled', async () => {
      const stop = new AbortController()
      const begun = performance.now()
      await assert.rejects(c.call('generate_blog_post', { topic: 'Hanging gardens', word_count: 600, wait: 50 },
        { signal: stop.signal, onprogress: () => stop.abort('enough') }), /enough|abort|cancel/i)
      assert.ok(performance.now() - begun < 20_000, 'the call was not given up')
      // The execution is durable: it continues until it is cancelled itself.
      let run
      for (const end = performance.now() + 10_000; !run && performance.now() < end;) {
        [run] = checked('list_executions', await c.call('list_executions', { status: 'executing' }))
      }
      assert.equal(checked('cancel_execution', await c.call('cancel_execution', { id: run.id })).id, run.id)
    })

    if (kind.version !== legacy) return
    test('a session ends, and is nobody else\'s', async () => {
      const s = await kind.connect()
      const id = s.transport.sessionId
      const ping = as => fetch(url, {
        method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
        headers: { Authorization: `Bearer ${as}`, 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', 'Mcp-Session-Id': id },
      })
      assert.equal((await ping(key)).status, 200)
      assert.equal((await ping(other)).status, 403)
      await s.transport.terminateSession()
      const gone = await ping(key)
      assert.equal(gone.status, 404)
      assert.match((await gone.json()).error.message, /initialize/)
      await s.client.close()
    })
  })
}
