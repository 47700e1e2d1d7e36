export * from './client.js'
export { findBinary, Server, type ServerOptions } from './server.js'
