// The real clients against a running simulator, whose address is in MOCK_URL and whose sockets are pinged
// so often that eight pings, which take minutes otherwise, take a second. run.sh starts both.
import assert from 'node:assert/strict'
import { test, after } from 'node:test'
import { once } from 'node:events'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const url = process.env.MOCK_URL
const REC = 'c0000000000000000000000000000001'
const MSP = 'a0000000000000000000000000000001'

const call = async (method, path, { tenant, body } = {}) => {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(tenant === undefined ? {} : { 'x-rks-tenantid': tenant }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}
const refresh = (tenant, prefix = '') =>
  call('GET', `${prefix}/entitlements/summaries?refresh=true`, { tenant })
const advance = (by, prefix = '') => call('POST', `${prefix}/_mock/clock/advance`, { body: { by } })

// How the web UI connects: query in the address, websocket only.
const clients = {
  2: {
    connect: (query, options = {}) =>
      require('socket.io-client-2')(`${url}/activity?${new URLSearchParams(query)}`, {
        path: '/api/websocket/socket.io',
        transports: ['websocket'],
        forceNew: true,
        reconnectionDelay: 50,
        reconnectionDelayMax: 100,
        ...options,
      }),
    pings: (socket, heard) => socket.io.on('pong', heard),
  },
  4: {
    connect: (query, options = {}) =>
      require('socket.io-client-4').io(`${url}/activity`, {
        path: '/api/websocket/socket.io',
        transports: ['websocket'],
        auth: query,
        forceNew: true,
        reconnectionDelay: 50,
        reconnectionDelayMax: 100,
        ...options,
      }),
    pings: (socket, heard) => socket.io.on('ping', heard),
  },
}

const open = new Set()
after(() => open.forEach(socket => socket.close()))

// What a socket hears, in order, as something to wait for.
const listen = async (client, query, options) => {
  const socket = client.connect(query, options)
  open.add(socket)
  const events = []
  const waiting = []
  socket.on('activityChangedEvent', text => {
    assert.equal(typeof text, 'string')
    const event = JSON.parse(text)
    const next = waiting.shift()
    if (next) next(event)
    else events.push(event)
  })
  const next = () =>
    events.length > 0 ? Promise.resolve(events.shift()) : new Promise(resolve => waiting.push(resolve))
  if (!socket.connected) await once(socket, 'connect')
  return { socket, next, unread: events }
}

await call('POST', '/_mock/clock/freeze')

for (const [version, client] of Object.entries(clients)) {
  test(`socket.io-client ${version}: a refresh is told twice, to all who listen, and to no other tenant`, async () => {
    const first = await listen(client, { token: 'a.b.c', tenantId: REC })
    const second = await listen(client, { tenantId: REC })
    const other = await listen(client, { tenantId: MSP })
    const { requestId } = await refresh(REC)
    for (const { next } of [first, second]) {
      const event = await next()
      assert.equal(event.requestId, requestId)
      assert.equal(event.status, 'IN_PROGRESS')
      assert.equal(event.useCase, 'Refresh License')
      assert.equal(typeof event.descriptionTemplate, 'string')
    }
    await advance('2s')
    for (const { next } of [first, second]) assert.equal((await next()).status, 'SUCCESS')
    // What comes first to the other tenant is its own.
    const own = await refresh(MSP)
    assert.equal((await other.next()).requestId, own.requestId)
    await advance('2s')
    assert.deepEqual([first.unread, second.unread], [[], []])
  })

  test(`socket.io-client ${version}: stays connected while it idles, by pings`, async () => {
    const { socket, next } = await listen(client, { tenantId: REC })
    let lost = false
    socket.on('disconnect', () => (lost = true))
    let pings = 0
    await new Promise(resolve => client.pings(socket, () => ++pings === 8 && resolve()))
    assert.equal(lost, false)
    await refresh(REC)
    assert.equal((await next()).status, 'IN_PROGRESS')
    await advance('2s')
    assert.equal((await next()).status, 'SUCCESS')
  })

  test(`socket.io-client ${version}: connects again by itself when the connection breaks`, async () => {
    const { socket, next } = await listen(client, { tenantId: REC })
    const again = once(socket, 'connect')
    socket.io.engine.close()
    await again
    await refresh(REC)
    assert.equal((await next()).status, 'IN_PROGRESS')
    await advance('2s')
    assert.equal((await next()).status, 'SUCCESS')
  })

  test(`socket.io-client ${version}: hears nothing after it has left, and all after it has come back`, async () => {
    const { socket, next, unread } = await listen(client, { tenantId: REC })
    socket.disconnect()
    await refresh(REC)
    await advance('2s')
    const again = once(socket, 'connect')
    socket.connect()
    await again
    assert.deepEqual(unread, [])
    const { requestId } = await refresh(REC)
    assert.equal((await next()).requestId, requestId)
    await advance('2s')
    assert.equal((await next()).status, 'SUCCESS')
  })

  test(`socket.io-client ${version}: a sandbox is one by its path, or by its token`, async () => {
    const { name, token } = await call('POST', '/_mock/sandboxes', { body: {} })
    const prefix = `/sandboxes/${name}`
    const byPath = await listen(client, { tenantId: REC }, { path: `${prefix}/api/websocket/socket.io` })
    const byToken = await listen(
      client,
      { token, tenantId: MSP },
      // Version 4 sends what it authenticates with after the handshake, in which the sandbox is chosen.
      version === '4' ? { query: { token } } : {},
    )
    await refresh(REC, prefix)
    assert.equal((await byPath.next()).status, 'IN_PROGRESS')
    await refresh(MSP, prefix)
    assert.equal((await byToken.next()).status, 'IN_PROGRESS')
  })

  test(`socket.io-client ${version}: polling is refused, and the client says so`, async () => {
    const socket = client.connect({ tenantId: REC }, { transports: ['polling'], reconnection: false })
    open.add(socket)
    const [error] = await once(socket, 'connect_error')
    assert.match(String(error.message ?? error), /xhr poll error/)
  })
}
