// Opens sockets of both versions, says so, and reports when the server has let them go.
import { once } from 'node:events'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const options = { path: '/api/websocket/socket.io', transports: ['websocket'], forceNew: true, reconnection: false }
const url = `${process.env.MOCK_URL}/activity`
const sockets = [require('socket.io-client-2')(url, options), require('socket.io-client-4').io(url, options)]
await Promise.all(sockets.map(socket => once(socket, 'connect')))
const gone = Promise.all(sockets.map(socket => once(socket, 'disconnect')))
console.log('connected')
for (const [reason] of await gone) console.log(`disconnected: ${reason}`)
