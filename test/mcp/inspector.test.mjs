// The Inspector, a client for people, from its command line.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { key, url } from './clients.mjs'

const root = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json'))
const program = join(root, 'clients/launcher/build/index.js')

function inspect(era, ...args) {
  const all = [program, '--cli', url, '--transport', 'http', '--header', `Authorization: Bearer ${key}`, '--stored-auth-only', '--protocol-era', era, '--format', 'json', ...args]
  return new Promise(done => execFile(process.execPath, all, { timeout: 60_000, maxBuffer: 8 << 20 },
    (error, out, err) => done({ code: error?.code ?? 0, out, err })))
}

const result = ({ code, out, err }) => {
  assert.equal(code, 0, err)
  return JSON.parse(out).result
}

for (const era of ['legacy', 'modern']) {
  describe(era, () => {
    test('the tools are portable', async () => {
      const answer = await inspect(era, '--method', 'tools/list', '--strict')
      assert.ok(result(answer).tools.length > 10)
      assert.equal(answer.err, '')
    })
    test('a call', async () => {
      const { structuredContent } = result(await inspect(era, '--method', 'tools/call', '--tool-name', 'get_capability', '--tool-args-json', '{"slug":"analyze-seo"}'))
      assert.equal(structuredContent.data.attributes.slug, 'analyze-seo')
      const failed = await inspect(era, '--method', 'tools/call', '--tool-name', 'get_capability', '--tool-args-json', '{"slug":"poetry"}')
      assert.equal(failed.code, 5)
    })
    test('resources', async () => {
      assert.equal(result(await inspect(era, '--method', 'resources/list')).resources.length, 5)
      const { contents } = result(await inspect(era, '--method', 'resources/read', '--uri', 'vellocity://kanban'))
      assert.ok(JSON.parse(contents[0].text).data.columns.published)
    })
  })
}
