// The CommonJS build.

const assert = require('node:assert/strict')
const { test } = require('node:test')

const { findBinary } = require('r1-entitlements-mock')
const { withR1Mock } = require('r1-entitlements-mock/node-test')

test('required modules work', withR1Mock({ scenario: 'empty' }, async (r1mock, context) => {
  assert.equal(context.name, 'required modules work')
  assert.equal((await fetch(`${r1mock.url}/tenants/self`)).status, 200)
  assert.match(findBinary(), /r1-entitlements-mock-\w+-\w+.bin/)
}))
