// The same client for every scenario, out of two generations of an SDK.
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client'

export const { MCP_URL: url, MCP_KEY: key, MCP_OTHER: other, MCP_READER: reader, MCP_TOOLS: toolsOnly } = process.env

const info = { name: 'vellocity-test', version: '1.0.0' }

function transport(Kind, { as = key, query = '', headers = {} } = {}) {
  return new Kind(new URL(url + query), { requestInit: { headers: { Authorization: `Bearer ${as}`, ...headers } } })
}

async function first(options) {
  const client = new Client1(info)
  const t = transport(Transport1, options)
  await client.connect(t)
  return {
    client, transport: t, version: () => t.protocolVersion,
    call: (name, args = {}, more) => client.callTool({ name, arguments: args }, undefined, more),
  }
}

const second = mode => async options => {
  const client = new Client2(info, { versionNegotiation: { mode } })
  const t = transport(Transport2, options)
  await client.connect(t)
  return {
    client, transport: t, version: () => client.getNegotiatedProtocolVersion(),
    call: (name, args = {}, more) => client.callTool({ name, arguments: args }, more),
  }
}

export const legacy = '2025-11-25'
export const modern = '2026-07-28'

export const kinds = [
  { name: 'SDK 1', version: legacy, connect: first },
  { name: 'SDK 2, legacy', version: legacy, connect: second('legacy') },
  { name: 'SDK 2, auto', version: modern, connect: second('auto') },
  { name: 'SDK 2, pinned', version: modern, connect: second({ pin: modern }) },
]
